"""Many customers at once: given to another owner, archived, and each of it undone as a whole."""

import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from customers.actions import timeline
from customers.actions.ownership import OWNER_CHANGED, change_owner, change_owners, refuse_beyond_caps
from customers.actions.search import refresh_search
from customers.enums import OwnershipKind
from customers.models import Customer, MergedCustomer, TimelineEntry
from customers.queries.caps import Room
from customers.rights import ASSIGN, CHANGE, EXCEED
from customers.signals import customers_changed
from tenancy.access import Viewer
from tenancy.db import uuid7
from tenancy.models import Membership

AT_ONCE = 1000
"""More customers than this are not changed within one request."""
UNDO_WITHIN = timedelta(hours=1)
ARCHIVED, RESTORED = "customer.archived", "customer.restored"
RIGHT_TO = {ARCHIVED: CHANGE, RESTORED: CHANGE, OWNER_CHANGED: ASSIGN}
"""What was done → the right that it takes, to do it and to undo it."""


class UnknownBatch(LookupError):
    """This person has done nothing under this number."""


@transaction.atomic
def assign_owner(
    ids: Iterable[uuid.UUID],
    owner: Membership | None,
    *,
    actor: Membership | None,
    batch: uuid.UUID | None = None,
    kind: OwnershipKind = OwnershipKind.ASSIGNED,
    over_cap: bool = False,
) -> tuple[uuid.UUID, int]:
    """Give these customers to `owner`. Answers the batch, by which `undo` takes it back, and how many changed hands.

    Raises CapReached when that is more than they may own, unless `over_cap`.
    """
    batch = batch or uuid7()
    before = change_owner(ids, owner, kind=kind, actor=actor, part_of=batch, over_cap=over_cap)
    return batch, len(before)


@transaction.atomic
def archive(
    ids: Iterable[uuid.UUID], *, actor: Membership | None, batch: uuid.UUID | None = None
) -> tuple[uuid.UUID, int]:
    """Take these customers out of lists and searches; nothing is lost. Answers the batch and how many it holds."""
    return _set_archived(ids, actor=actor, archived=True, batch=batch)


@transaction.atomic
def restore(
    ids: Iterable[uuid.UUID],
    *,
    actor: Membership | None,
    batch: uuid.UUID | None = None,
    over_cap: bool = False,
) -> tuple[uuid.UUID, int]:
    """Bring archived customers back.

    Raises CapReached, and restores none, when that is more than their owners may own, unless `over_cap`.
    """
    keys = list(ids)
    if not over_cap:
        # Caps before customers, as `change_owners` takes them; then the owners that hold now.
        refuse_beyond_caps(Counter(_restorable(keys).values_list("owner_id", flat=True)))
        locked = _restorable(keys).select_for_update().order_by("pk")
        refuse_beyond_caps(Counter(locked.values_list("owner_id", flat=True)))
    return _set_archived(keys, actor=actor, archived=False, batch=batch)


@transaction.atomic
def restore_for(
    customer: Customer, owner: Membership, *, actor: Membership | None, over_cap: bool = False
) -> None:
    """Bring an archived customer back as that of another owner. Raises CapReached."""
    if customer.owner_id != owner.pk:
        # Archived it takes no place yet.
        change_owner([customer.pk], owner, kind=OwnershipKind.ASSIGNED, actor=actor, over_cap=True)
    restore([customer.pk], actor=actor, over_cap=over_cap)


def with_a_place(ids: Iterable[uuid.UUID]) -> tuple[list[uuid.UUID], int]:
    """Those of these archived customers for which their owners have a place, which is held until the transaction ends;
    and how many there are for which not."""
    owners = dict(_restorable(ids).order_by("pk").values_list("pk", "owner_id"))
    room = Room({owner for owner in owners.values() if owner})
    found = [pk for pk, owner in owners.items() if room.take(owner)]
    return found, len(owners) - len(found)


def _restorable(ids: Iterable[uuid.UUID]) -> QuerySet[Customer]:
    """The archived ones, but for merged ones: those come back by undoing the merge, since what they had is with another."""
    rows = Customer.objects.filter(pk__in=list(ids), archived_at__isnull=False)
    return rows.exclude(pk__in=MergedCustomer.objects.filter(active=True).values("customer"))


@transaction.atomic
def undo(batch: uuid.UUID, *, viewer: Viewer) -> int:
    """Take back what `viewer` did as `batch` within the last hour, as far as they could do it today; rows changed
    since then keep that change.

    Raises UnknownBatch when they did no such thing, PermissionDenied when they have lost the right to it, and CapReached
    when an owner of before may own no more, unless the viewer may exceed it.
    """
    actor = viewer.membership
    entries = list(TimelineEntry.objects.filter(subject_id=batch, actor=actor))
    if not entries:
        raise UnknownBatch
    kinds = {entry.kind for entry in entries}
    kind = kinds.pop() if len(kinds) == 1 else ""
    if not viewer.can(RIGHT_TO.get(kind, CHANGE)):
        raise PermissionDenied
    if kind not in RIGHT_TO or entries[0].at < timezone.now() - UNDO_WITHIN:
        return 0
    if kind == OWNER_CHANGED:
        return _give_back(entries, viewer)
    ids = [entry.customer_id for entry in entries]
    rows = Customer.objects.visible_to(viewer, RIGHT_TO[kind]).filter(pk__in=ids)
    found = list(rows.values_list("pk", flat=True))
    if kind == ARCHIVED:
        return restore(found, actor=actor, over_cap=viewer.can(EXCEED))[1]
    return archive(found, actor=actor)[1]


def _give_back(entries: list[TimelineEntry], viewer: Viewer) -> int:
    """To the owners of before, as far as the viewer may still take from them: what was given away is out of reach."""
    reach = viewer.reach(RIGHT_TO[OWNER_CHANGED])
    returned = 0
    for old in {entry.params["from"] for entry in entries}:
        if reach is None or not reach.covers(uuid.UUID(old) if old else None):
            continue
        mine = [entry for entry in entries if entry.params["from"] == old]
        owner = entries[0].params["to"] or None
        rows = Customer.objects.select_for_update().filter(
            pk__in=[entry.customer_id for entry in mine], owner_id=owner
        )
        wanted = dict.fromkeys(rows.values_list("pk", flat=True), uuid.UUID(old) if old else None)
        returned += len(
            change_owners(
                wanted, kind=OwnershipKind.UNDONE, actor=viewer.membership, part_of=entries[0].subject_id, line=False,
                over_cap=viewer.can(EXCEED),
            )
        )  # fmt: skip
        TimelineEntry.objects.filter(pk__in=[entry.pk for entry in mine]).delete()
    return returned


def _set_archived(
    ids: Iterable[uuid.UUID], *, actor: Membership | None, archived: bool, batch: uuid.UUID | None = None
) -> tuple[uuid.UUID, int]:
    batch = batch or uuid7()
    rows = Customer.objects.active().filter(pk__in=list(ids)) if archived else _restorable(ids)
    found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    change_rows(found, archived_at=timezone.now() if archived else None)
    kind = ARCHIVED if archived else RESTORED
    timeline.record_all(found, kind, actor=actor, subject_id=batch)
    return batch, len(found)


def change_rows(ids: Iterable[uuid.UUID], **values: object) -> int:
    """Set plain columns of customers (not the owner: see `ownership`), with all that follows a change but the line on
    the timeline."""
    found = list(ids)
    if not found:
        return 0
    Customer.objects.filter(pk__in=found).update(
        version=F("version") + 1, updated_at=timezone.now(), **values
    )
    refresh_search(found)
    customers_changed.send(Customer, ids=found)
    return len(found)
