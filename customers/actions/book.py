"""Many customers at once: given to another owner, archived, and each of it undone as a whole."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from customers.actions import timeline
from customers.actions.search import refresh_search
from customers.models import Customer, TimelineEntry
from customers.signals import customers_changed
from tenancy.db import uuid7
from tenancy.models import Membership

AT_ONCE = 1000
"""More customers than this are not changed within one request."""
UNDO_WITHIN = timedelta(hours=1)


class UnknownBatch(LookupError):
    """This person has done nothing under this number."""


@transaction.atomic
def assign_owner(
    ids: Iterable[uuid.UUID], owner: Membership | None, *, actor: Membership | None
) -> tuple[uuid.UUID, int]:
    """Give these customers to `owner`. Answers the batch, by which `undo` takes it back, and how many changed hands."""
    batch = uuid7()
    rows = Customer.objects.select_for_update().filter(pk__in=list(ids)).values_list("pk", "owner_id")
    wanted = owner.pk if owner else None
    before = {customer: old for customer, old in rows if old != wanted}
    _change(before, owner=owner)
    name = str(owner or "")
    now = timezone.now()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            customer_id=customer,
            kind="customer.owner_changed",
            at=now,
            actor=actor,
            subject_id=batch,
            params={"from": str(old or ""), "to": str(owner.pk) if owner else "", "name": name},
        )
        for customer, old in before.items()
    )
    return batch, len(before)


@transaction.atomic
def archive(ids: Iterable[uuid.UUID], *, actor: Membership | None) -> tuple[uuid.UUID, int]:
    """Take these customers out of lists and searches; nothing is lost. Answers the batch and how many it holds."""
    return _set_archived(ids, actor=actor, archived=True)


@transaction.atomic
def restore(ids: Iterable[uuid.UUID], *, actor: Membership | None) -> tuple[uuid.UUID, int]:
    """Bring archived customers back."""
    return _set_archived(ids, actor=actor, archived=False)


@transaction.atomic
def undo(batch: uuid.UUID, *, actor: Membership) -> int:
    """Take back what `actor` did as `batch` within the last hour; rows changed since then keep that change.

    Raises UnknownBatch when `actor` did no such thing.
    """
    entries = list(TimelineEntry.objects.filter(subject_id=batch, actor=actor))
    if not entries:
        raise UnknownBatch
    if entries[0].at < timezone.now() - UNDO_WITHIN:
        return 0
    kinds = {entry.kind for entry in entries}
    if kinds == {"customer.archived"}:
        return restore([entry.customer_id for entry in entries], actor=actor)[1]
    if kinds == {"customer.restored"}:
        return archive([entry.customer_id for entry in entries], actor=actor)[1]
    return _give_back(entries) if kinds == {"customer.owner_changed"} else 0


def _give_back(entries: list[TimelineEntry]) -> int:
    returned = 0
    for old in {entry.params["from"] for entry in entries}:
        mine = [entry.customer_id for entry in entries if entry.params["from"] == old]
        owner = entries[0].params["to"] or None
        rows = Customer.objects.select_for_update().filter(pk__in=mine, owner_id=owner)
        returned += _change(list(rows.values_list("pk", flat=True)), owner_id=old or None)
    TimelineEntry.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
    return returned


def _set_archived(
    ids: Iterable[uuid.UUID], *, actor: Membership | None, archived: bool
) -> tuple[uuid.UUID, int]:
    batch = uuid7()
    rows = Customer.objects.select_for_update().filter(pk__in=list(ids), archived_at__isnull=archived)
    found = list(rows.values_list("pk", flat=True))
    _change(found, archived_at=timezone.now() if archived else None)
    kind = "customer.archived" if archived else "customer.restored"
    timeline.record_all(found, kind, actor=actor, subject_id=batch)
    return batch, len(found)


def _change(ids: Iterable[uuid.UUID], **values: object) -> int:
    found = list(ids)
    if not found:
        return 0
    Customer.objects.filter(pk__in=found).update(
        version=F("version") + 1, updated_at=timezone.now(), **values
    )
    refresh_search(found)
    customers_changed.send(Customer, ids=found)
    return len(found)
