"""Whatever three people do with handovers and caps: no customer is lost, none waits twice, and its history adds up."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions import handover as actions
from customers.actions.bulk import Selection
from customers.actions.handover import Offer
from customers.actions.ownership import change_owner
from customers.actions.ownership_policy import set_cap
from customers.enums import OwnershipKind
from customers.models import Customer, HandedCustomer, Handover
from customers.tests.conftest import GIVER, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_ownership import adds_up
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.errors import Refused
from tenancy.tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
CAP = 3
PERSON = st.integers(0, 2)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["offer", "accept", "send_back", "withdraw", "undo", "assign"]),
        PERSON,
        PERSON,
        st.integers(0, 3),
    ),
    max_size=14,
)


def take(step: str, one, other, customer: Customer, place: int) -> None:
    """Do the step as `one`; a rule may refuse it."""
    viewer, latest = viewer_for(one), Handover.objects.order_by("-at", "-pk")
    handover = latest[min(place, latest.count() - 1)] if latest.exists() else None
    if step == "offer" and one != other:
        mine = Customer.objects.filter(owner=one).values_list("pk", flat=True)[: place + 1]
        actions.offer_handover(Selection(list(mine)), Offer(other, "other"), viewer=viewer)
    elif step == "assign":
        change_owner([customer.pk], other, kind=OwnershipKind.ASSIGNED, actor=one)
    elif handover is not None and step == "send_back":
        actions.send_back(handover, viewer=viewer, answer="不行")
    elif handover is not None and step in ("accept", "withdraw", "undo"):
        acts = {
            "accept": actions.accept_handover,
            "withdraw": actions.withdraw,
            "undo": actions.undo_handover,
        }
        acts[step](handover, viewer=viewer)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_no_customer_is_lost_or_owned_twice_and_history_adds_up(steps):
    with organization_context(OrganizationFactory().pk):
        people = [member_with(*GIVER, scope=Scope.OWN) for _ in range(3)]
        first = [people[0], people[0], people[1], None]
        customers = [CustomerFactory(owner=owner) for owner in first]
        for person in people:
            set_cap(CAP, member=person)
        for step, giver, other, place in steps:
            before = list(Customer.objects.values_list("owner", flat=True))
            try:
                take(step, people[giver], people[other], customers[place], place)
            except Refused:
                pass
            owners = list(Customer.objects.values_list("owner", flat=True))
            assert len(owners) == len(customers)
            assert all(owners.count(one.pk) <= max(CAP, before.count(one.pk)) for one in people)
            waiting = list(
                HandedCustomer.objects.filter(state="waiting").values_list("customer", "handover__status")
            )
            assert len({customer for customer, _status in waiting}) == len(waiting)
            assert {status for _customer, status in waiting} <= {"waiting"}
            assert all(adds_up(owner, customer) for owner, customer in zip(first, customers, strict=True))
