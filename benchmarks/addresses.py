"""The addresses of the pages that are measured: found in the registries, so that a new column, filter or tab is measured too."""

from datetime import timedelta
from urllib.parse import quote, urlencode

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
    found["edit form"] = organization_url("customers:edit", pk=customer.pk)
    found["create form"] = organization_url("customers:create")
    found["log a visit"] = f"{organization_url('interactions:create')}?customer={customer.pk}"
    found["contacts"] = organization_url("interactions:list")
    found["owed"] = organization_url("interactions:owed")
    found["verification"] = organization_url("customers:verification")
    return found


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
    yield "tier and city, by name", urlencode({"tier": customer.tier, "city": customer.city, "sort": "name"})


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
    tagged = _tag_query()
    return found | ({"list of a tag": f"{customers}?{tagged}"} if tagged else {})


def _tag_query() -> str:
    from customers.models import Tag

    tag = Tag.objects.order_by("pk").first()
    return urlencode({"tag": tag.pk}) if tag else ""
