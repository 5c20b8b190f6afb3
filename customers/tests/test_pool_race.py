"""Two connections at once: one customer has one winner, and a limit is not exceeded."""

import threading

import pytest
from django.db import connections

from customers.actions.pool import put_into_pool
from customers.actions.pool_claim import claim
from customers.models import Customer, OwnershipChange, PoolClaim, PoolEntry
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db(transaction=True)
CLAIM = ("customers.view_pool", "customers.claim_customer")


def at_once(organization, asks) -> list[list]:
    """Each of `asks` (member, keys, pool) in a thread and on a connection of its own; what each of them won."""
    start, won = threading.Barrier(len(asks)), []

    def run(member, keys, pool) -> None:
        try:
            start.wait()
            with organization_context(organization, actor=member):
                won.append(claim(keys, pool, viewer=viewer_for(member)).customers)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=ask) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == len(asks)
    return won


def test_of_five_who_claim_one_customer_at_once_one_gets_it():
    ours = OrganizationFactory(slug="ours")
    with organization_context(ours):
        pool, customer = PoolFactory(), CustomerFactory()
        put_into_pool([customer.pk], pool, actor=None)
        people = [member_with(*CLAIM) for _number in range(5)]
    won = at_once(ours, [(member, [customer.pk], pool) for member in people])
    assert sorted(map(len, won)) == [0, 0, 0, 0, 1]
    with organization_context(ours):
        assert Customer.objects.get().owner == PoolClaim.objects.get().by
        assert OwnershipChange.objects.filter(kind="claimed").count() == 1
        assert not PoolEntry.objects.exists()


def test_one_person_with_five_windows_stays_within_the_limit():
    ours = OrganizationFactory(slug="ours")
    with organization_context(ours):
        pool, member = PoolFactory(claims_per_day=2), member_with(*CLAIM)
        customers = [CustomerFactory() for _number in range(5)]
        put_into_pool([one.pk for one in customers], pool, actor=None)
    won = at_once(ours, [(member, [one.pk], pool) for one in customers])
    assert sum(map(len, won)) == 2
    with organization_context(ours):
        assert Customer.objects.filter(owner=member).count() == 2
        assert PoolEntry.objects.count() == 3
