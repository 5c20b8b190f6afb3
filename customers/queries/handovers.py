"""Handovers as their pages show them."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from customers.enums import HandoverStatus
from customers.models import Customer, Handover
from customers.queries.keyset import Order
from customers.registry import OpenItem, OpenItemKind, open_items
from customers.rights import HAND_OVER, VIEW
from tenancy.access import Viewer
from tenancy.counting import count_of
from workspace.queries.counts import CountUpTo

NEWEST = Order(("at", "pk"), descending=True)
BY_CUSTOMER = Order(("customer_id",))
MOST_ITEMS = 300
"""More open items than these are not shown one by one."""
SHOWN = 3


def handovers_within(viewer: Viewer) -> QuerySet[Handover]:
    """Those the viewer has part in, and those of everybody they answer for."""
    me, reach = viewer.membership.pk, viewer.reach(HAND_OVER)
    if reach is not None and reach.everyone:
        return Handover.objects.all()
    members = {me, *(reach.members if reach else ())}
    return Handover.objects.filter(Q(giver__in=members) | Q(receiver__in=members) | Q(by__in=members))


def waiting_for(viewer: Viewer) -> QuerySet[Handover]:
    return Handover.objects.filter(receiver=viewer.membership, status=HandoverStatus.WAITING)


def waiting_count(viewer: Viewer) -> CountUpTo:
    """How many wait for the viewer, for the navigation."""
    return CountUpTo(waiting_for(viewer))


def given_by(viewer: Viewer) -> QuerySet[Handover]:
    return Handover.objects.filter(by=viewer.membership)


def past_of(viewer: Viewer) -> QuerySet[Handover]:
    """What the viewer was offered and what has become of it."""
    return Handover.objects.filter(receiver=viewer.membership).exclude(
        status__in=(HandoverStatus.WAITING, HandoverStatus.PREPARING)
    )


def handover_block(viewer: Viewer) -> Mapping[str, Any] | None:
    """What the today page says: the handovers that wait for the viewer; nothing when there are none. One query."""
    rows = waiting_for(viewer)
    counted = rows.annotate(total=count_of(rows)).select_related("giver")
    found = list(counted.order_by(*NEWEST.terms())[:SHOWN])
    return {"rows": found, "total": found[0].total} if found else None


def open_items_of(
    owners: Mapping[uuid.UUID, uuid.UUID | None],
) -> dict[uuid.UUID, list[tuple[OpenItemKind, OpenItem]]]:
    """Customer → what is open with it, on every floor. One query for each kind."""
    found: dict[uuid.UUID, list[tuple[OpenItemKind, OpenItem]]] = defaultdict(list)
    if owners:
        for kind in open_items:
            for item in kind.items(owners)[:MOST_ITEMS]:
                found[item.customer].append((kind, item))
    return found


def visible_keys(viewer: Viewer, keys: list[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these customers that the viewer may open."""
    rows = Customer.objects.visible_to(viewer, VIEW).filter(pk__in=keys)
    return set(rows.values_list("pk", flat=True))
