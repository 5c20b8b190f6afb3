"""Customers leave a public pool: claimed by a colleague, or given to one; and both can be taken back for some minutes."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from customers.actions import timeline
from customers.actions.book import AT_ONCE
from customers.actions.ownership import cap_text, change_owner
from customers.actions.pool import CLAIMED
from customers.enums import OwnershipKind
from customers.models import Customer, Pool, PoolClaim, PoolEntry, TimelineEntry
from customers.queries.caps import Book, book_of, locked_places
from customers.queries.pools import claims_today, cools_off_until, held_from
from tenancy.access import Viewer
from tenancy.db import uuid7
from tenancy.models import Membership
from workspace.actions.notification import notify

UNDO_WITHIN = timedelta(minutes=10)
ASSIGNED = "customers.pool_assigned"


@dataclass
class Claimed:
    """What became of a claim: the batch, by which it is undone, who has been won, and why others have not."""

    batch: uuid.UUID
    customers: list[uuid.UUID] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


@transaction.atomic
def claim(ids: Iterable[uuid.UUID], pool: Pool, *, viewer: Viewer) -> Claimed:
    """Make the viewer the owner of these customers of the pool, as far as the pool's limits and cool-off allow.

    Of two who claim at once one waits for the other and finds the customer gone. What is refused stays in the pool, with
    a sentence that says why and when it is free again.
    """
    keys = list(dict.fromkeys(ids))
    # A person's own claims come one after the other: otherwise two at once would both find room under the limit.
    me = Membership.objects.select_for_update(no_key=True).get(pk=viewer.membership.pk)
    entries = _locked(keys, pool)
    found = Claimed(uuid7())
    if len(entries) < len(keys):
        found.refusals.append(_gone(len(keys) - len(entries)))
    mine = [entry for entry in entries if entry.from_owner_id == me.pk and cools_off_until(entry, pool)]
    found.refusals += _cool_off(mine, pool)
    free = [entry for entry in entries if entry not in mine]
    room, why = room_for(viewer, pool)
    if len(free) > room:
        found.refusals.append(why())
    _give(free[: max(0, room)], me, by=None, found=found)
    return found


@transaction.atomic
def assign_from_pool(
    ids: Iterable[uuid.UUID], pool: Pool, owner: Membership, *, actor: Membership, over_cap: bool = False
) -> Claimed:
    """Give these customers of the pool to a colleague, who is told; the limits on claims do not bind who assigns, the
    colleague's cap does unless `over_cap`."""
    keys = list(dict.fromkeys(ids))
    capped = {} if over_cap else locked_places([owner.pk])
    book = capped.get(owner.pk, Book(0, None))
    entries = _locked(keys, pool)
    found = Claimed(uuid7())
    if len(entries) < len(keys):
        found.refusals.append(_gone(len(keys) - len(entries)))
    if book.free is not None and len(entries) > book.free:
        found.refusals.append(cap_text(str(owner), book))
    _give(entries[: book.free], owner, by=actor, found=found, over_cap=over_cap)
    if found.customers and owner.pk != actor.pk:
        notify(owner, ASSIGNED, {"n": len(found.customers)}, key=f"{ASSIGNED}:{found.batch}")
    return found


@transaction.atomic
def undo_claim(batch: uuid.UUID, *, viewer: Viewer) -> int | None:
    """Put back what the viewer has just claimed or assigned, as it was, as far as nobody has moved it on since.

    None: they did no such thing. 0: the minutes for it are over, or nothing is left to undo.
    """
    me = viewer.membership.pk
    claims = PoolClaim.objects.select_for_update().filter(batch=batch).order_by("customer_id")
    mine = [one for one in claims if (one.assigned_by_id or one.by_id) == me]
    if not mine:
        return None
    if mine[0].at < timezone.now() - UNDO_WITHIN:
        return 0
    live = {one.customer_id: one for one in mine if one.held and one.undone_at is None}
    rows = Customer.objects.select_for_update().filter(pk__in=list(live), archived_at=None).order_by("pk")
    still = [key for key, owner in rows.values_list("pk", "owner_id") if owner == live[key].by_id]
    PoolEntry.objects.bulk_create(
        PoolEntry(customer_id=key, pool_id=live[key].pool_id, **live[key].how) for key in still
    )
    change_owner(still, None, kind=OwnershipKind.UNDONE, actor=viewer.membership, part_of=batch, line=False)
    PoolClaim.objects.filter(pk__in=[live[key].pk for key in still]).update(
        undone_at=timezone.now(), held=False
    )
    TimelineEntry.objects.filter(customer__in=still, subject_id=batch).delete()
    return len(still)


def room_for(viewer: Viewer, pool: Pool) -> tuple[int, Callable[[], str]]:
    """How many more the viewer may claim from the pool now, and what stands in the way of another one."""
    rooms: list[tuple[int, Callable[[], str]]] = [(AT_ONCE, lambda: "")]
    if pool.claims_per_day is not None:
        rooms.append((pool.claims_per_day - claims_today(viewer, pool), lambda: _day_is_full(pool)))
    if pool.most_held is not None:
        rooms.append((pool.most_held - held_from(viewer, pool), lambda: _hands_are_full(pool)))
    book = book_of(viewer.membership.pk)
    if book.free is not None:
        rooms.append((book.free, lambda: cap_text(str(viewer.membership), book)))
    room, why = min(rooms, key=lambda one: one[0])
    return max(0, room), why


def _locked(keys: Sequence[uuid.UUID], pool: Pool) -> list[PoolEntry]:
    rows = PoolEntry.objects.select_for_update().filter(customer__in=keys, pool=pool, archived=False)
    return list(rows.order_by("customer_id"))


def _give(
    entries: Sequence[PoolEntry],
    owner: Membership,
    *,
    by: Membership | None,
    found: Claimed,
    over_cap: bool = False,
) -> None:
    found.customers = [entry.customer_id for entry in entries]
    if not found.customers:
        return
    now = timezone.now()
    kind = OwnershipKind.ASSIGNED if by else OwnershipKind.CLAIMED
    change_owner(
        found.customers,
        owner,
        kind=kind,
        actor=by or owner,
        part_of=found.batch,
        line=False,
        over_cap=over_cap,
    )
    PoolClaim.objects.bulk_create(
        PoolClaim(
            customer_id=entry.customer_id,
            pool_id=entry.pool_id,
            by=owner,
            assigned_by=by,
            at=now,
            batch=found.batch,
            **entry.how,
        )
        for entry in entries
    )
    pool = entries[0].pool
    params = {"pool": pool.labels, "name": str(owner), **({"assigned": True} if by else {})}
    timeline.record_all(found.customers, CLAIMED, actor=by or owner, params=params, subject_id=found.batch)


def _gone(n: int) -> str:
    text = ngettext(
        "Somebody else was quicker: the customer is no longer in the pool.",
        "Somebody else was quicker: %(n)s customers are no longer in the pool.",
        n,
    )
    return text % {"n": n}


def _cool_off(entries: Sequence[PoolEntry], pool: Pool) -> list[str]:
    if not entries:
        return []
    n, day = len(entries), max(filter(None, (cools_off_until(entry, pool) for entry in entries)))
    text = ngettext(
        "You were its last owner: you may claim it again from %(day)s.",
        "You were the last owner of %(n)s of them: you may claim them again from %(day)s.",
        n,
    )
    return [text % {"n": n, "day": date_format(day, "SHORT_DATE_FORMAT")}]


def _day_is_full(pool: Pool) -> str:
    tomorrow = timezone.localdate() + timedelta(days=1)
    text = ngettext(
        "One person may claim %(n)s customer a day from this pool: you may again from %(day)s.",
        "One person may claim %(n)s customers a day from this pool: you may again from %(day)s.",
        pool.claims_per_day or 0,
    )
    return text % {"n": pool.claims_per_day, "day": date_format(tomorrow, "SHORT_DATE_FORMAT")}


def _hands_are_full(pool: Pool) -> str:
    text = ngettext(
        "One person may hold %(n)s customer of this pool: you may claim again when you have put one back.",
        "One person may hold %(n)s customers of this pool: you may claim again when you have put one back.",
        pool.most_held or 0,
    )
    return text % {"n": pool.most_held}
