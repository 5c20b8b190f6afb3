"""Whatever people without the right to exceed it do to customers, nobody passes their cap."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions import book
from customers.actions import handover as handovers
from customers.actions.bulk import Selection, start_bulk, undo_bulk
from customers.actions.customer import create_customer
from customers.actions.handover import Offer
from customers.actions.ownership_policy import set_cap
from customers.actions.pool import put_into_pool
from customers.actions.pool_claim import claim
from customers.models import BulkRun, Customer, Handover
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.errors import Refused
from tenancy.tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
MOST = 2
RIGHT = (
    *RIGHTS,
    "customers.hand_over_customer",
    "customers.claim_customer",
    "customers.pool_customer",
)
KINDS = (
    "create", "assign", "assign many", "archive", "archive many", "restore", "restore many", "claim", "return",
    "hand over", "accept", "undo handover", "undo", "undo many",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 1), st.integers(0, 5)), min_size=4, max_size=18
)


class House:
    """Two people with caps, their customers, a pool, and what can be undone."""

    def __init__(self) -> None:
        self.people = [member_with(*RIGHT) for _ in range(2)]
        self.pool = PoolFactory()
        for person in self.people:
            CustomerFactory(owner=person)
            set_cap(MOST, member=person)
        put_into_pool([CustomerFactory(owner=None).pk for _ in range(2)], self.pool, actor=None)
        self.batches: list[tuple[uuid.UUID, int]] = []

    def some(self, place: int) -> list[uuid.UUID]:
        keys = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
        return [keys[place % len(keys)]]

    def take(self, step: str, who: int, place: int) -> None:
        """Do the step; a rule may refuse it."""
        me, other = self.people[who], self.people[1 - who]
        viewer, every = viewer_for(me), list(Customer.objects.values_list("pk", flat=True))
        one, runs = self.some(place), BulkRun.objects.filter(actor=me).order_by("-created_at", "-pk")
        offers = Handover.objects.order_by("-at", "-pk")
        match step:
            case "create":
                create_customer(CustomerFactory.build(owner=me), actor=me)
            case "assign":
                self.batches.append((book.assign_owner(one, other, actor=me)[0], who))
            case "assign many":
                start_bulk("assign", Selection(every), {"owner": str(other.pk)}, viewer=viewer)
            case "archive":
                self.batches.append((book.archive(one, actor=me)[0], who))
            case "archive many":
                start_bulk("archive", Selection(every), {}, viewer=viewer)
            case "restore":
                book.restore(one, actor=me)
            case "restore many":
                start_bulk("restore", Selection(every), {}, viewer=viewer)
            case "claim":
                claim(every, self.pool, viewer=viewer)
            case "return":
                start_bulk("pool", Selection(one), {"pool": str(self.pool.pk)}, viewer=viewer)
            case "hand over":
                handovers.offer_handover(Selection(every), Offer(other, "other"), viewer=viewer)
            case "accept" if offers:
                handovers.accept_handover(offers[0], viewer=viewer_for(offers[0].receiver))
            case "undo handover" if offers:
                handovers.undo_handover(offers[0], viewer=viewer)
            case "undo" if self.batches:
                batch, by = self.batches.pop()
                book.undo(batch, viewer=viewer_for(self.people[by]))
            case "undo many" if runs:
                undo_bulk(runs[place % len(runs)], viewer=viewer)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_nobody_passes_their_cap(steps):
    with organization_context(OrganizationFactory().pk):
        house = House()
        for step, who, place in steps:
            try:
                house.take(step, who, place)
            except (Refused, book.UnknownBatch):
                pass
            for person in house.people:
                assert Customer.objects.active().filter(owner=person).count() <= MOST, step
