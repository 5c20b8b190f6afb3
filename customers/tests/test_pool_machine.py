"""Whatever people do with pools in whatever order, and however many days pass: no customer is lost or doubly owned."""

from collections import Counter
from datetime import timedelta
from unittest import mock

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions.ownership import change_owner
from customers.actions.pool import put_into_pool
from customers.actions.pool_claim import assign_from_pool, claim, undo_claim
from customers.enums import OwnershipKind
from customers.models import Customer, CustomerHealth, OwnershipChange, PoolClaim, PoolEntry
from customers.queries.pools import FREE_UNDOS
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from tenancy.access import viewer_for

pytestmark = pytest.mark.django_db
DAILY, HELD, COOL_OFF = 2, 3, 5
CLAIM = ("customers.view_pool", "customers.claim_customer")
STEPS = st.tuples(
    st.sampled_from(["claim", "claim all", "undo", "put back", "assign", "take away", "day"]),
    st.integers(0, 4),
    st.integers(0, 1),
)


class _Roll(Exception):
    """Takes an example back."""


class World:
    """Two colleagues, a manager, a pool with limits, five customers, and a clock; `model` is what ought to be."""

    def __init__(self) -> None:
        self.people = [member_with(*CLAIM), member_with(*CLAIM)]
        self.manager = member_with(*CLAIM)
        self.pool = PoolFactory(claims_per_day=DAILY, most_held=HELD, cool_off_days=COOL_OFF)
        self.customers = [CustomerFactory() for _number in range(5)]
        put_into_pool([one.pk for one in self.customers], self.pool, actor=None)
        self.real, self.passed = timezone.now, timedelta()
        self.model: dict = dict.fromkeys([one.pk for one in self.customers])
        self.left: dict = {}
        """Customer in the pool → who owned it last, and the day it came in."""
        self.day: Counter = Counter()
        self.undone: Counter = Counter()
        self.held: dict = {}
        """Customer → who has claimed it themselves and has it still."""
        self.batches: list = []

    def now(self):
        return self.real() + self.passed

    def room(self, person) -> int:
        counted = self.day[person.pk] + max(0, self.undone[person.pk] - FREE_UNDOS)
        return max(0, min(DAILY - counted, HELD - sum(one == person.pk for one in self.held.values())))

    def cools(self, key, person) -> bool:
        owner, day = self.left.get(key, (None, None))
        return owner == person.pk and timezone.localdate() < day + timedelta(days=COOL_OFF)

    def claim(self, keys, person) -> None:
        found = claim(keys, self.pool, viewer=viewer_for(person))
        free = sorted(key for key in keys if self.model[key] is None and not self.cools(key, person))
        wanted = free[: self.room(person)]
        assert found.customers == wanted
        assert bool(found.refusals) == (len(wanted) < len(keys))
        for key in wanted:
            self.model[key] = self.held[key] = person.pk
        self.day[person.pk] += len(wanted)
        self.batches.append((person, found.batch, {key: self.left.pop(key, None) for key in wanted}, True))

    def undo(self) -> None:
        if not self.batches:
            return
        person, batch, before, own = self.batches.pop()
        undo_claim(batch, viewer=viewer_for(person if own else self.manager))
        for key, left in before.items():
            if self.model[key] != person.pk or (own and self.held.get(key) != person.pk):
                continue
            self.model[key] = None
            if left:
                self.left[key] = left
            if self.held.pop(key, None):
                self.day[person.pk] -= 1
                self.undone[person.pk] += 1

    def release(self, key, person) -> None:
        if self.model[key] == person.pk:
            put_into_pool([key], self.pool, actor=person)
            self.model[key] = None
            self.left[key] = (person.pk, timezone.localdate())
            self._moved(key)

    def assign(self, key, person) -> None:
        found = assign_from_pool([key], self.pool, person, actor=self.manager)
        assert bool(found.customers) == (self.model[key] is None)
        if found.customers:
            self.model[key] = person.pk
            self.batches.append((person, found.batch, {key: self.left.pop(key, None)}, False))

    def take_away(self, key, person) -> None:
        change_owner([key], person, kind=OwnershipKind.ASSIGNED, actor=self.manager)
        if self.model[key] != person.pk:
            self.model[key] = person.pk
            self.left.pop(key, None)
            self._moved(key)

    def _moved(self, key) -> None:
        self.held.pop(key, None)
        self.batches = [entry for entry in self.batches if key not in entry[2]]

    def pass_day(self) -> None:
        self.passed += timedelta(days=1)
        self.day.clear()
        self.undone.clear()
        self.batches.clear()

    def play(self, step, which, who) -> None:
        key, person = self.customers[which].pk, self.people[who]
        if step == "claim":
            self.claim([key], person)
        elif step == "claim all":
            self.claim([one.pk for one in self.customers], person)
        elif step == "undo":
            self.undo()
        elif step == "put back":
            self.release(key, person)
        elif step == "assign":
            self.assign(key, person)
        elif step == "take away":
            self.take_away(key, person)
        else:
            self.pass_day()

    def check(self) -> None:
        owners = dict(Customer.objects.values_list("pk", "owner_id"))
        assert owners == self.model
        waiting = set(PoolEntry.objects.values_list("customer_id", flat=True))
        assert waiting == {key for key, owner in owners.items() if owner is None}
        assert not CustomerHealth.objects.filter(unowned=True).exists(), "whoever waits is not forgotten"
        held = PoolClaim.objects.filter(held=True, assigned_by=None).values_list("customer_id", "by_id")
        assert dict(held) == self.held
        for key, owner in owners.items():
            last = OwnershipChange.objects.filter(customer=key).order_by("-id").first()
            assert (last.to_owner_id if last else None) == owner


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, max_size=14))
def test_every_customer_waits_or_has_one_owner_within_the_limits(inside_ours, steps):
    with pytest.raises(_Roll), transaction.atomic():
        world = World()
        with mock.patch.object(timezone, "now", world.now):
            for step in steps:
                world.play(*step)
                world.check()
        raise _Roll
