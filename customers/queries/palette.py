"""Customers in the palette: what is found while one types, and what was touched last."""

from customers.models import Customer
from customers.queries.search import found_by
from tenancy.access import Viewer
from tenancy.links import organization_url
from workspace.registry import Hit

VIEW = "customers.view_customer"
_COLUMNS = ("pk", "name", "code", "city", "kind")


def palette_hits(viewer: Viewer, query: str, limit: int) -> list[Hit]:
    rows = Customer.objects.visible_to(viewer, VIEW).active()
    found = found_by(rows, query, viewer, VIEW).order_by("rank", "-pk")
    return [_hit(row) for row in found.values(*_COLUMNS)[:limit]]


def recent_hits(viewer: Viewer, limit: int) -> list[Hit]:
    """The viewer's own customers, last changed first."""
    rows = Customer.objects.visible_to(viewer, VIEW).active().filter(owner=viewer.membership)
    return [_hit(row) for row in rows.order_by("-updated_at", "-pk").values(*_COLUMNS)[:limit]]


def _hit(row: dict) -> Hit:
    detail = " · ".join(text for text in (row["code"], row["city"]) if text)
    icon = "building" if row["kind"] == "company" else "user"
    return Hit(row["name"], organization_url("customers:detail", pk=row["pk"]), detail, icon)
