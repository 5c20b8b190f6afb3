"""What tests of handovers share."""

from customers.actions import handover as actions
from customers.actions.bulk import Selection
from customers.actions.handover import Offer
from customers.models import (
    Customer,
    Handover,
)
from tenancy.access import viewer_for
from workspace.models import Notification


def offered(customers, giver, receiver, **more) -> Handover:
    wanted = Offer(receiver, "workload", **more)
    return actions.offer_handover(Selection([one.pk for one in customers]), wanted, viewer=viewer_for(giver))


def owned(member) -> int:
    return Customer.objects.filter(owner=member).count()


def told(member) -> list[str]:
    rows = Notification.objects.filter(recipient=member, kind="customers.handover").order_by("pk")
    return [row.params["what"] for row in rows]


def states(handover) -> set[str]:
    return set(handover.items.values_list("state", flat=True))
