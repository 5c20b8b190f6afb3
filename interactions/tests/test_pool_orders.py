"""Customers return to a public pool when they do not order: alone, and beside the rule of contacts."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from customers.actions.ownership import change_owner
from customers.enums import OwnershipKind
from customers.models import Customer, OwnershipChange, Pool, PoolEntry, PoolWarning, TimelineEntry
from customers.queries.pool_returns import announced, preview
from customers.queries.pools import all_terms
from customers.registry import timeline_kinds
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_customer_edit import form_of
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_pool_settings import settings_form
from interactions.tests.factories import contact_with
from interactions.tests.test_pool_return import DAYS, clock, night, notes, rep  # noqa: F401
from tenancy.access import viewer_for
from tenancy.tests.factories import MembershipFactory, grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def pool(inside_ours):
    return PoolFactory(label_zh="公海", label_en="Pool", rules={"order": DAYS}, exempt_tiers=["key"])


def ago(days: int):
    return timezone.localdate() - timedelta(days=days)


def owned_for_long(rep, **fields):  # noqa: F811
    """A customer whose owner has had it for longer than any rule asks."""
    customer = CustomerFactory(owner=rep, **fields)
    Customer.objects.filter(pk=customer.pk).update(created_at=timezone.now() - timedelta(days=400))
    OwnershipChange.objects.filter(customer=customer).update(at=timezone.now() - timedelta(days=400))
    return customer


def ordered(customer, day):
    Customer.objects.filter(pk=customer.pk).update(last_order_on=day)


def test_it_counts_the_days_from_the_day_of_the_last_order(ours, rep, pool, clock):  # noqa: F811
    customer = owned_for_long(rep, last_order_on=ago(0))
    clock.pass_days(DAYS - 3)
    night(ours)
    assert not PoolWarning.objects.exists()
    clock.pass_days(1)
    night(ours)
    night(ours)
    warning = PoolWarning.objects.get()
    assert (warning.rule, warning.due_on) == ("order", timezone.localdate() + timedelta(days=3))
    assert warning.due_on == customer.last_order_on + timedelta(days=DAYS + 1)
    assert notes(rep) == [("warning", 1)]
    clock.pass_days(2)
    night(ours)
    assert Customer.objects.get().owner == rep
    clock.pass_days(1)
    night(ours)
    entry = PoolEntry.objects.get()
    assert (entry.customer, entry.from_owner, entry.reason, entry.rule) == (customer, rep, "rule", "order")
    assert notes(rep) == [("warning", 1), ("returned", 1)]
    params = TimelineEntry.objects.get(customer=customer, kind="customer.pooled").params
    for language, words in (
        ("zh-hans", "退回公海“公海”：30 天未下单"),
        ("en", "Returned to the pool “Pool”: no order for 30 days"),
    ):
        with override(language):
            assert timeline_kinds["customer.pooled"].sentence(params) == words


def test_who_has_never_ordered_has_all_the_days_from_getting_an_owner(ours, rep, pool, clock):  # noqa: F811
    customer = CustomerFactory(owner=rep)
    clock.pass_days(DAYS - 4)
    night(ours)
    assert not PoolWarning.objects.exists()
    change_owner([customer.pk], MembershipFactory(), kind=OwnershipKind.ASSIGNED, actor=None)
    clock.pass_days(DAYS - 4)
    night(ours)
    assert not PoolWarning.objects.exists()
    clock.pass_days(1)
    night(ours)
    assert PoolWarning.objects.get().due_on == timezone.localdate() + timedelta(days=3)


def test_a_customer_just_taken_over_stays_however_long_ago_it_ordered(ours, rep, pool, clock):  # noqa: F811
    customer = owned_for_long(rep, last_order_on=ago(5 * DAYS))
    change_owner([customer.pk], MembershipFactory(), kind=OwnershipKind.ASSIGNED, actor=None)
    clock.pass_days(1)
    night(ours)
    assert not PoolWarning.objects.exists()
    clock.pass_days(DAYS)
    night(ours)
    assert PoolWarning.objects.get().customer == customer


def by_page(customer, rep):  # noqa: F811
    client = browser(rep)
    data = {**form_of(client, customer), "last_order_on": str(timezone.localdate())}
    assert client.post(f"{URL}{customer.pk}/edit/", data).status_code == 302


def by_file(customer, rep):  # noqa: F811
    grant(rep, "customers.import_customer")
    file = csv_bytes("编号,名称,最近下单日期", f"{customer.code},{customer.name},{timezone.localdate()}")
    Walk(rep.organization, rep).upload(file).check(policy="update").apply()


@pytest.mark.parametrize("comes", [by_page, by_file])
def test_an_order_that_comes_in_calls_the_return_off_at_once(ours, rep, pool, clock, comes):  # noqa: F811
    customer = owned_for_long(rep, last_order_on=ago(2 * DAYS))
    night(ours)
    assert [one.customer for one in announced(viewer_for(rep))] == [customer]
    comes(customer, rep)
    assert Customer.objects.get().last_order_on == timezone.localdate()
    assert list(announced(viewer_for(rep))) == []
    clock.pass_days(3)
    night(ours)
    assert Customer.objects.get().owner == rep
    assert not PoolWarning.objects.exists()


def test_an_order_of_long_ago_that_is_entered_late_and_a_contact_call_nothing_off(ours, rep, pool, clock):  # noqa: F811
    customer = owned_for_long(rep)
    night(ours)
    ordered(customer, ago(DAYS - 2))
    contact_with(customer, rep)
    assert announced(viewer_for(rep)).count() == 1
    clock.pass_days(3)
    night(ours)
    assert PoolEntry.objects.get().rule == "order"


def test_who_orders_stays_and_a_spared_tier_too(ours, rep, pool, clock):  # noqa: F811
    buyer = owned_for_long(rep, last_order_on=ago(1))
    owned_for_long(rep, tier="key")
    for _week in range(12):
        clock.pass_days(7)
        ordered(buyer, timezone.localdate())
        night(ours)
    assert not PoolWarning.objects.exists()
    assert not PoolEntry.objects.exists()


def test_of_two_rules_the_one_that_is_met_first_decides(ours, rep, clock):  # noqa: F811
    PoolFactory(rules={"contact": DAYS, "order": 2 * DAYS})
    silent, idle = (owned_for_long(rep, last_order_on=ago(0)) for _number in range(2))
    contact_with(silent, rep)
    for _step in range(DAYS // 5):
        contact_with(idle, rep)
        clock.pass_days(5)
        night(ours)
    assert {(one.customer, one.rule) for one in PoolWarning.objects.all()} == {(silent, "contact")}
    for _step in range(DAYS // 5):
        contact_with(idle, rep)
        clock.pass_days(5)
        night(ours)
    assert {(one.customer, one.rule) for one in PoolEntry.objects.all()} == {(silent, "contact")}
    assert {(one.customer, one.rule) for one in PoolWarning.objects.all()} == {(idle, "order")}
    clock.pass_days(3)
    night(ours)
    assert PoolEntry.objects.get(customer=idle).rule == "order"


def test_where_both_are_met_the_other_is_announced_anew_when_one_is_made_good(ours, rep, clock):  # noqa: F811
    PoolFactory(rules={"contact": DAYS, "order": DAYS})
    customer = owned_for_long(rep)
    night(ours)
    assert PoolWarning.objects.get().rule == "contact"
    clock.pass_days(2)
    contact_with(customer, rep)
    assert not announced(viewer_for(rep)).exists()
    night(ours)
    warning = PoolWarning.objects.get()
    assert (warning.rule, warning.due_on) == ("order", timezone.localdate() + timedelta(days=3))


def test_the_dry_run_tells_what_the_night_then_does(ours, rep, pool, clock):  # noqa: F811
    late, saved, soon = owned_for_long(rep), owned_for_long(rep), owned_for_long(rep, last_order_on=ago(1))
    night(ours)
    ordered(saved, timezone.localdate())
    clock.pass_days(3)
    ordered(soon, ago(DAYS))
    told = preview(pool, all_terms(), timezone.now())
    assert (told.returning, told.warned, told.coming) == (1, 1, 0)
    assert (told.samples["returning"], told.samples["warned"]) == ([late], [soon])
    night(ours)
    assert [entry.customer for entry in PoolEntry.objects.all()] == [late]
    assert [warning.customer for warning in PoolWarning.objects.all()] == [soon]


SAYS = {
    "en": (
        "It returns to the pool on {} unless an order comes in.",
        "Enter the order",
        "no order for 30 days",
    ),
    "zh-hans": ("若没有新订单，将于 {} 退回公海。", "填写下单日期", "30 天未下单"),
}


@pytest.mark.parametrize("language", SAYS)
def test_the_owner_is_told_what_keeps_the_customer(ours, rep, pool, clock, language):  # noqa: F811
    customer = owned_for_long(rep, name="久未下单")
    rep.language = language
    rep.save(update_fields=["language"])
    night(ours)
    reason, button, why = SAYS[language]
    client = browser(rep)
    with override(language):
        day = date_format(timezone.localdate() + timedelta(days=3), "SHORT_DATE_FORMAT")
    record = client.get(f"{URL}{customer.pk}/").content.decode()
    assert reason.format(day) in record
    assert button in record
    assert f'{URL}{customer.pk}/edit/#id_last_order_on"' in record
    page = client.get(f"{URL}pools/returning/")
    assert [(row["name"], row["why"]) for row in page.context["rows"]] == [("久未下单", why)]
    assert why in page.content.decode()
    ordered(customer, timezone.localdate())
    assert reason.format(day) not in client.get(f"{URL}{customer.pk}/").content.decode()
    assert client.get(f"{URL}pools/returning/").context["rows"] == []


def test_who_may_not_change_the_customer_is_told_without_the_button(ours, rep, pool, clock):  # noqa: F811
    customer = owned_for_long(rep)
    night(ours)
    looker = MembershipFactory(language="en")
    grant(looker, "customers.view_customer")
    record = browser(looker).get(f"{URL}{customer.pk}/").content.decode()
    assert "unless an order comes in" in record
    assert "Enter the order" not in record


def test_the_pools_form_offers_both_rules(inside_ours):
    client = browser(member_with(*RIGHTS, "customers.manage_pools"))
    client.post(f"{URL}pools/settings/new/", settings_form(rule_contact="60", rule_order="１８０"))
    pool = Pool.objects.get()
    assert sorted(pool.rules.values_list("rule", "days")) == [("contact", 60), ("order", 180)]
    page = client.get(f"{URL}pools/settings/{pool.pk}/")
    assert page.context["form"]["rule_order"].value() == 180
    assert "Days without an order" in page.content.decode()
    assert "Last order on" in page.content.decode()
    again = settings_form(rule_order="6")
    answer = client.post(f"{URL}pools/settings/new/", again)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["rule_order"])


@pytest.mark.parametrize("customers", [1, 3])
def test_the_list_of_returns_costs_the_same_under_both_rules(
    ours, rep, clock, customers, django_assert_num_queries,  # noqa: F811
):  # fmt: skip
    PoolFactory(rules={"contact": 2 * DAYS, "order": DAYS})
    for _number in range(customers):
        owned_for_long(rep, last_order_on=ago(2 * DAYS))
    night(ours)
    client = browser(rep)
    client.get(f"{URL}pools/returning/")
    with django_assert_num_queries(12):
        assert len(client.get(f"{URL}pools/returning/").context["rows"]) == customers
