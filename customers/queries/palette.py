"""Customers in the palette: what is found while one types, and what was touched last."""

from collections.abc import Callable

from customers.models import Customer
from customers.queries.addresses import RowAddress
from customers.queries.field_policy import if_collected
from customers.queries.found import notes_for
from customers.queries.search import find
from customers.registry import first_quick_action
from customers.rights import VIEW
from tenancy.access import Viewer
from workspace.registry import Hit, Shortcut

MOST = 60
"""Matches of each sort among which the best are shown."""
_COLUMNS = ("pk", "name", "code", "kind", "place")


def palette_hits(viewer: Viewer, query: str, limit: int) -> list[Hit]:
    rows = Customer.objects.visible_to(viewer, VIEW).active()
    matches = find(query, viewer, VIEW, most=MOST)
    found = list(
        matches.narrow(rows)
        .annotate(place=if_collected("city"))
        .order_by("-score", "-pk")
        .values(*_COLUMNS)[:limit]
    )
    notes = notes_for(matches, [row["pk"] for row in found])
    hit = _hits(viewer)
    return [hit(row, notes.get(row["pk"], "")) for row in found]


def recent_hits(viewer: Viewer, limit: int) -> list[Hit]:
    """The viewer's own customers, last changed first."""
    rows = Customer.objects.visible_to(viewer, VIEW).active().filter(owner=viewer.membership)
    hit = _hits(viewer)
    found = rows.annotate(place=if_collected("city")).order_by("-updated_at", "-pk").values(*_COLUMNS)[:limit]
    return [hit(row, "") for row in found]


def _hits(viewer: Viewer) -> Callable[[dict, str], Hit]:
    """Makes a line of a row and the note why it was found."""
    action = first_quick_action(viewer)
    page, act = RowAddress("customers:detail"), RowAddress(action.url_name) if action else None

    def hit(row: dict, note: str) -> Hit:
        detail = " · ".join(text for text in (note, row["code"], row["place"]) if text)
        icon = "building" if row["kind"] == "company" else "user"
        shortcut = (
            Shortcut(action.label, act.of(row["pk"]), action.icon, action.dialog) if action and act else None
        )
        return Hit(row["name"], page.of(row["pk"]), detail, icon, shortcut)

    return hit
