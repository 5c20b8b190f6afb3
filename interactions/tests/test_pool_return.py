"""Customers return to a public pool when nobody is in touch: warned, called off, returned, caught up with."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from customers.actions import pool_night
from customers.actions.ownership import change_owner
from customers.actions.pool import save_pool
from customers.actions.pool_keep import keep_customer
from customers.enums import InvalidReason, OwnershipKind
from customers.models import Customer, OwnershipChange, Pool, PoolEntry, PoolWarning, TimelineEntry
from customers.queries.pool_returns import announced, preview
from customers.queries.pools import all_terms
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.test_customer_list import URL, browser
from interactions.tests.factories import contact_with
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.factories import DepartmentFactory, MembershipFactory
from workspace.models import Notification
from workspace.registry import due_kinds

pytestmark = pytest.mark.django_db
DAYS = 30


@pytest.fixture
def clock(monkeypatch):
    """Days that pass: everything that asks for the time is told of it."""

    class Clock:
        real = staticmethod(timezone.now)
        passed = timedelta()

        def pass_days(self, days: int) -> None:
            self.passed += timedelta(days=days)

        def __call__(self):
            return self.real() + self.passed

    found = Clock()
    monkeypatch.setattr(timezone, "now", found)
    return found


@pytest.fixture
def rep(inside_ours):
    head = MembershipFactory(name="孙经理")
    department = DepartmentFactory(name="一部", manager=head)
    return member_with(
        *RIGHTS, "customers.view_pool", "customers.claim_customer", "customers.keep_customer",
        "interactions.view_interaction", "interactions.add_interaction", scope=Scope.OWN, name="李销售",
        department=department,
    )  # fmt: skip


@pytest.fixture
def pool(inside_ours):
    return PoolFactory(label_zh="公海", label_en="Pool", rules={"contact": DAYS}, exempt_tiers=["key"])


def night(organization) -> None:
    pool_night.run_pools(organization.pk)


def lines(customer) -> list[str]:
    return list(TimelineEntry.objects.filter(customer=customer).order_by("id").values_list("kind", flat=True))


def notes(member) -> list[tuple[str, int]]:
    found = Notification.objects.filter(recipient=member, kind__startswith="customers.pool").order_by("id")
    return [(note.kind.removeprefix("customers.pool_"), note.params["n"]) for note in found]


def test_warned_three_days_before_then_returned_and_everybody_told(ours, rep, pool, clock):
    customer = CustomerFactory(owner=rep, name="久未联系")
    clock.pass_days(DAYS - 4)
    night(ours)
    assert not PoolWarning.objects.exists()
    clock.pass_days(1)
    night(ours)
    night(ours)
    warning = PoolWarning.objects.get()
    assert (warning.customer, warning.due_on) == (customer, timezone.localdate() + timedelta(days=3))
    assert notes(rep) == [("warning", 1)]
    clock.pass_days(2)
    night(ours)
    assert Customer.objects.get().owner == rep
    clock.pass_days(1)
    night(ours)
    night(ours)
    entry = PoolEntry.objects.get()
    assert (entry.customer, entry.pool, entry.from_owner, entry.reason, entry.rule) == (
        customer, pool, rep, "rule", "contact",
    )  # fmt: skip
    assert Customer.objects.get().owner is None
    assert list(OwnershipChange.objects.values_list("kind", "by")) == [("pooled", None)]
    assert notes(rep) == [("warning", 1), ("returned", 1)]
    assert notes(rep.department.manager) == [("returned_team", 1)]
    assert lines(customer).count("customer.pooled") == 1
    assert not PoolWarning.objects.exists()


def test_the_line_says_why_in_the_readers_language(ours, rep, pool, clock):
    customer = CustomerFactory(owner=rep)
    clock.pass_days(DAYS)
    night(ours)
    clock.pass_days(3)
    night(ours)
    from customers.registry import timeline_kinds

    params = TimelineEntry.objects.get(customer=customer, kind="customer.pooled").params
    with override("zh-hans"):
        assert timeline_kinds["customer.pooled"].sentence(params) == "退回公海“公海”：30 天未联系"
    with override("en"):
        assert (
            timeline_kinds["customer.pooled"].sentence(params)
            == "Returned to the pool “Pool”: no contact for 30 days"
        )


def test_nights_that_were_missed_are_caught_up_with_and_nobody_goes_unwarned(ours, rep, pool, clock):
    CustomerFactory(owner=rep)
    clock.pass_days(10 * DAYS)
    night(ours)
    assert Customer.objects.get().owner == rep
    assert PoolWarning.objects.get().due_on == timezone.localdate() + timedelta(days=3)
    clock.pass_days(40)
    night(ours)
    assert PoolEntry.objects.count() == 1


def test_a_contact_within_the_warning_calls_it_off_at_once(ours, rep, pool, clock):
    customer = CustomerFactory(owner=rep)
    clock.pass_days(DAYS)
    night(ours)
    viewer = viewer_for(rep)
    assert [one.customer for one in announced(viewer)] == [customer]
    contact_with(customer, rep)
    assert list(announced(viewer)) == []
    clock.pass_days(3)
    night(ours)
    assert Customer.objects.get().owner == rep
    assert not PoolWarning.objects.exists()


def test_a_contact_of_long_ago_that_is_entered_late_calls_nothing_off(ours, rep, pool, clock):
    customer = CustomerFactory(owner=rep)
    clock.pass_days(DAYS + 10)
    night(ours)
    contact_with(customer, rep, days_ago=DAYS + 5)
    assert announced(viewer_for(rep)).count() == 1
    clock.pass_days(3)
    night(ours)
    assert PoolEntry.objects.count() == 1


def kept(customer, rep):
    keep_customer(
        customer, until=timezone.localdate() + timedelta(days=60), reason="续约", viewer=viewer_for(rep)
    )


def of_a_spared_tier(customer, rep):
    Customer.objects.filter(pk=customer.pk).update(tier="key")


def archived(customer, rep):
    Customer.objects.filter(pk=customer.pk).update(archived_at=timezone.now())


def invalid(customer, rep):
    Customer.objects.filter(pk=customer.pk).update(invalid_reason=InvalidReason.values[0])


def taken_over(customer, rep):
    change_owner([customer.pk], MembershipFactory(), kind=OwnershipKind.ASSIGNED, actor=None)


def rule_gone(customer, rep):
    save_pool(Pool.objects.get(), rules={}, claims=[], comes=[], roles=[])


@pytest.mark.parametrize("spare", [kept, of_a_spared_tier, archived, invalid, taken_over, rule_gone])
@pytest.mark.parametrize("when", ["before", "after"])
def test_who_is_spared(ours, rep, pool, clock, spare, when):
    customer = CustomerFactory(owner=rep)
    clock.pass_days(DAYS)
    if when == "after":
        night(ours)
        assert PoolWarning.objects.count() == 1
    spare(customer, rep)
    night(ours)
    assert not PoolWarning.objects.exists()
    clock.pass_days(3)
    night(ours)
    assert not PoolEntry.objects.exists()


def test_the_first_pool_that_takes_a_customer_decides(ours, rep, clock):
    south = PoolFactory(regions=["south"], rules={"contact": 60})
    other = PoolFactory(comes=[rep.department], rules={"contact": DAYS})
    last = PoolFactory(rules={"contact": DAYS})
    slow, quick = CustomerFactory(owner=rep, region="south"), CustomerFactory(owner=rep, region="east")
    foreign = CustomerFactory(owner=MembershipFactory(), region="east")
    clock.pass_days(DAYS)
    night(ours)
    clock.pass_days(3)
    night(ours)
    found = {entry.customer: entry.pool for entry in PoolEntry.objects.all()}
    assert found == {quick: other, foreign: last}
    clock.pass_days(60)
    night(ours)
    clock.pass_days(3)
    night(ours)
    assert PoolEntry.objects.get(customer=slow).pool == south


def test_what_nobody_owns_comes_in_where_the_pool_takes_it(ours, rep):
    PoolFactory(tiers=["key"], takes_unowned=False)
    pool = PoolFactory()
    key, plain = CustomerFactory(tier="key"), CustomerFactory()
    invalid(CustomerFactory(), rep)
    CustomerFactory(owner=rep)
    night(ours)
    night(ours)
    entry = PoolEntry.objects.get()
    assert (entry.customer, entry.pool, entry.reason, entry.from_owner) == (plain, pool, "unowned", None)
    assert Customer.objects.get(pk=key.pk).owner is None


def test_batches_reach_everybody_once(ours, rep, pool, clock, monkeypatch):
    monkeypatch.setattr(pool_night, "BATCH", 2)
    customers = [CustomerFactory(owner=rep) for _number in range(5)]
    clock.pass_days(DAYS)
    night(ours)
    clock.pass_days(3)
    night(ours)
    assert PoolEntry.objects.count() == len(customers)
    assert notes(rep) == [("warning", 5), ("returned", 5)]
    assert OwnershipChange.objects.count() == 5


def test_a_night_touches_its_own_organisation_alone(ours, theirs, rep, pool, clock):
    with organization_context(theirs):
        PoolFactory(rules={"contact": DAYS})
        CustomerFactory(owner=MembershipFactory())
    clock.pass_days(2 * DAYS)
    night(ours)
    with organization_context(theirs):
        assert not PoolWarning.objects.exists()
    night(theirs)
    with organization_context(theirs):
        assert PoolWarning.objects.count() == 1


def test_it_is_due_every_night(ours):
    due = due_kinds["customer_pools"].next_due(ours, timezone.now())
    assert timezone.localtime(due).strftime("%H:%M") == "02:20"


def test_the_dry_run_tells_what_the_night_then_does(ours, rep, pool, clock):
    late, soon = CustomerFactory(owner=rep), CustomerFactory(owner=rep)
    clock.pass_days(DAYS)
    night(ours)
    free = CustomerFactory()
    contact_with(soon, rep)
    clock.pass_days(3)
    told = preview(pool, all_terms(), timezone.now())
    assert (told.returning, told.warned, told.coming) == (1, 0, 1)
    assert (told.samples["returning"], told.samples["coming"]) == ([late], [free])
    assert not PoolEntry.objects.exists()
    night(ours)
    assert {entry.customer for entry in PoolEntry.objects.all()} == {late, free}


def test_the_owner_sees_it_coming_on_the_today_page_the_record_and_the_list(ours, rep, pool, clock):
    customer = CustomerFactory(owner=rep, name="久未联系")
    foreign = CustomerFactory(owner=MembershipFactory(), name="别人的客户")
    clock.pass_days(DAYS)
    night(ours)
    client = browser(rep)
    with override("en"):
        day = date_format(timezone.localdate() + timedelta(days=3), "SHORT_DATE_FORMAT")
    assert f"returns to “Pool” on {day}" in client.get("/o/ours/").content.decode()
    record = client.get(f"{URL}{customer.pk}/").content.decode()
    assert f"It returns to the pool on {day} unless you get in touch." in record
    page = client.get(f"{URL}pools/returning/")
    assert [row["name"] for row in page.context["rows"]] == ["久未联系"]
    assert foreign.name not in page.content.decode()
    contact_with(customer, rep)
    assert "unless you get in touch" not in client.get(f"{URL}{customer.pk}/").content.decode()


# session, user, organisation, membership with rights, unread notes; rows, pools
@pytest.mark.parametrize("customers", [1, 3])
def test_the_list_of_returns_costs_the_same_for_one_and_for_three(
    ours, rep, pool, clock, customers, django_assert_num_queries
):
    for _number in range(customers):
        CustomerFactory(owner=rep)
    clock.pass_days(DAYS)
    night(ours)
    client = browser(rep)
    client.get(f"{URL}pools/returning/")
    with django_assert_num_queries(12):
        assert len(client.get(f"{URL}pools/returning/").context["rows"]) == customers
