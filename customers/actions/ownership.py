"""The one door through which customers come to another owner, or to none.

Whoever changes `Customer.owner` of a stored customer calls it: forms, lists, imports, merges, handovers, pools, and the
undo of each.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions.search import refresh_search
from customers.enums import OwnershipKind
from customers.models import Customer, Handover, OwnershipChange, TimelineEntry
from customers.queries.caps import Book, locked_places
from customers.signals import customers_changed
from tenancy.errors import Refused
from tenancy.models import Membership

OWNER_CHANGED = "customer.owner_changed"
Owners = dict[uuid.UUID, uuid.UUID | None]
"""Customer → member, or nobody."""


class CapReached(Refused):
    """Somebody would own more customers than they may."""

    def __init__(self, member: uuid.UUID, book: Book, more: int) -> None:
        self.member, self.book, self.more = member, book, more
        super().__init__(cap_text(str(Membership.objects.get(pk=member)), book))


def cap_text(name: str, book: Book) -> str:
    """What somebody's cap says: how many they may own, and how many places are left."""
    free, most = book.free or 0, book.most or 0
    cap = ngettext("the cap is %(most)s customer", "the cap is %(most)s customers", most) % {"most": most}
    if not free:
        return _("%(name)s has no free place: %(cap)s.") % {"name": name, "cap": cap}
    return ngettext(
        "%(name)s has %(free)s free place: %(cap)s.", "%(name)s has %(free)s free places: %(cap)s.", free
    ) % {"name": name, "cap": cap, "free": free}


def change_owner(
    ids: Iterable[uuid.UUID],
    owner: Membership | None,
    *,
    kind: OwnershipKind,
    actor: Membership | None,
    reason: str = "",
    part_of: uuid.UUID | None = None,
    line: bool = True,
    over_cap: bool = False,
) -> Owners:
    """Give these customers to `owner`, or to nobody. Answers who owned those that changed hands."""
    wanted = dict.fromkeys(ids, owner.pk if owner else None)
    return change_owners(
        wanted, kind=kind, actor=actor, reason=reason, part_of=part_of, line=line, over_cap=over_cap
    )


@transaction.atomic
def change_owners(
    wanted: Mapping[uuid.UUID, uuid.UUID | None],
    *,
    kind: OwnershipKind,
    actor: Membership | None,
    reason: str = "",
    part_of: uuid.UUID | None = None,
    line: bool = True,
    follow: bool = True,
    over_cap: bool = False,
    handover: Handover | None = None,
) -> Owners:
    """Give each customer the owner named for it. Answers who owned those that changed hands; the same owner is no change.

    What follows: the next version, a row of history, and a line on the timeline; search and `customers_changed`. A caller
    that tells the story itself passes `line=False`; one that refreshes search and sends the signal for the same customers
    in the same transaction passes `follow=False`. `part_of`: what it is part of. As many statements for a thousand
    customers as for one.

    Raises CapReached, and changes nothing, when it would give somebody more than they may own, unless `over_cap`: somebody
    with the right has said so, or the places have been counted.
    """
    # Caps before customers: whoever takes both locks takes them in this order.
    capped = {} if over_cap or kind in OwnershipKind.UNCAPPED else locked_places(_members(wanted.values()))
    before = _differing(wanted)
    if not before:
        return before
    _refuse_more(capped, before, wanted)
    now = timezone.now()
    _store(before, wanted, now)
    history = {
        "kind": kind, "reason": reason, "at": now, "by": actor, "part_of": part_of, "handover": handover,
    }  # fmt: skip
    _record(before, wanted, history)
    if line:
        _tell(before, wanted, actor, part_of)
    if follow:
        refresh_search(before)
        customers_changed.send(Customer, ids=list(before))
    return before


def _record(before: Owners, wanted: Mapping[uuid.UUID, uuid.UUID | None], history: Mapping[str, Any]) -> None:
    OwnershipChange.objects.bulk_create(
        OwnershipChange(customer_id=pk, from_owner_id=old, to_owner_id=wanted[pk], **history)
        for pk, old in before.items()
    )


def _store(
    customers: Iterable[uuid.UUID], wanted: Mapping[uuid.UUID, uuid.UUID | None], now: datetime
) -> None:
    by_owner: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    for customer in customers:
        by_owner[wanted[customer]].append(customer)
    for owner, ids in by_owner.items():
        Customer.objects.filter(pk__in=ids).update(owner=owner, version=F("version") + 1, updated_at=now)


def refuse_beyond_caps(more: Mapping[uuid.UUID | None, int]) -> None:
    """Raises CapReached when so many new customers are too many for one of their owners; holds their places until the
    transaction ends."""
    refuse_beyond(locked_places(_members(more)), more)


def refuse_beyond(books: Mapping[uuid.UUID, Book], more: Mapping[uuid.UUID | None, int]) -> None:
    """Raises CapReached when so many new customers are more than one of the books has places for."""
    for member, book in books.items():
        wanted = more.get(member, 0)
        if wanted > 0 and book.free is not None and wanted > book.free:
            raise CapReached(member, book, wanted)


def _refuse_more(
    capped: Mapping[uuid.UUID, Book], before: Owners, wanted: Mapping[uuid.UUID, uuid.UUID | None]
) -> None:
    if capped:
        # Archived customers take no place.
        active = Customer.objects.active().filter(pk__in=list(before)).values_list("pk", flat=True)
        refuse_beyond(capped, Counter(wanted[customer] for customer in active))


def _members(owners: Iterable[uuid.UUID | None]) -> set[uuid.UUID]:
    return {owner for owner in owners if owner is not None}


def _differing(wanted: Mapping[uuid.UUID, uuid.UUID | None]) -> Owners:
    """Those that belong to somebody else so far, locked in the order of their keys, with their owners."""
    rows = Customer.objects.select_for_update().filter(pk__in=list(wanted)).order_by("pk")
    return {pk: old for pk, old in rows.values_list("pk", "owner_id") if old != wanted[pk]}


def _tell(
    before: Owners,
    wanted: Mapping[uuid.UUID, uuid.UUID | None],
    actor: Membership | None,
    part_of: uuid.UUID | None,
) -> None:
    owners = {wanted[customer] for customer in before} - {None}
    names = {pk: str(member) for pk, member in Membership.objects.in_bulk(list(owners)).items()}
    now = timezone.now()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            customer_id=customer,
            kind=OWNER_CHANGED,
            at=now,
            actor=actor,
            subject_id=part_of,
            params={"from": _key(old), "to": _key(wanted[customer]), "name": names.get(wanted[customer], "")},
        )
        for customer, old in before.items()
    )


def _key(member: uuid.UUID | None) -> str:
    return str(member) if member else ""
