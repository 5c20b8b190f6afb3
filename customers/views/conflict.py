"""What was typed and what was stored meanwhile, side by side, where both have several rows."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.forms.entry import StoredEntry, stored_points
from customers.masking import masked
from customers.models import Customer

ROWS = ("points-", "aliases-")


def conflict_context(entry: StoredEntry, customer: Customer, posted: QueryDict) -> dict[str, Any]:
    return {
        "hidden": _carried(posted),
        "point_sides": _point_sides(entry, customer),
        "alias_sides": _alias_sides(entry, customer),
    }


def _carried(posted: QueryDict) -> list[tuple[str, str]]:
    """The typed rows, to be sent once more with the answer."""
    return [(name, value) for name, values in posted.lists() for value in values if name.startswith(ROWS)]


def _point_sides(entry: StoredEntry, customer: Customer) -> list[dict[str, Any]]:
    """The contact details, masked; nothing to choose when none are collected or they are the same."""
    if not entry.points.offered:
        return []
    stored = stored_points(customer)
    held = {point.pk: point.value for point in stored}
    typed = entry.points.inputs() if entry.points.is_valid() else []
    mine = [(row.kind, row.value or held.get(row.id, "")) for row in typed]
    theirs = [(point.kind, point.value) for point in stored]
    if sorted(mine) == sorted(theirs):
        return []
    return _sides(*(_(", ").join(masked(*one) for one in rows) for rows in (mine, theirs)))


def _alias_sides(entry: StoredEntry, customer: Customer) -> list[dict[str, Any]]:
    """The other names; nothing to choose when they are the same."""
    mine = _(", ").join(one.name for one in entry.aliases.inputs()) if entry.aliases.is_valid() else ""
    theirs = _(", ").join(one.name for one in customer.aliases.all())
    return _sides(mine, theirs) if mine != theirs else []


def _sides(mine: str, theirs: str) -> list[dict[str, Any]]:
    return [
        {"key": "mine", "label": _("Yours"), "text": mine, "chosen": True},
        {"key": "theirs", "label": _("Stored now"), "text": theirs, "chosen": False},
    ]
