"""Customers are claimed from a pool and given from it; limits, cool-off, who may, and the way back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions.pool import put_into_pool
from customers.actions.pool_claim import assign_from_pool, claim, undo_claim
from customers.models import (
    OwnershipChange,
    PoolClaim,
    PoolEntry,
)
from customers.queries.pools import FREE_UNDOS, pools_of
from customers.tests.conftest import POOL_RIGHTS, RIGHTS, member_with
from customers.tests.factories import PoolFactory
from customers.tests.pools import on, owner_of, texts, waiting
from customers.tests.test_customer_list import URL, browser
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, RoleFactory, grant
from workspace.models import Notification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_rep_sees_what_waits_with_masked_details_claims_in_one_tap_and_opens_it_only_then(claimer, rival):
    pool = PoolFactory()
    customer = waiting(pool, owner=rival, name="北方机械", city="哈尔滨", phones=["13812345678"])
    client = browser(claimer)
    page = client.get(f"{URL}pools/")
    [row] = page.context["rows"]
    assert (row["name"], row["city"], row["phone"]) == ("北方机械", "哈尔滨", "138****5678")
    body = page.content.decode()
    assert "13812345678" not in body
    assert rival.name not in body
    assert client.get(f"{URL}{customer.pk}/").status_code == 404
    answer = client.post(f"{URL}pools/{pool.pk}/claim/", {"one": str(customer.pk)}, follow=True)
    assert texts(answer) == ["北方机械 is yours now."]
    assert f'href="{URL}{customer.pk}/"' in answer.content.decode()
    assert client.get(f"{URL}{customer.pk}/").status_code == 200
    assert owner_of(customer) == claimer
    assert list(OwnershipChange.objects.order_by("id").values_list("kind", flat=True)) == [
        "pooled",
        "claimed",
    ]


def test_what_was_just_claimed_can_be_put_back_as_it_was_and_only_by_who_did_it(claimer, rival):
    pool = PoolFactory(claims_per_day=1)
    customer = waiting(pool, owner=rival)
    before = PoolEntry.objects.values("since", "from_owner", "reason", "note", "rule").get()
    batch = claim([customer.pk], pool, viewer=viewer_for(claimer)).batch
    assert browser(rival).post(f"{URL}pools/claims/{batch}/undo/").status_code == 404
    answer = browser(claimer).post(f"{URL}pools/claims/{batch}/undo/", follow=True)
    assert texts(answer) == ["1 customer is back in the pool."]
    assert PoolEntry.objects.values("since", "from_owner", "reason", "note", "rule").get() == before
    assert owner_of(customer) is None
    assert claim([customer.pk], pool, viewer=viewer_for(claimer)).customers == [customer.pk], (
        "undone: not counted"
    )
    PoolClaim.objects.filter(undone_at=None).update(at=timezone.now() - timedelta(minutes=11))
    last = PoolClaim.objects.get(undone_at=None)
    assert undo_claim(last.batch, viewer=viewer_for(claimer)) == 0


def test_a_pool_cannot_be_read_by_claiming_and_undoing(claimer):
    pool = PoolFactory(claims_per_day=1)
    customers = [waiting(pool) for _number in range(FREE_UNDOS + 1)]
    viewer = viewer_for(claimer)
    for customer in customers:
        found = claim([customer.pk], pool, viewer=viewer)
        assert found.customers == [customer.pk]
        undo_claim(found.batch, viewer=viewer)
    assert claim([customers[0].pk], pool, viewer=viewer).customers == []


def test_each_limit_says_what_it_is_and_when_one_may_again(claimer):
    viewer, today = viewer_for(claimer), timezone.localdate()
    daily, holding, cooling = (
        PoolFactory(claims_per_day=2),
        PoolFactory(most_held=1),
        PoolFactory(cool_off_days=30),
    )
    found = claim([waiting(daily).pk for _number in range(3)], daily, viewer=viewer)
    tomorrow = today + timedelta(days=1)
    assert len(found.customers) == 2
    assert found.refusals == [
        f"One person may claim 2 customers a day from this pool: you may again from {on(tomorrow)}."
    ]
    PoolClaim.objects.update(at=timezone.now() - timedelta(days=1))
    assert len(claim([waiting(daily).pk], daily, viewer=viewer).customers) == 1

    first, second = waiting(holding), waiting(holding)
    assert claim([first.pk], holding, viewer=viewer).customers == [first.pk]
    refused = claim([second.pk], holding, viewer=viewer)
    assert refused.customers == []
    assert "may hold 1 customer of this pool" in refused.refusals[0]
    put_into_pool([first.pk], daily, actor=claimer)
    assert claim([second.pk], holding, viewer=viewer).customers == [second.pk]

    mine = waiting(cooling, owner=claimer)
    refused = claim([mine.pk], cooling, viewer=viewer)
    day = today + timedelta(days=30)
    assert refused.refusals == [f"You were its last owner: you may claim it again from {on(day)}."]
    PoolEntry.objects.filter(customer=mine).update(since=timezone.now() - timedelta(days=30))
    assert claim([mine.pk], cooling, viewer=viewer).customers == [mine.pk]


def test_of_two_the_later_is_told_in_a_sentence(claimer, rival):
    pool = PoolFactory()
    customer = waiting(pool)
    claim([customer.pk], pool, viewer=viewer_for(rival))
    answer = browser(claimer).post(f"{URL}pools/{pool.pk}/claim/", {"one": str(customer.pk)}, follow=True)
    assert texts(answer) == ["Somebody else was quicker: the customer is no longer in the pool."]
    assert owner_of(customer) == rival


@pytest.mark.parametrize(
    ("claims", "role", "claimable"),
    [(None, False, True), ("own", False, True), ("above", False, True), ("other", False, False),
     ("other", True, True), (None, True, True)],
)  # fmt: skip
def test_who_may_claim_is_said_by_department_and_by_role(claimer, claims, role, claimable):
    above = DepartmentFactory(name="总部")
    claimer.department.parent = above
    claimer.department.save()
    held = RoleFactory()
    claimer.role_links.create(role=held)
    chosen = {"own": [claimer.department], "above": [above], "other": [DepartmentFactory()]}.get(
        claims or "", []
    )
    pool = PoolFactory(claims=chosen, roles=[held] if role else [])
    customer = waiting(pool)
    assert (pool.pk in pools_of(viewer_for(claimer)).claimable) == claimable
    status = browser(claimer).post(f"{URL}pools/{pool.pk}/claim/", {"one": str(customer.pk)}).status_code
    assert status == (302 if claimable else 404)
    assert (owner_of(customer) == claimer) == claimable
    assert browser(claimer).get(f"{URL}pools/{pool.pk}/").status_code == (200 if claimable else 404)


def test_a_stranger_reaches_neither_the_pool_nor_what_waits_in_it(claimer, theirs):
    pool = PoolFactory()
    customer = waiting(pool, name="内部客户")
    with organization_context(theirs):
        stranger = MembershipFactory()
        grant(stranger)
        foreign = PoolFactory()
        outside = waiting(foreign, name="外部客户")
    assert browser(stranger).get(f"{URL}pools/").status_code == 404
    assert browser(stranger).get(f"/o/theirs/customers/pools/{pool.pk}/").status_code == 404
    page = browser(stranger).get("/o/theirs/customers/pools/")
    assert [row["name"] for row in page.context["rows"]] == ["外部客户"]
    assert browser(claimer).get(f"{URL}pools/{foreign.pk}/").status_code == 404
    answer = browser(claimer).post(
        f"{URL}pools/{pool.pk}/claim/", {"ids": [str(outside.pk), "nonsense"]}, follow=True
    )
    assert texts(answer) == ["Somebody else was quicker: the customer is no longer in the pool."]
    assert owner_of(customer) is None


def test_a_manager_gives_from_the_pool_to_whom_they_reach_and_can_take_it_back(claimer, rival):
    manager = member_with(
        *RIGHTS, *POOL_RIGHTS, scope=Scope.DEPARTMENT, name="孙经理", department=claimer.department
    )
    pool = PoolFactory(claims_per_day=0)
    one, two = waiting(pool), waiting(pool)
    url = f"{URL}pools/{pool.pk}/assign/"
    client, ids = browser(manager), [str(one.pk), str(two.pk)]
    assert client.post(url, {"ids": ids}).status_code == 200
    assert client.post(url, {"ids": ids, "answered": "1", "owner": str(rival.pk)}).status_code == 422
    answer = client.post(url, {"ids": ids, "answered": "1", "owner": str(claimer.pk)}, follow=True)
    assert texts(answer) == ["2 customers given to 李销售."]
    assert [owner_of(one), owner_of(two)] == [claimer, claimer]
    assert Notification.objects.get(recipient=claimer).params == {"n": 2}
    batch = PoolClaim.objects.first().batch
    assert undo_claim(batch, viewer=viewer_for(manager)) == 2
    assert [owner_of(one), owner_of(two)] == [None, None]
    assert browser(claimer).post(url, {"ids": ids}).status_code == 403


def test_given_customers_do_not_count_against_ones_own_claims(claimer, pool_admin):
    pool = PoolFactory(claims_per_day=1, most_held=1)
    given, own = waiting(pool), waiting(pool)
    assign_from_pool([given.pk], pool, claimer, actor=pool_admin)
    assert claim([own.pk], pool, viewer=viewer_for(claimer)).customers == [own.pk]
