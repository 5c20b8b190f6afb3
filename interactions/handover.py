"""Plans of a member who leaves, and what is unfinished with customers that are handed over."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import F
from django.utils.translation import gettext as _

from customers.registry import OpenItem
from interactions.actions.rollup import refresh
from interactions.models import CustomerContact, Plan
from tenancy.models import Membership


def count_plans(member: Membership) -> int:
    return Plan.objects.open().filter(owner=member).count()


def hand_over_plans(giver: Membership, taker: Membership, actor: Membership | None) -> int:
    """Open plans go to `taker`; what is done stays with whoever did it."""
    rows = Plan.objects.open().filter(owner=giver)
    customers = list(rows.order_by().values_list("customer_id", flat=True).distinct())
    moved = rows.update(owner=taker, version=F("version") + 1)
    refresh(customers)
    return moved


def open_plans(owners: Mapping[uuid.UUID, uuid.UUID | None]) -> list[OpenItem]:
    """What the owners of these customers still plan with them."""
    rows = Plan.objects.open().filter(customer__in=list(owners)).in_order()
    return [
        OpenItem(plan.pk, plan.customer_id, f"{plan.get_kind_display()} {plan.subject}".strip(), plan.due_on)
        for plan in rows
        if plan.owner_id == owners[plan.customer_id]
    ]


def owed_contacts(owners: Mapping[uuid.UUID, uuid.UUID | None]) -> list[OpenItem]:
    """Customers that have been owed a contact for longer than the policy allows: that goes with the customer."""
    rows = CustomerContact.objects.filter(customer__in=list(owners), owed=True).order_by("due_on", "customer")
    return [OpenItem(row.pk, row.customer_id, str(_("A contact is overdue")), row.due_on) for row in rows]


def leave_plans(
    items: Collection[OpenItem], owners: Mapping[uuid.UUID, uuid.UUID | None], receiver: Membership
) -> None:
    """Those of the plans that are still open, and came to `receiver`, return to who had them."""
    rows = Plan.objects.open().select_for_update().filter(pk__in=[item.key for item in items], owner=receiver)
    back: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for key, customer in rows.order_by("pk").values_list("pk", "customer_id"):
        owner = owners[customer]
        if owner is not None:
            back[owner].append(key)
    for owner, plans in back.items():
        Plan.objects.filter(pk__in=plans).update(owner=owner, version=F("version") + 1)
    refresh(list({item.customer for item in items}))
