"""Customers that are none any more: marked with the reason, one or many, and valid again."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from customers.actions import book, timeline
from customers.bulk import Before
from customers.models import BulkRun, Customer
from customers.rights import CHANGE
from tenancy.access import Viewer

INVALID = "customer.invalid"
BULK = "invalid"


def apply_invalid(ids: Sequence[uuid.UUID], run: BulkRun) -> Before:
    """`params["reason"]`: one of InvalidReason, or "" for valid again."""
    reason = run.params["reason"]
    rows = Customer.objects.select_for_update().filter(pk__in=ids).exclude(invalid_reason=reason)
    before = dict(rows.order_by("pk").values_list("pk", "invalid_reason"))
    _mark(list(before), reason, run)
    return {pk: {"reason": old} for pk, old in before.items()}


def undo_invalid(before: Before, run: BulkRun, viewer: Viewer) -> int:
    """Back to the mark of before, where nobody has set another since."""
    reachable = Customer.objects.visible_to(viewer, CHANGE).filter(pk__in=list(before)).values("pk")
    rows = Customer.objects.select_for_update().filter(pk__in=reachable, invalid_reason=run.params["reason"])
    groups: dict[str, list[uuid.UUID]] = defaultdict(list)
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        groups[before[pk]["reason"]].append(pk)
    for reason, keys in groups.items():
        _mark(keys, reason, run)
    return sum(map(len, groups.values()))


def _mark(ids: Sequence[uuid.UUID], reason: str, run: BulkRun) -> None:
    book.change_rows(ids, invalid_reason=reason)
    timeline.record_all(ids, INVALID, actor=run.actor, params={"reason": reason}, subject_id=run.pk)
