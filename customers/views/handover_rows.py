"""Handovers and their customers as rows of a page."""

from typing import Any

from django.utils.translation import gettext as _

from customers.enums import HandedState, HandoverReason, HandoverStatus
from customers.models import HandedCustomer, Handover
from customers.queries.addresses import RowAddress
from customers.queries.handovers import open_items_of, visible_keys
from customers.registry import open_items
from tenancy.access import Viewer

TONES = {
    HandoverStatus.PREPARING: "neutral",
    HandoverStatus.WAITING: "amber",
    HandoverStatus.MOVING: "blue",
    HandoverStatus.ACCEPTED: "green",
    HandoverStatus.SENT_BACK: "red",
    HandoverStatus.WITHDRAWN: "neutral",
    HandoverStatus.UNDOING: "blue",
    HandoverStatus.UNDONE: "neutral",
}
_STATE_TONES = {
    HandedState.WAITING: "amber",
    HandedState.MOVED: "green",
    HandedState.LEFT: "neutral",
    HandedState.STAYED: "neutral",
    HandedState.RETURNED: "blue",
}


def handover_rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    address = RowAddress("customers:handover")
    return [
        {
            "url": address.of(row["pk"]),
            "giver": row["giver__name"],
            "receiver": row["receiver__name"],
            "status": HandoverStatus(row["status"]).label,
            "tone": TONES[HandoverStatus(row["status"])],
            "reason": HandoverReason(row["reason"]).label,
            "customers": row["customers"],
            "at": row["at"],
        }
        for row in found
    ]


def handed_rows(found: list[dict[str, Any]], handover: Handover, viewer: Viewer) -> list[dict[str, Any]]:
    """The customers, with a link where the viewer may open them; while they wait, with what is open and comes along."""
    keys = [row["customer_id"] for row in found]
    seen, address = visible_keys(viewer, keys), RowAddress("customers:detail")
    return [
        {
            "name": row["customer__name"],
            "code": row["customer__code"],
            "url": address.of(row["customer_id"]) if row["customer_id"] in seen else "",
            "owner": row["from_owner__name"],
            "note": row["note"],
            "state": HandedState(row["state"]).label,
            "tone": _STATE_TONES[HandedState(row["state"])],
            "items": _items(row),
        }
        for row in _with_open(found, handover)
    ]


def _with_open(found: list[dict[str, Any]], handover: Handover) -> list[dict[str, Any]]:
    """Each row with how many of each kind will come along, where that is still ahead."""
    if not handover.waits:
        return found
    owners = dict(
        HandedCustomer.objects.filter(
            handover=handover, customer__in=[row["customer_id"] for row in found]
        ).values_list("customer_id", "from_owner_id")
    )
    items = open_items_of(owners)
    for row in found:
        coming: dict[str, list[str]] = {}
        for kind, item in items.get(row["customer_id"], ()):
            if kind.key not in handover.stays and str(item.key) not in handover.stays:
                coming.setdefault(kind.key, []).append(str(item.key))
        row["came"] = coming
    return found


def _items(row: dict[str, Any]) -> list[str]:
    came = [(kind.label, len(row["came"].get(kind.key, ()))) for kind in open_items]
    return [_("%(what)s: %(count)s") % {"what": what, "count": count} for what, count in came if count]
