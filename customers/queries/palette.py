"""Customers in the palette: what is found while one types, and what was touched last."""

from customers.models import Customer
from customers.queries.found import notes_for
from customers.queries.search import find
from tenancy.access import Viewer
from tenancy.links import organization_url
from workspace.registry import Hit

VIEW = "customers.view_customer"
MOST = 60
"""Matches of each sort among which the best are shown."""
_COLUMNS = ("pk", "name", "code", "city", "kind")


def palette_hits(viewer: Viewer, query: str, limit: int) -> list[Hit]:
    rows = Customer.objects.visible_to(viewer, VIEW).active()
    matches = find(query, viewer, VIEW, most=MOST)
    found = list(matches.narrow(rows).order_by("-score", "-pk").values(*_COLUMNS)[:limit])
    notes = notes_for(matches, [row["pk"] for row in found])
    return [_hit(row, notes.get(row["pk"], "")) for row in found]


def recent_hits(viewer: Viewer, limit: int) -> list[Hit]:
    """The viewer's own customers, last changed first."""
    rows = Customer.objects.visible_to(viewer, VIEW).active().filter(owner=viewer.membership)
    return [_hit(row) for row in rows.order_by("-updated_at", "-pk").values(*_COLUMNS)[:limit]]


def _hit(row: dict, note: str = "") -> Hit:
    detail = " · ".join(text for text in (note, row["code"], row["city"]) if text)
    icon = "building" if row["kind"] == "company" else "user"
    return Hit(row["name"], organization_url("customers:detail", pk=row["pk"]), detail, icon)
