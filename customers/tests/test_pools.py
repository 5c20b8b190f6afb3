"""Public pools: customers go in, are claimed, given and put back; limits, cool-off, keeps; and the way back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from customers.actions.bulk import Selection, start_bulk, undo_bulk
from customers.actions.customer import edit_customer
from customers.actions.merge import merge_customers
from customers.actions.ownership import change_owner
from customers.actions.pool import archive_pool, put_into_pool, restore_pool
from customers.actions.pool_claim import assign_from_pool, claim, undo_claim
from customers.actions.pool_keep import keep_customer, release_customer
from customers.enums import InvalidReason, OwnershipKind
from customers.models import (
    BulkRun,
    Customer,
    OwnershipChange,
    Pool,
    PoolClaim,
    PoolEntry,
    PoolKeep,
    PoolWarning,
    TimelineEntry,
)
from customers.queries.pools import FREE_UNDOS, pools_of
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.test_customer_list import URL, browser
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.errors import Refused
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, RoleFactory, grant
from workspace.models import Notification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
SEE, CLAIM, PUT, KEEP = (
    "customers.view_pool", "customers.claim_customer", "customers.pool_customer", "customers.keep_customer",
)  # fmt: skip
POOL_RIGHTS = (SEE, CLAIM, PUT, KEEP)
REP = ("customers.view_customer", "customers.change_customer", *POOL_RIGHTS)


@pytest.fixture
def in_english():
    """Sentences of actions that no request has chosen a language for."""
    with override("en"):
        yield


def on(day) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


@pytest.fixture
def rep(inside_ours):
    return member_with(*REP, scope=Scope.OWN, name="李销售", department=DepartmentFactory(name="一部"))


@pytest.fixture
def colleague(inside_ours, rep):
    return member_with(*REP, scope=Scope.OWN, name="赵同事", department=DepartmentFactory(name="二部"))


@pytest.fixture
def admin(inside_ours):
    return member_with(*RIGHTS, *POOL_RIGHTS, "customers.manage_pools", name="管理员")


def waiting(pool, *, owner=None, **fields) -> Customer:
    customer = CustomerFactory(owner=owner, **fields)
    put_into_pool([customer.pk], pool, actor=owner)
    return customer


def texts(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def owner_of(customer) -> object:
    return Customer.objects.get(pk=customer.pk).owner


def test_a_customer_waits_without_an_owner_and_its_history_and_timeline_say_how_it_came(rep):
    customer, pool = CustomerFactory(owner=rep), PoolFactory()
    version = Customer.objects.get().version
    put_into_pool([customer.pk], pool, actor=rep, note="没有回应")
    entry, stored = PoolEntry.objects.get(), Customer.objects.get()
    assert (entry.from_owner, entry.reason, entry.note) == (rep, "put_back", "没有回应")
    assert (stored.owner, stored.version) == (None, version + 1)
    change = OwnershipChange.objects.get()
    assert (change.kind, change.from_owner, change.to_owner) == ("pooled", rep, None)
    line = TimelineEntry.objects.get(kind="customer.pooled")
    assert (line.text, line.params["pool"]["zh"]) == ("没有回应", pool.label_zh)


def leave_by_edit(customer, rep):
    row = Customer.objects.get(pk=customer.pk)
    row.owner, row.version = rep, row.version + 1
    edit_customer(row, actor=rep)


def leave_by_door(customer, rep):
    change_owner([customer.pk], rep, kind=OwnershipKind.ASSIGNED, actor=rep)


def leave_by_merge(customer, rep):
    merge_customers(
        Customer.objects.get(pk=customer.pk), [CustomerFactory(owner=rep)], actor=rep,
        wanted={"owner": str(Customer.objects.get(owner=rep).pk)},
    )  # fmt: skip


def leave_by_bulk(customer, rep):
    boss = viewer_for(member_with(*RIGHTS))
    start_bulk("assign", Selection([customer.pk]), {"owner": str(rep.pk), "name": ""}, viewer=boss)


@pytest.mark.parametrize("leave", [leave_by_edit, leave_by_door, leave_by_merge, leave_by_bulk])
def test_it_leaves_the_pool_with_an_owner_in_whatever_way_it_got_one(rep, leave):
    customer = waiting(PoolFactory())
    leave(customer, rep)
    assert owner_of(customer) == rep
    assert not PoolEntry.objects.exists()


@pytest.mark.parametrize(
    ("change", "params"), [("archive", {}), ("invalid", {"reason": InvalidReason.values[0]})]
)
def test_an_archived_or_invalid_customer_waits_unseen_and_comes_back(admin, change, params):
    pool = PoolFactory()
    customer = waiting(pool, name="停业公司")
    run = start_bulk(change, Selection([customer.pk]), params, viewer=viewer_for(admin))
    assert [row["name"] for row in browser(admin).get(f"{URL}pools/").context["rows"]] == []
    assert claim([customer.pk], pool, viewer=viewer_for(admin)).customers == []
    undo_bulk(run, viewer=viewer_for(admin))
    assert [row["name"] for row in browser(admin).get(f"{URL}pools/").context["rows"]] == ["停业公司"]


def test_a_rep_sees_what_waits_with_masked_details_claims_in_one_tap_and_opens_it_only_then(rep, colleague):
    pool = PoolFactory()
    customer = waiting(pool, owner=colleague, name="北方机械", city="哈尔滨", phones=["13812345678"])
    client = browser(rep)
    page = client.get(f"{URL}pools/")
    [row] = page.context["rows"]
    assert (row["name"], row["city"], row["phone"]) == ("北方机械", "哈尔滨", "138****5678")
    body = page.content.decode()
    assert "13812345678" not in body
    assert colleague.name not in body
    assert client.get(f"{URL}{customer.pk}/").status_code == 404
    answer = client.post(f"{URL}pools/{pool.pk}/claim/", {"one": str(customer.pk)}, follow=True)
    assert texts(answer) == ["北方机械 is yours now."]
    assert f'href="{URL}{customer.pk}/"' in answer.content.decode()
    assert client.get(f"{URL}{customer.pk}/").status_code == 200
    assert owner_of(customer) == rep
    assert list(OwnershipChange.objects.order_by("id").values_list("kind", flat=True)) == [
        "pooled",
        "claimed",
    ]


def test_what_was_just_claimed_can_be_put_back_as_it_was_and_only_by_who_did_it(rep, colleague):
    pool = PoolFactory(claims_per_day=1)
    customer = waiting(pool, owner=colleague)
    before = PoolEntry.objects.values("since", "from_owner", "reason", "note", "rule").get()
    batch = claim([customer.pk], pool, viewer=viewer_for(rep)).batch
    assert browser(colleague).post(f"{URL}pools/claims/{batch}/undo/").status_code == 404
    answer = browser(rep).post(f"{URL}pools/claims/{batch}/undo/", follow=True)
    assert texts(answer) == ["1 customer is back in the pool."]
    assert PoolEntry.objects.values("since", "from_owner", "reason", "note", "rule").get() == before
    assert owner_of(customer) is None
    assert claim([customer.pk], pool, viewer=viewer_for(rep)).customers == [customer.pk], (
        "undone: not counted"
    )
    PoolClaim.objects.filter(undone_at=None).update(at=timezone.now() - timedelta(minutes=11))
    last = PoolClaim.objects.get(undone_at=None)
    assert undo_claim(last.batch, viewer=viewer_for(rep)) == 0


def test_a_pool_cannot_be_read_by_claiming_and_undoing(rep):
    pool = PoolFactory(claims_per_day=1)
    customers = [waiting(pool) for _number in range(FREE_UNDOS + 1)]
    viewer = viewer_for(rep)
    for customer in customers:
        found = claim([customer.pk], pool, viewer=viewer)
        assert found.customers == [customer.pk]
        undo_claim(found.batch, viewer=viewer)
    assert claim([customers[0].pk], pool, viewer=viewer).customers == []


def test_each_limit_says_what_it_is_and_when_one_may_again(rep):
    viewer, today = viewer_for(rep), timezone.localdate()
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
    put_into_pool([first.pk], daily, actor=rep)
    assert claim([second.pk], holding, viewer=viewer).customers == [second.pk]

    mine = waiting(cooling, owner=rep)
    refused = claim([mine.pk], cooling, viewer=viewer)
    day = today + timedelta(days=30)
    assert refused.refusals == [f"You were its last owner: you may claim it again from {on(day)}."]
    PoolEntry.objects.filter(customer=mine).update(since=timezone.now() - timedelta(days=30))
    assert claim([mine.pk], cooling, viewer=viewer).customers == [mine.pk]


def test_of_two_the_later_is_told_in_a_sentence(rep, colleague):
    pool = PoolFactory()
    customer = waiting(pool)
    claim([customer.pk], pool, viewer=viewer_for(colleague))
    answer = browser(rep).post(f"{URL}pools/{pool.pk}/claim/", {"one": str(customer.pk)}, follow=True)
    assert texts(answer) == ["Somebody else was quicker: the customer is no longer in the pool."]
    assert owner_of(customer) == colleague


@pytest.mark.parametrize(
    ("claims", "role", "claimable"),
    [(None, False, True), ("own", False, True), ("above", False, True), ("other", False, False),
     ("other", True, True), (None, True, True)],
)  # fmt: skip
def test_who_may_claim_is_said_by_department_and_by_role(rep, claims, role, claimable):
    above = DepartmentFactory(name="总部")
    rep.department.parent = above
    rep.department.save()
    held = RoleFactory()
    rep.role_links.create(role=held)
    chosen = {"own": [rep.department], "above": [above], "other": [DepartmentFactory()]}.get(claims or "", [])
    pool = PoolFactory(claims=chosen, roles=[held] if role else [])
    customer = waiting(pool)
    assert (pool.pk in pools_of(viewer_for(rep)).claimable) == claimable
    status = browser(rep).post(f"{URL}pools/{pool.pk}/claim/", {"one": str(customer.pk)}).status_code
    assert status == (302 if claimable else 404)
    assert (owner_of(customer) == rep) == claimable
    assert browser(rep).get(f"{URL}pools/{pool.pk}/").status_code == (200 if claimable else 404)


def test_a_stranger_reaches_neither_the_pool_nor_what_waits_in_it(rep, theirs):
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
    assert browser(rep).get(f"{URL}pools/{foreign.pk}/").status_code == 404
    answer = browser(rep).post(
        f"{URL}pools/{pool.pk}/claim/", {"ids": [str(outside.pk), "nonsense"]}, follow=True
    )
    assert texts(answer) == ["Somebody else was quicker: the customer is no longer in the pool."]
    assert owner_of(customer) is None


def test_a_manager_gives_from_the_pool_to_whom_they_reach_and_can_take_it_back(rep, colleague):
    manager = member_with(
        *RIGHTS, *POOL_RIGHTS, scope=Scope.DEPARTMENT, name="孙经理", department=rep.department
    )
    pool = PoolFactory(claims_per_day=0)
    one, two = waiting(pool), waiting(pool)
    url = f"{URL}pools/{pool.pk}/assign/"
    client, ids = browser(manager), [str(one.pk), str(two.pk)]
    assert client.post(url, {"ids": ids}).status_code == 200
    assert client.post(url, {"ids": ids, "answered": "1", "owner": str(colleague.pk)}).status_code == 422
    answer = client.post(url, {"ids": ids, "answered": "1", "owner": str(rep.pk)}, follow=True)
    assert texts(answer) == ["2 customers given to 李销售."]
    assert [owner_of(one), owner_of(two)] == [rep, rep]
    assert Notification.objects.get(recipient=rep).params == {"n": 2}
    batch = PoolClaim.objects.first().batch
    assert undo_claim(batch, viewer=viewer_for(manager)) == 2
    assert [owner_of(one), owner_of(two)] == [None, None]
    assert browser(rep).post(url, {"ids": ids}).status_code == 403


def test_the_owner_puts_one_back_with_a_reason_and_takes_it_back(rep, colleague):
    pool, customer = PoolFactory(), CustomerFactory(owner=rep, name="东海贸易")
    url = f"{URL}{customer.pk}/pool/"
    client = browser(rep)
    assert client.get(url).context["form"].initial["pool"] == pool
    assert client.post(url, {"pool": str(pool.pk), "note": " \u200b "}).status_code == 422
    assert client.post(url, {"pool": str(pool.pk), "note": "x" * 401}).status_code == 422
    assert client.post(url, {"pool": "nonsense", "note": "不买"}).status_code == 422
    assert browser(colleague).get(url).status_code == 404
    answer = client.post(url, {"pool": str(pool.pk), "note": "三次不接电话 😀"}, follow=True)
    assert texts(answer) == [f"东海贸易 waits in “{pool}” now."]
    assert PoolEntry.objects.get().note == "三次不接电话 😀"
    run = TimelineEntry.objects.get(kind="customer.pooled").subject_id
    client.post(f"{URL}undo/{run}/")
    assert owner_of(customer) == rep
    assert not PoolEntry.objects.exists()


def test_what_a_colleague_has_claimed_meanwhile_is_not_taken_back(rep, colleague):
    pool, customer = PoolFactory(), CustomerFactory(owner=rep)
    viewer = viewer_for(rep)
    run = start_bulk("pool", Selection([customer.pk]), {"pool": str(pool.pk)}, viewer=viewer, note="不买")
    claim([customer.pk], pool, viewer=viewer_for(colleague))
    undo_bulk(run, viewer=viewer)
    assert owner_of(customer) == colleague


def test_many_are_moved_from_the_list_and_one_that_waits_elsewhere_keeps_its_time(admin, rep):
    first, second = PoolFactory(), PoolFactory()
    old = waiting(first, owner=rep)
    since = PoolEntry.objects.get().since
    fresh = CustomerFactory(owner=rep)
    data = {"ids": [str(old.pk), str(fresh.pk)], "answered": "1", "pool": str(second.pk), "note": "整理"}
    assert browser(admin).post(f"{URL}bulk/pool/", data).status_code == 302
    found = {entry.customer_id: entry for entry in PoolEntry.objects.all()}
    assert {entry.pool for entry in found.values()} == {second}
    assert (found[old.pk].since, found[old.pk].from_owner) == (since, rep)
    assert (found[fresh.pk].reason, found[fresh.pk].from_owner) == ("moved", rep)


def test_what_nobody_owned_is_moved_from_its_page_and_goes_back_to_where_it_was(admin):
    first, second = PoolFactory(), PoolFactory()
    free, old = CustomerFactory(name="无主公司"), waiting(first)
    client, data = browser(admin), {"pool": str(second.pk), "note": "整理"}
    for customer in (free, old):
        assert client.post(f"{URL}{customer.pk}/pool/", data).status_code == 302
    assert client.post(f"{URL}{free.pk}/pool/", data).status_code == 422, "it waits there already"
    assert set(PoolEntry.objects.values_list("customer", "pool")) == {
        (free.pk, second.pk), (old.pk, second.pk),
    }  # fmt: skip
    for run in BulkRun.objects.order_by("pk"):
        undo_bulk(run, viewer=viewer_for(admin))
    assert list(PoolEntry.objects.values_list("customer", "pool")) == [(old.pk, first.pk)]


def test_an_owner_keeps_within_the_limits_a_manager_beyond_them(rep, admin):
    PoolFactory(keep_days=30, keep_most=1)
    one, two = CustomerFactory(owner=rep), CustomerFactory(owner=rep)
    client, today = browser(rep), timezone.localdate()
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
        keep_customer(two, until=today, reason="年底续约", viewer=viewer_for(rep))
    keep_customer(two, until=today + timedelta(days=400), reason="大客户", viewer=viewer_for(admin))
    assert PoolKeep.objects.count() == 2
    assert client.post(url, {"release": "1"}).status_code == 302
    assert not release_customer(one, actor=rep)
    kept = TimelineEntry.objects.filter(customer=one, kind="customer.kept").order_by("id")
    assert [line.params["until"] for line in kept] == [str(today + timedelta(days=30)), ""]


def test_a_keep_and_an_announced_return_end_with_the_owner(rep, colleague):
    pool, customer = PoolFactory(), CustomerFactory(owner=rep)
    now = timezone.now()
    keep_customer(customer, until=timezone.localdate(), reason="续约", viewer=viewer_for(rep))
    PoolWarning.objects.create(
        customer=customer, owner=rep, pool=pool, rule="contact", before=now, due_on=now.date(), warned_at=now
    )
    change_owner([customer.pk], colleague, kind=OwnershipKind.ASSIGNED, actor=None)
    assert (PoolKeep.objects.count(), PoolWarning.objects.count()) == (0, 0)


def test_a_pool_is_archived_when_empty(rep):
    pool = PoolFactory()
    customer = waiting(pool)
    with pytest.raises(Refused, match="Customers wait in this pool"):
        archive_pool(pool)
    claim([customer.pk], pool, viewer=viewer_for(rep))
    Customer.objects.filter(pk=waiting(pool).pk).update(archived_at=timezone.now())
    PoolEntry.objects.update(archived=True)
    archive_pool(pool)
    assert not PoolEntry.objects.exists()
    assert pools_of(viewer_for(rep)).seen == []
    restore_pool(pool)
    assert Pool.objects.active().count() == 1


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
def test_a_pool_is_searched_by_name_and_narrowed(rep, query, found):
    pool = PoolFactory()
    waiting(pool, name=NAMES[0], phones=["13812345678"], people=["王芳"])
    waiting(pool, name=NAMES[1], tier="key")
    waiting(pool, name=NAMES[2], city="上海")
    CustomerFactory(name="北方公司", owner=rep)
    page = browser(rep).get(f"{URL}pools/", query)
    assert {row["name"] for row in page.context["rows"]} == found


def test_a_long_pool_is_read_page_by_page(rep, monkeypatch):
    monkeypatch.setattr("customers.views.pool.SIZE", 2)
    pool = PoolFactory()
    names = [waiting(pool).name for _number in range(5)]
    client, seen, url = browser(rep), [], f"{URL}pools/{pool.pk}/"
    while url:
        page = client.get(url)
        seen += [row["name"] for row in page.context["rows"]]
        url = f"{URL}pools/{pool.pk}/{page.context['next_url']}" if page.context["next_url"] else ""
    assert seen == names[::-1]


# session, user, organisation, membership with rights, unread notes; pools with their terms, their counts, rows, phones,
# claims of today
@pytest.mark.parametrize("customers", [1, 3])
def test_a_pool_costs_the_same_for_one_row_and_for_three(rep, customers, django_assert_num_queries):
    pool = PoolFactory(claims_per_day=5)
    for number in range(customers):
        waiting(pool, phones=[f"1381234{number:04}"])
    client = browser(rep)
    client.get(f"{URL}pools/")
    with django_assert_num_queries(17):
        assert len(client.get(f"{URL}pools/").context["rows"]) == customers


def test_given_customers_do_not_count_against_ones_own_claims(rep, admin):
    pool = PoolFactory(claims_per_day=1, most_held=1)
    given, own = waiting(pool), waiting(pool)
    assign_from_pool([given.pk], pool, rep, actor=admin)
    assert claim([own.pk], pool, viewer=viewer_for(rep)).customers == [own.pk]


def settings_form(**fields):
    return {"label_zh": "华东公海", "cool_off_days": "30", "keep_days": "90", "keep_most": "5", **fields}


def test_an_administrator_sets_up_a_pool_and_a_stale_edit_is_shown(admin, rep):
    client, role = browser(admin), RoleFactory()
    data = settings_form(
        label_en="East", tiers=["ordinary", "potential"], regions=["east"], sources=["web"],
        comes=[str(rep.department.pk)], claims=[str(rep.department.pk)], roles=[str(role.pk)],
        rule_contact="90", exempt_tiers=["key"], claims_per_day="3", most_held="", takes_unowned="on",
    )  # fmt: skip
    answer = client.post(f"{URL}pools/settings/new/", data)
    pool = Pool.objects.get()
    assert answer.headers["Location"] == f"{URL}pools/settings/{pool.pk}/tonight/"
    assert (pool.tiers, pool.regions, pool.sources, pool.exempt_tiers) == (
        ["ordinary", "potential"], ["east"], ["web"], ["key"],
    )  # fmt: skip
    assert (pool.claims_per_day, pool.most_held, pool.takes_unowned) == (3, None, True)
    assert list(pool.rules.values_list("rule", "days")) == [("contact", 90)]
    assert sorted(pool.department_links.values_list("use", "department")) == [
        ("claims", rep.department.pk), ("comes", rep.department.pk),
    ]  # fmt: skip
    assert client.get(f"{URL}pools/settings/").status_code == 200
    form = client.get(f"{URL}pools/settings/{pool.pk}/").context["form"]
    assert (form["rule_contact"].value(), form["claims"].value()) == (90, [rep.department.pk])
    edit = data | {"version": form.initial["version"], "rule_contact": "", "claims": [], "roles": []}
    assert client.post(f"{URL}pools/settings/{pool.pk}/", edit).status_code == 302
    assert client.post(f"{URL}pools/settings/{pool.pk}/", edit | {"label_en": "West"}).status_code == 409
    assert (pool.rules.count(), pool.role_links.count(), pool.department_links.count()) == (0, 0, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"label_zh": ""},
        {"label_zh": "\u200b\u202e"},
        {"label_zh": "x" * 41},
        {"tiers": ["gold"]},
        {"claims": ["nonsense"]},
        {"rule_contact": "6"},
        {"rule_contact": "3651"},
        {"rule_contact": "-1"},
        {"rule_contact": "九十"},
        {"claims_per_day": "1e9"},
        {"cool_off_days": ""},
        {"keep_days": "99999"},
    ],
)
def test_what_a_pool_cannot_be_is_refused_with_the_reason(admin, wrong):
    answer = browser(admin).post(f"{URL}pools/settings/new/", settings_form(**wrong))
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Pool.objects.exists()


def test_full_width_digits_are_numbers(admin):
    browser(admin).post(f"{URL}pools/settings/new/", settings_form(rule_contact="９０", claims_per_day="５"))
    assert Pool.objects.get().claims_per_day == 5
    assert Pool.objects.get().rules.get().days == 90


def test_the_order_of_pools_is_changed_and_a_form_sent_twice_makes_one(admin):
    client = browser(admin)
    data = settings_form(id="0193a0a0-0000-7000-8000-000000000001")
    client.post(f"{URL}pools/settings/new/", data)
    client.post(f"{URL}pools/settings/new/", data)
    first, second = Pool.objects.get(), PoolFactory()
    client.post(f"{URL}pools/settings/{second.pk}/move/", {"way": "up"})
    assert list(Pool.objects.all()) == [second, first]
    client.post(f"{URL}pools/settings/{second.pk}/move/", {"way": "up"})
    assert list(Pool.objects.all()) == [second, first]
