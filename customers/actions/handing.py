"""The customers of a handover change hands, with what is open, and back again."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import OuterRef, Subquery

from customers.actions import timeline
from customers.actions.ownership import Owners, change_owners
from customers.enums import HandedState, OwnershipKind
from customers.models import Customer, HandedCustomer, Handover
from customers.queries.caps import Room
from customers.registry import OpenItem, OpenItemKind, open_items
from workspace.actions.notification import notify_all

HANDED, NOTE = "customer.handed_over", "customers.handover"
ALL = "*"


def move(
    handover: Handover, items: Sequence[HandedCustomer], *, kind: OwnershipKind = OwnershipKind.HANDOVER
) -> None:
    """Give the receiver those that still belong to whom they belonged, as far as their cap has places for."""
    room = Room([] if handover.over_cap else [handover.receiver_id])
    expected = {item.customer_id: item.from_owner_id for item in items}
    rows = Customer.objects.select_for_update().filter(pk__in=list(expected)).order_by("pk")
    wanted: Owners = {
        pk: handover.receiver_id
        for pk, owner, archived in rows.values_list("pk", "owner_id", "archived_at")
        if owner == expected[pk] and (archived or room.take(handover.receiver_id))
    }
    found = _in_hand(handover, {pk: expected[pk] for pk in wanted})
    before = change_owners(
        wanted, kind=kind, actor=handover.decided_by, reason=handover.note[:300], part_of=handover.pk, line=False,
        over_cap=True, handover=handover,
    )  # fmt: skip
    _leave(handover, found, before)
    _mark(handover, before, HandedState.MOVED)
    _mark(handover, set(expected) - set(before), HandedState.LEFT)
    _tell(handover, before, "given")


def give_back(handover: Handover, items: Sequence[HandedCustomer], *, over_cap: bool) -> None:
    """Return those that are as the handover left them to whose they were, as far as their caps have places for."""
    by_key = {item.customer_id: item for item in items}
    rows = Customer.objects.select_for_update().filter(pk__in=list(by_key)).order_by("pk")
    room = Room([] if over_cap else {item.from_owner_id for item in items if item.from_owner_id})
    wanted = {
        pk: by_key[pk].from_owner_id
        for pk, owner, version, archived in rows.values_list("pk", "owner_id", "version", "archived_at")
        if owner == handover.receiver_id
        and version == by_key[pk].version
        and (archived or room.take(by_key[pk].from_owner_id))
    }
    back = change_owners(
        wanted,
        kind=OwnershipKind.UNDONE,
        actor=handover.undone_by,
        part_of=handover.pk,
        line=False,
        over_cap=True,
        handover=handover,
    )
    _mark(handover, back, HandedState.RETURNED)
    _mark(handover, set(by_key) - set(back), HandedState.STAYED)
    _tell(handover, back, "returned")


def notify_of(handover: Handover, what: str, members: Iterable[uuid.UUID | None]) -> None:
    """Tell members what became of the handover."""
    told = sorted({member for member in members if member is not None})
    params = {"handover": str(handover.pk), "what": what, "n": handover.customers}
    if told:
        notify_all(told, NOTE, params, key=f"{NOTE}:{handover.pk}:{what}")


def _in_hand(handover: Handover, owners: Owners) -> dict[str, list[OpenItem]]:
    """Kind → what is open with these customers."""
    if ALL in handover.stays or not owners:
        return {}
    return {kind.key: kind.items(owners) for kind in open_items}


def _leave(handover: Handover, found: Mapping[str, list[OpenItem]], owners: Owners) -> None:
    """What shall stay goes back to whose it was; what came along is kept with the customers."""
    came: dict[str, dict[uuid.UUID, list[uuid.UUID]]] = defaultdict(lambda: defaultdict(list))
    for kind in open_items:
        items = [item for item in found.get(kind.key, ()) if item.customer in owners]
        stays = [item for item in items if _stays(handover, kind, item)]
        if stays and kind.leave is not None:
            kind.leave(stays, owners, handover.receiver)
        for item in items:
            if item not in stays:
                came[kind.key][item.customer].append(item.key)
    _keep_what_came(handover, came)


def _stays(handover: Handover, kind: OpenItemKind, item: OpenItem) -> bool:
    return kind.leave is not None and (kind.key in handover.stays or str(item.key) in handover.stays)


def _keep_what_came(handover: Handover, came: Mapping[str, Mapping[uuid.UUID, list[uuid.UUID]]]) -> None:
    keys = {customer for found in came.values() for customer in found}
    rows = list(handover.items.filter(customer__in=keys))
    for row in rows:
        row.came = {
            kind: [str(key) for key in found[row.customer_id]]
            for kind, found in came.items()
            if row.customer_id in found
        }
    HandedCustomer.objects.bulk_update(rows, ["came"])


def _mark(handover: Handover, customers: Collection[uuid.UUID], state: HandedState) -> None:
    if customers:
        version = Customer.objects.filter(pk=OuterRef("customer")).values("version")
        rows = handover.items.filter(customer__in=list(customers))
        rows.update(state=state, version=Subquery(version))


def _tell(handover: Handover, customers: Collection[uuid.UUID], what: str) -> None:
    names = {"from": str(handover.giver), "to": str(handover.receiver), "what": what}
    actor = handover.undone_by if what == "returned" else handover.decided_by
    timeline.record_all(customers, HANDED, actor=actor, params=names, subject_id=handover.pk)
