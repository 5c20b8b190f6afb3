"""The addresses of the pages that are measured: found in the registries, so that a new column, filter or tab is measured too."""

from datetime import timedelta
from urllib.parse import quote, urlencode

from django.urls import resolve
from django.utils import timezone


def addresses(member, customer, sought: dict[str, str]) -> dict[str, str]:
    """Name of a page → its path, for `member` in the context of its organisation; `customer` is one in reach."""
    from customers.registry import panels
    from tenancy.access import viewer_for
    from tenancy.links import organization_url

    viewer = viewer_for(member)
    home, customers = organization_url("today"), organization_url("customers:list")
    found = {"empty": f"{home}empty", "today": home, "list first": customers}
    found |= {f"list by {name}": f"{customers}?{query}" for name, query in _sortings(viewer)}
    found |= {f"list of {name}": f"{customers}?{query}" for name, query in _filters(viewer, customer)}
    found |= _views(member, customers)
    for kind, text in sought.items():
        found[f"find {kind}"] = f"{customers}?q={quote(text)}"
    for kind in ("common Chinese", "pinyin", "mistyped", "phone"):
        found[f"palette {kind}"] = f"{organization_url('workspace:palette')}?q={quote(sought[kind])}"
    found["palette empty"] = organization_url("workspace:palette")
    for panel in panels:
        if viewer.can(panel.permission):
            found[f"360° {panel.key}"] = organization_url(panel.url_name, pk=customer.pk)
    found |= _pages(viewer, customer)
    found["edit form"] = organization_url("customers:edit", pk=customer.pk)
    found["create form"] = organization_url("customers:create")
    found["log a visit"] = f"{organization_url('interactions:create')}?customer={customer.pk}"
    found["contacts"] = organization_url("interactions:list")
    found["owed"] = organization_url("interactions:owed")
    return found


PAGES = (
    "list filters", "tags", "consent_purposes", "duplicate_queue", "merges", "imports", "exports", "pools",
    "pool_returning", "handovers", "shared_with_me", "owners", "quality", "verification", "custom_fields",
    "field_policy", "ownership_policy", "view_counts",
)  # fmt: skip
OF_A_CUSTOMER = ("consents", "customer_tags", "share", "assign", "needs", "pool_put_back")


def _pages(viewer, customer):
    """Every further page of the registry that the viewer may open."""
    from customers.registry import worklists
    from tenancy.links import organization_url

    paths = {name: organization_url(f"customers:{name.split()[-1]}") for name in PAGES}
    paths |= {name: organization_url(f"customers:{name}", pk=customer.pk) for name in OF_A_CUSTOMER}
    paths |= {f"worklist {one.key}": organization_url("customers:worklist", key=one.key) for one in worklists}
    paths["hand over"] = f"{organization_url('customers:hand_over')}?ids={customer.pk}"
    paths["duplicates by reason"] = f"{paths['duplicate_queue']}?reason=phone"
    paths["pool by city"] = f"{paths['pools']}?{urlencode({'city': customer.city})}"
    paths["pool by name"] = f"{paths['pools']}?{urlencode({'q': '科技'})}"
    return {name: path for name, path in paths.items() if _may_open(viewer, path)}


def _may_open(viewer, path: str) -> bool:
    from tenancy.enums import Scope
    from tenancy.views.pages import WholeOrganizationMixin

    page = resolve(path.partition("?")[0]).func.view_class
    right = page.permission_required
    whole = issubclass(page, WholeOrganizationMixin)
    return viewer.rights.get(right) == Scope.ORGANIZATION if whole else viewer.can(right)


def _sortings(viewer):
    from customers.queries.listing import allowed_columns

    for fact in allowed_columns(viewer):
        if fact.sort_index:
            yield fact.key, urlencode({"sort": f"{'-' if fact.newest_first else ''}{fact.key}"})


def _filters(viewer, customer):
    """One of every filter, with a value that the customer has; then two together."""
    from customers.filters import filters_class

    names = filters_class().allowed(viewer)
    for name, fact in filters_class().of_facts.items():
        value = _value(name, fact, customer) if name in names else ""
        if value:
            yield name, urlencode({name: value})
    yield from _own_filters(viewer)
    yield "tier and city, by name", urlencode({"tier": customer.tier, "city": customer.city, "sort": "name"})


def _own_filters(viewer):
    """Of each of the organisation's own fields: what many have, and what few have."""
    from customers.queries.listing import consent_purposes, custom_specs

    for spec in custom_specs(viewer):
        for how, query in _of_type(spec).items():
            yield (
                f"own {spec.type} {how}",
                urlencode({f"{spec.name}{end}": text for end, text in query.items()}),
            )
    for purpose in consent_purposes(viewer):
        for state in ("given", "never"):
            yield f"consent {purpose} {state}", urlencode({purpose.name: state})
    yield "shared with anybody", urlencode({"shared": "others"})
    yield "shared with me", urlencode({"shared": "me"})


def _of_type(spec) -> dict[str, dict[str, str]]:
    """How one asks for it → ending of the filter's name → value."""
    today = timezone.localdate()
    if spec.choices:
        return {"common": {"": str(spec.choices[1].id)}, "rare": {"": str(spec.choices[-1].id)}}
    return {
        "text": {"equal": {"": "HT-0000000"}},
        "boolean": {"yes": {"": "true"}, "no": {"": "false"}},
        "number": {"from": {"_after": "100"}, "between": {"_after": "1000", "_before": "1010"}},
        "date": {
            "from": {"_after": today.isoformat()},
            "week": {"_after": today.isoformat(), "_before": (today + timedelta(days=7)).isoformat()},
        },
    }[spec.type]


def _value(name: str, fact, customer) -> str:
    if name.endswith(("_after", "_before")):
        return str((timezone.localdate() - timedelta(days=30)).isoformat())
    value = type(customer).objects.filter(pk=customer.pk).values_list(fact.path, flat=True).first()
    if fact.type == "boolean":
        return "true"
    if value in (None, "") and fact.choices is not None:
        value = next(one for one in fact.choices.values if one)
    return "" if value is None else str(value)


def _views(member, customers: str) -> dict[str, str]:
    from workspace.models import SavedView

    view, _made = SavedView.objects.get_or_create(
        owner=member,
        page="customers",
        name="重点客户",
        defaults={"query": "tier=key&sort=name", "columns": []},
    )
    found = {"saved view": f"{customers}?{view.query}&view={view.pk}"}
    return found | {f"list {name}": f"{customers}?{query}" for name, query in _tag_queries()}


def _tag_queries():
    from customers.models import Tag

    tags = list(Tag.objects.order_by("pk").values_list("pk", flat=True))
    for place, key in enumerate(tags):
        yield f"of tag {place + 1}", urlencode({"tag": key})
    if tags:
        yield "of two tags", urlencode({"tag": tags[:2], "tag_match": "all"}, doseq=True)
        yield "without a tag", urlencode({"tag": tags[0], "tag_match": "none"})
        yield "of a rare tag by name", urlencode({"tag": tags[-1], "sort": "name"})
