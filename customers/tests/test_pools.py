"""Public pools: customers go in, are claimed, given, put back; limits, cool-off, keeps; and the way back."""

import pytest

from customers.actions.pool import put_into_pool
from customers.models import Customer, PoolEntry
from customers.tests.factories import CustomerFactory, PoolFactory

pytestmark = pytest.mark.django_db


def test_a_customer_waits_in_one_pool_and_leaves_it_with_an_owner(rep):
    customer, pool = CustomerFactory(owner=rep), PoolFactory()
    put_into_pool([customer.pk], pool, actor=rep, note="没有回应")
    entry = PoolEntry.objects.get()
    assert (entry.customer_id, entry.from_owner_id, entry.reason, entry.note) == (
        customer.pk, rep.pk, "put_back", "没有回应",
    )  # fmt: skip
    assert Customer.objects.get().owner_id is None
