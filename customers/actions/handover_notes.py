"""A note about each customer of a handover, written once it has been made: of large ones page by page."""

import uuid
from collections.abc import Mapping

from django.db import transaction

from customers.enums import HandoverStatus
from customers.models import HandedCustomer, Handover, OwnershipChange
from customers.privacy import GONE
from customers.rights import HAND_OVER
from tenancy.access import Viewer

OPEN = frozenset((HandoverStatus.WAITING, HandoverStatus.MOVING, HandoverStatus.ACCEPTED))


def may_note(handover: Handover, viewer: Viewer) -> bool:
    """Whose handover it is, while it waits and for a day afterwards."""
    late = handover.status == HandoverStatus.ACCEPTED and not handover.can_be_undone
    return handover.status in OPEN and not late and is_theirs(handover, viewer)


def is_theirs(handover: Handover, viewer: Viewer) -> bool:
    """Whether the viewer gave it or made it, or answers for the giver."""
    reach = viewer.reach(HAND_OVER)
    return reach is not None and (
        viewer.membership.pk in (handover.giver_id, handover.by_id) or reach.covers(handover.giver_id)
    )


@transaction.atomic
def save_notes(handover: Handover, notes: Mapping[uuid.UUID, tuple[str, str]]) -> tuple[int, int]:
    """Keep these notes. `notes`: customer of the handover → what stood there when the page was shown, and what shall.

    Answers how many are new, and how many somebody else has written meanwhile: those stay as that person wrote them.
    """
    wanted = {key: (was, text) for key, (was, text) in notes.items() if was != text}
    rows = HandedCustomer.objects.select_for_update().filter(handover=handover, customer__in=list(wanted))
    changed, kept = [], 0
    for row in rows.order_by("customer"):
        was, text = wanted[row.customer_id]
        if row.note == text:
            continue
        if row.note != was:
            kept += 1
            continue
        row.note = text
        changed.append(row)
    HandedCustomer.objects.bulk_update(changed, ["note"])
    return len(changed), kept


@transaction.atomic
def remove_note(handover: Handover) -> None:
    """Take back what was said about the handover as a whole, in its note, its answer, and the history of its customers:
    it may name somebody who has asked to be forgotten."""
    handover = Handover.objects.select_for_update().get(pk=handover.pk)
    # The reason for sending back may not be empty.
    handover.note, handover.answer = "", GONE if handover.answer else ""
    handover.save(update_fields=["note", "answer"])
    OwnershipChange.objects.filter(handover=handover).exclude(reason="").update(reason="")
