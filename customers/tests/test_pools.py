"""Public pools: customers go in and leave, are put back and kept, and are found on the page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from customers.actions.book import archive, restore
from customers.actions.bulk import Selection, start_bulk, undo_bulk
from customers.actions.customer import edit_customer
from customers.actions.merge import merge_customers
from customers.actions.ownership import change_owner
from customers.actions.pool import archive_pool, put_into_pool
from customers.actions.pool_claim import claim
from customers.actions.pool_keep import keep_customer, release_customer
from customers.enums import InvalidReason, OwnershipKind
from customers.models import (
    BulkRun,
    Customer,
    CustomerHealth,
    OwnershipChange,
    PoolEntry,
    PoolKeep,
    PoolWarning,
    TimelineEntry,
)
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.pools import owner_of, texts, waiting
from customers.tests.test_customer_list import URL, browser
from tenancy.access import viewer_for
from tenancy.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_customer_waits_without_an_owner_and_its_history_and_timeline_say_how_it_came(claimer):
    customer, pool = CustomerFactory(owner=claimer), PoolFactory()
    version = Customer.objects.get().version
    put_into_pool([customer.pk], pool, actor=claimer, note="没有回应")
    entry, stored = PoolEntry.objects.get(), Customer.objects.get()
    assert (entry.from_owner, entry.reason, entry.note) == (claimer, "put_back", "没有回应")
    assert (stored.owner, stored.version) == (None, version + 1)
    change = OwnershipChange.objects.get()
    assert (change.kind, change.from_owner, change.to_owner) == ("pooled", claimer, None)
    line = TimelineEntry.objects.get(kind="customer.pooled")
    assert (line.text, line.params["pool"]["zh"]) == ("没有回应", pool.label_zh)


def leave_by_edit(customer, claimer):
    row = Customer.objects.get(pk=customer.pk)
    row.owner, row.version = claimer, row.version + 1
    edit_customer(row, actor=claimer)


def leave_by_door(customer, claimer):
    change_owner([customer.pk], claimer, kind=OwnershipKind.ASSIGNED, actor=claimer)


def leave_by_merge(customer, claimer):
    merge_customers(
        Customer.objects.get(pk=customer.pk), [CustomerFactory(owner=claimer)], actor=claimer,
        wanted={"owner": str(Customer.objects.get(owner=claimer).pk)},
    )  # fmt: skip


def leave_by_bulk(customer, claimer):
    boss = viewer_for(member_with(*RIGHTS))
    start_bulk("assign", Selection([customer.pk]), {"owner": str(claimer.pk), "name": ""}, viewer=boss)


@pytest.mark.parametrize("leave", [leave_by_edit, leave_by_door, leave_by_merge, leave_by_bulk])
def test_it_leaves_the_pool_with_an_owner_in_whatever_way_it_got_one(claimer, leave):
    customer = waiting(PoolFactory())
    leave(customer, claimer)
    assert owner_of(customer) == claimer
    assert not PoolEntry.objects.exists()


@pytest.mark.parametrize(
    ("change", "params"), [("archive", {}), ("invalid", {"reason": InvalidReason.values[0]})]
)
def test_an_archived_or_invalid_customer_waits_unseen_and_comes_back(pool_admin, change, params):
    pool = PoolFactory()
    customer = waiting(pool, name="停业公司")
    run = start_bulk(change, Selection([customer.pk]), params, viewer=viewer_for(pool_admin))
    assert [row["name"] for row in browser(pool_admin).get(f"{URL}pools/").context["rows"]] == []
    assert claim([customer.pk], pool, viewer=viewer_for(pool_admin)).customers == []
    undo_bulk(run, viewer=viewer_for(pool_admin))
    assert [row["name"] for row in browser(pool_admin).get(f"{URL}pools/").context["rows"]] == ["停业公司"]


def test_the_owner_puts_one_back_with_a_reason_and_takes_it_back(claimer, rival):
    pool, customer = PoolFactory(), CustomerFactory(owner=claimer, name="东海贸易")
    url = f"{URL}{customer.pk}/pool/"
    client = browser(claimer)
    assert client.get(url).context["form"].initial["pool"] == pool
    assert client.post(url, {"pool": str(pool.pk), "note": " \u200b "}).status_code == 422
    assert client.post(url, {"pool": str(pool.pk), "note": "x" * 401}).status_code == 422
    assert client.post(url, {"pool": "nonsense", "note": "不买"}).status_code == 422
    assert browser(rival).get(url).status_code == 404
    answer = client.post(url, {"pool": str(pool.pk), "note": "三次不接电话 😀"}, follow=True)
    assert texts(answer) == [f"东海贸易 waits in “{pool}” now."]
    assert PoolEntry.objects.get().note == "三次不接电话 😀"
    run = TimelineEntry.objects.get(kind="customer.pooled").subject_id
    client.post(f"{URL}undo/{run}/")
    assert owner_of(customer) == claimer
    assert not PoolEntry.objects.exists()


def test_what_a_colleague_has_claimed_meanwhile_is_not_taken_back(claimer, rival):
    pool, customer = PoolFactory(), CustomerFactory(owner=claimer)
    viewer = viewer_for(claimer)
    run = start_bulk("pool", Selection([customer.pk]), {"pool": str(pool.pk)}, viewer=viewer, note="不买")
    claim([customer.pk], pool, viewer=viewer_for(rival))
    undo_bulk(run, viewer=viewer)
    assert owner_of(customer) == rival


def test_many_are_moved_from_the_list_and_one_that_waits_elsewhere_keeps_its_time(pool_admin, claimer):
    first, second = PoolFactory(), PoolFactory()
    old = waiting(first, owner=claimer)
    since = PoolEntry.objects.get().since
    fresh = CustomerFactory(owner=claimer)
    data = {"ids": [str(old.pk), str(fresh.pk)], "answered": "1", "pool": str(second.pk), "note": "整理"}
    assert browser(pool_admin).post(f"{URL}bulk/pool/", data).status_code == 302
    found = {entry.customer_id: entry for entry in PoolEntry.objects.all()}
    assert {entry.pool for entry in found.values()} == {second}
    assert (found[old.pk].since, found[old.pk].from_owner) == (since, claimer)
    assert (found[fresh.pk].reason, found[fresh.pk].from_owner) == ("moved", claimer)


def test_what_nobody_owned_is_moved_from_its_page_and_goes_back_to_where_it_was(pool_admin):
    first, second = PoolFactory(), PoolFactory()
    free, old = CustomerFactory(name="无主公司"), waiting(first)
    client, data = browser(pool_admin), {"pool": str(second.pk), "note": "整理"}
    forgotten = CustomerHealth.objects.filter(unowned=True).values_list("customer_id", flat=True)
    assert list(forgotten) == [free.pk]
    for customer in (free, old):
        assert client.post(f"{URL}{customer.pk}/pool/", data).status_code == 302
    assert client.post(f"{URL}{free.pk}/pool/", data).status_code == 422, "it waits there already"
    assert set(PoolEntry.objects.values_list("customer", "pool")) == {
        (free.pk, second.pk), (old.pk, second.pk),
    }  # fmt: skip
    assert list(forgotten.all()) == []
    for run in BulkRun.objects.order_by("pk"):
        undo_bulk(run, viewer=viewer_for(pool_admin))
    assert list(PoolEntry.objects.values_list("customer", "pool")) == [(old.pk, first.pk)]
    assert list(forgotten.all()) == [free.pk]


def test_an_archived_customer_of_a_pool_that_is_out_of_use_comes_back_as_nobodys(pool_admin):
    pool = PoolFactory()
    customer = waiting(pool)
    archive([customer.pk], actor=pool_admin)
    archive_pool(pool)
    restore([customer.pk], actor=pool_admin)
    assert CustomerHealth.objects.get(customer=customer).unowned


def test_an_owner_keeps_within_the_limits_a_manager_beyond_them(claimer, pool_admin):
    PoolFactory(keep_days=30, keep_most=1)
    one, two = CustomerFactory(owner=claimer), CustomerFactory(owner=claimer)
    client, today = browser(claimer), timezone.localdate()
    url = f"{URL}{one.pk}/keep/"
    for until in (
        "",
        "nonsense",
        "2026-02-30",
        "１０００-01-01",
        today - timedelta(days=1),
        today + timedelta(days=31),
    ):
        assert client.post(url, {"until": str(until), "reason": "年底续约"}).status_code == 422
    assert client.post(url, {"until": str(today), "reason": ""}).status_code == 422
    assert (
        client.post(url, {"until": str(today + timedelta(days=30)), "reason": "年底续约"}).status_code == 302
    )
    with override("en"), pytest.raises(Refused, match="You keep 1 customer already"):
        keep_customer(two, until=today, reason="年底续约", viewer=viewer_for(claimer))
    keep_customer(two, until=today + timedelta(days=400), reason="大客户", viewer=viewer_for(pool_admin))
    assert PoolKeep.objects.count() == 2
    assert client.post(url, {"release": "1"}).status_code == 302
    assert not release_customer(one, actor=claimer)
    kept = TimelineEntry.objects.filter(customer=one, kind="customer.kept").order_by("id")
    assert [line.params["until"] for line in kept] == [str(today + timedelta(days=30)), ""]


def test_a_keep_and_an_announced_return_end_with_the_owner(claimer, rival):
    pool, customer = PoolFactory(), CustomerFactory(owner=claimer)
    now = timezone.now()
    keep_customer(customer, until=timezone.localdate(), reason="续约", viewer=viewer_for(claimer))
    PoolWarning.objects.create(
        customer=customer,
        owner=claimer,
        pool=pool,
        rule="contact",
        before=now,
        due_on=now.date(),
        warned_at=now,
    )
    change_owner([customer.pk], rival, kind=OwnershipKind.ASSIGNED, actor=None)
    assert (PoolKeep.objects.count(), PoolWarning.objects.count()) == (0, 0)


NAMES = ("北方机械", "南方电器", "上海北方贸易")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {*NAMES}),
        ({"q": "北方"}, {"北方机械", "上海北方贸易"}),
        ({"q": "nanfang"}, {"南方电器"}),
        ({"q": "13812345678"}, set()),
        ({"q": "王芳"}, set()),
        ({"q": "\x00‮😀"}, set()),
        ({"tier": "key"}, {"南方电器"}),
        ({"tier": "nonsense"}, {*NAMES}),
        ({"city": "上海"}, {"上海北方贸易"}),
        ({"after": "bm9uc2Vuc2U"}, {*NAMES}),
    ],
)
def test_a_pool_is_searched_by_name_and_narrowed(claimer, query, found):
    pool = PoolFactory()
    waiting(pool, name=NAMES[0], phones=["13812345678"], people=["王芳"])
    waiting(pool, name=NAMES[1], tier="key")
    waiting(pool, name=NAMES[2], city="上海")
    CustomerFactory(name="北方公司", owner=claimer)
    page = browser(claimer).get(f"{URL}pools/", query)
    assert {row["name"] for row in page.context["rows"]} == found


def test_a_long_pool_is_read_page_by_page(claimer, monkeypatch):
    monkeypatch.setattr("customers.views.pool.SIZE", 2)
    pool = PoolFactory()
    names = [waiting(pool).name for _number in range(5)]
    client, seen, url = browser(claimer), [], f"{URL}pools/{pool.pk}/"
    while url:
        page = client.get(url)
        seen += [row["name"] for row in page.context["rows"]]
        url = f"{URL}pools/{pool.pk}/{page.context['next_url']}" if page.context["next_url"] else ""
    assert seen == names[::-1]


# session, user, organisation, membership with rights, unread notes; pools with their terms, their counts, rows, phones,
# claims of today
@pytest.mark.parametrize("customers", [1, 3])
def test_a_pool_costs_the_same_for_one_row_and_for_three(claimer, customers, django_assert_num_queries):
    pool = PoolFactory(claims_per_day=5)
    for number in range(customers):
        waiting(pool, phones=[f"1381234{number:04}"])
    client = browser(claimer)
    client.get(f"{URL}pools/")
    with django_assert_num_queries(17):
        assert len(client.get(f"{URL}pools/").context["rows"]) == customers
