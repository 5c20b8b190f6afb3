"""When a customer is not to be visited."""

from django.db import transaction

from customers.actions import timeline
from customers.fields import UNSUITABLE_TIMES
from customers.models import Customer, UnsuitableTime
from tenancy.models import Membership

MOST = 20
CHANGED = "customer.edited"


class TooManyTimes(Exception):
    """A customer has MOST of them already."""


@transaction.atomic
def add_unsuitable_time(time: UnsuitableTime, *, actor: Membership) -> UnsuitableTime:
    """Add one. Raises TooManyTimes."""
    Customer.objects.select_for_update().get(pk=time.customer_id)
    if UnsuitableTime.objects.filter(customer=time.customer_id).count() >= MOST:
        raise TooManyTimes
    time.save(force_insert=True)
    _tell(time, actor)
    return time


@transaction.atomic
def remove_unsuitable_time(time: UnsuitableTime, *, actor: Membership) -> None:
    time.delete()
    _tell(time, actor)


def _tell(time: UnsuitableTime, actor: Membership) -> None:
    timeline.record(time.customer_id, CHANGED, actor=actor, params={"fields": [UNSUITABLE_TIMES]})
