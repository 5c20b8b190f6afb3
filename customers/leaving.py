"""What happens to the customers of a member who leaves."""

from customers.actions.handover import hand_over_all
from customers.models import Customer
from tenancy.models import Membership


def count(member: Membership) -> int:
    return Customer.objects.filter(owner=member).count()


def hand_over(leaver: Membership, heir: Membership, actor: Membership | None) -> int:
    """Give every customer of `leaver`, archived ones included, to `heir`."""
    return hand_over_all(leaver, heir, actor=actor)
