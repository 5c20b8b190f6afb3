"""The addresses of the pages that are measured: found in the registries, so that a new column, filter or tab is measured too."""

from datetime import timedelta
from functools import cache
from typing import Any, cast
from urllib.parse import quote, urlencode

from django.apps import apps
from django.conf import settings
from django.urls import resolve
from django.utils import timezone

from crm_project.routes import routes
from customers.rights import VIEW


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
    for name, query in _filters(viewer, customer):
        if name in SEARCHED_WITHIN:
            found[f"find within {name}"] = f"{customers}?q={quote(sought['common Chinese'])}&{query}"
    for kind in ("common Chinese", "pinyin", "mistyped", "phone"):
        found[f"palette {kind}"] = f"{organization_url('workspace:palette')}?q={quote(sought[kind])}"
    found["palette empty"] = organization_url("workspace:palette")
    for panel in panels:
        if viewer.can(panel.permission):
            found[f"360° {panel.key}"] = organization_url(panel.url_name, pk=customer.pk)
    found["edit form"] = organization_url("customers:edit", pk=customer.pk)
    found["create form"] = organization_url("customers:create")
    found["log a visit"] = f"{organization_url('interactions:create')}?customer={customer.pk}"
    found["contacts"] = organization_url("interactions:list")
    found["owed"] = organization_url("interactions:owed")
    measured = set(found.values())
    return found | {name: path for name, path in _pages(viewer, customer).items() if path not in measured}


NAMESPACES = frozenset(settings.OWN_APPS) - {"workspace", "tenancy"}
"""Whose pages are measured: those of the apps that know customers."""
SEARCHED_WITHIN = {"owner", "city", "own number between"}
"""Filters that are measured together with a search: those of one person, of very many customers, of some."""
POOLED_IN = "广州市"
UNMEASURED = {
    "customers:export_download": "a file",
    "customers:import_rejected": "a file",
    "customers:print": "a file on paper: as long as what is printed",
    "governance:dictionary_file": "a file",
    "governance:request_package": "a file",
    "customers:bulk_run": "of a job that must have run before",
    "customers:import_map": "of a file that must have been sent before, and as long as that",
    "customers:import_preview": "of a file that must have been sent before, and as long as that",
    "customers:import_progress": "of a file that must have been sent before",
    "customers:import_result": "of a file that must have been sent before, and as long as that",
    "customers:import_revert": "of a file that must have been sent before",
    "customers:customer_hand_over": "leads to the form for several",
    "customers:merge_detail": "of customers that must have been merged before",
    "governance:request": "of a request that must have been made before",
    "governance:retention_rule": "of a rule that must have been made before",
    "governance:audit_entry": "of a change: what made the customers is not recorded here",
    "governance:audit_verify": "leads to the record",
}
"""Pages that are asked for with GET, and why they are left out."""


@cache
def measurable() -> dict[str, str]:
    """Name of a page with its namespace → its route, of all pages that these apps answer GET with."""
    found = {}
    for one in routes():
        page = getattr(one.callback, "view_class", None)
        if (
            one.name.partition(":")[0] in NAMESPACES
            and page is not None
            and hasattr(page, "get")
            and "get" in page.http_method_names
        ):
            found[one.name] = one.path
    return found


def _pages(viewer, customer):
    """Every further page that the viewer may open."""
    from customers.registry import worklists
    from tenancy.links import organization_url

    paths = {
        name.removeprefix("customers:"): path
        for name in measurable()
        if name not in UNMEASURED and (path := _path(name, viewer, customer))
    }
    paths |= {f"worklist {one.key}": organization_url("customers:worklist", key=one.key) for one in worklists}
    paths["duplicates by reason"] = f"{paths['duplicate_queue']}?reason=phone"
    paths["pool by city"] = f"{paths['pools']}?{urlencode({'city': POOLED_IN})}"
    paths["pool by name"] = f"{paths['pools']}?{urlencode({'q': '科技'})}"
    return {name: path for name, path in paths.items() if _may_open(viewer, path)}


def _path(name: str, viewer, customer) -> str:
    """Where the page is, of the customer or of some row that the viewer reaches; "" where there is none."""
    from tenancy.links import organization_url

    route, (_app, _colon, page) = measurable()[name], name.partition(":")
    if name in _ROWS:
        row = _ROWS[name](viewer, customer)
        arguments = row if isinstance(row, dict) else {"pk": row and row.pk}
        if None in arguments.values():
            return ""
    else:
        arguments = {"pk": customer.pk} if "<uuid:pk>" in route else {}
    if "<slug:key>" in route:
        arguments["key"] = "city" if page == "cell" else "overdue"
    query = _QUERIES[name](viewer, customer) if name in _QUERIES else ""
    return organization_url(name, **arguments) + (f"?{query}" if query else "")


def _row(model: str, **conditions):
    """Finds the first row of a model, of the customer where `conditions` say so with `OF_CUSTOMER`."""

    def find(_viewer, customer):
        meant = {name: customer if value is OF_CUSTOMER else value for name, value in conditions.items()}
        return apps.get_model(model).objects.filter(**meant).order_by("pk").first()

    return find


def _part(model: str, name: str, path: str = "customer"):
    """Finds a row of a model that belongs to a customer within reach, and names both as the route does."""

    def find(viewer, _customer):
        rows = apps.get_model(model).objects.filter(**{f"{path}__in": _visible(viewer)}).order_by("pk")
        key, customer = rows.values_list("pk", f"{path}_id").first() or (None, None)
        return {"pk": customer, name: key}

    return find


def _visible(viewer):
    from customers.models import Customer

    return Customer.objects.active().visible_to(viewer, VIEW).order_by().values("pk")


def _handover(viewer, _customer):
    """One that the viewer gave, or whose giver they reach."""
    return apps.get_model("customers.Handover").objects.visible_to(viewer, VIEW).order_by("pk").first()


OF_CUSTOMER = object()
_ROWS = {
    "customers:tag_edit": _row("customers.Tag"),
    "customers:tag_merge": _row("customers.Tag"),
    "customers:tag_group_edit": _row("customers.TagGroup"),
    "customers:consent_purpose": _row("customers.ConsentPurpose"),
    "customers:consent_wording_create": _row("customers.ConsentPurpose"),
    "customers:custom_field_edit": _row("customers.CustomField"),
    "customers:pool": _row("customers.Pool"),
    "customers:pool_edit": _row("customers.Pool"),
    "customers:pool_preview": _row("customers.Pool"),
    "customers:handover": _handover,
    "customers:handover_notes": _handover,
    "customers:collaborator_edit": _part("customers.Collaborator", "collaborator"),
    "customers:relation_edit": _part("customers.Relation", "relation", "source"),
    "customers:person_edit": _part("customers.ContactPerson", "person"),
    "interactions:detail": _row("interactions.Interaction", customer=OF_CUSTOMER),
    "interactions:edit": _row("interactions.Interaction", customer=OF_CUSTOMER),
    "interactions:plan_postpone": _row("interactions.Plan", customer=OF_CUSTOMER),
}
"""Of what a page is, where it is not of the customer."""


def _two(_viewer, customer) -> str:
    both = (
        type(customer).objects.active().filter(owner=customer.owner_id, kind=customer.kind).order_by("pk")[:2]
    )
    return urlencode({"ids": [one.pk for one in both]}, doseq=True)


def _retention_kind() -> str:
    from governance.retention import retention_kinds

    return next(iter(retention_kinds)).key


_QUERIES = {
    "customers:merge": _two,
    "customers:hand_over": lambda _viewer, customer: urlencode({"ids": customer.pk}),
    "customers:export": lambda _viewer, customer: urlencode({"tier": customer.tier, "sort": "name"}),
    "governance:retention_create": lambda _viewer, _customer: urlencode({"kind": _retention_kind()}),
    "interactions:create": lambda _viewer, customer: urlencode({"customer": customer.pk}),
    "interactions:plan_create": lambda _viewer, customer: urlencode({"customer": customer.pk}),
}
"""What their addresses ask for."""


def _may_open(viewer, path: str) -> bool:
    from tenancy.enums import Scope
    from tenancy.views.pages import WholeOrganizationMixin

    page = cast(Any, resolve(path.partition("?")[0]).func).view_class
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
