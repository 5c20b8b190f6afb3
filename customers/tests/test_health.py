"""Completeness, quality and due dates: computed by one statement, followed by every change and by the calendar."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions.anew import save_policy
from customers.actions.book import archive, assign_owner, restore
from customers.actions.customer import edit_customer
from customers.actions.health import PENALTY, add_health, refresh_health
from customers.actions.health_count import follow_the_calendar
from customers.actions.person import remove_person, save_person
from customers.actions.quality_policy import REBUILD, quality_policy
from customers.actions.verification import take_back, verify_customer
from customers.completeness import COMPANY, FIELDS, PERSON, missing_fields, weights_of
from customers.enums import Checked, CustomerKind, Tier
from customers.models import ContactPerson, Customer, CustomerHealth, HealthCount, QualityPolicy, Verification
from customers.models.health import NEVER, NONE
from customers.queries.quality import report, rows_of
from customers.registry import worklists
from customers.tests.factories import CustomerFactory
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory
from workspace.models import Notification
from workspace.runner import drain


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


pytestmark = pytest.mark.django_db


def health(customer) -> CustomerHealth:
    return CustomerHealth.objects.get(customer=customer)


def missing(customer) -> list[str]:
    return [field.key for field in missing_fields(health(customer).missing)]


def verified(customer, actor, days_ago=0, **answers):
    row = verify_customer(
        Verification(customer=customer), answers=answers or {"name": Checked.RIGHT}, actor=actor
    )
    Verification.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=days_ago))
    refresh_health([customer.pk])
    return row


def test_a_new_customer_is_judged_at_once(rep):
    bare = CustomerFactory(kind=CustomerKind.PERSON, name="陈晓东", owner=rep)
    assert missing(bare) == ["phone", "email", "wechat", "birthday", "gender", "city", "street", "source"]
    # owner 1 of phone 3, email 1, wechat 1, birthday 2, gender 1, city 1, street 1, source 1, owner 1
    assert health(bare).completeness == 100 * 1 // 12
    assert (health(bare).unreachable, health(bare).unowned, health(bare).quality) == (True, False, 0)
    known = CustomerFactory(
        kind=CustomerKind.PERSON, name="王芳", owner=rep, phones=["13812345678"], emails=["w@example.com"],
        wechats=["wangfang1"], birthday=date(1990, 5, 1), gender="female", city="上海", street="淮海路 1 号", source="visit",
    )  # fmt: skip
    assert (missing(known), health(known).completeness, health(known).quality) == ([], 100, 100)


def test_every_change_is_followed(rep, admin):
    company = CustomerFactory(owner=rep, phones=["13812345678"])
    assert "people" in missing(company)
    person = save_person(ContactPerson(customer=company, name="李经理"), points=[], actor=rep)
    assert "people" not in missing(company)
    person.left_on = timezone.localdate()
    save_person(person, points=[], actor=rep)
    assert "people" in missing(company)
    person.left_on = None
    save_person(person, points=[], actor=rep)
    remove_person(person, actor=rep)
    assert "people" in missing(company)
    company.refresh_from_db()
    company.industry, company.version = "化工", company.version + 1
    edit_customer(company, actor=rep)
    assert "industry" not in missing(company)
    assign_owner([company.pk], None, actor=admin)
    assert (health(company).owner, health(company).unowned, "owner" in missing(company)) == (None, True, True)


def test_an_archived_customer_has_no_trouble(admin):
    customer = CustomerFactory()
    assert (health(customer).unowned, health(customer).unreachable) == (True, True)
    archive([customer.pk], actor=admin)
    row = health(customer)
    assert (row.unowned, row.unreachable, row.overdue, row.due_on) == (False, False, False, NONE)
    restore([customer.pk], actor=admin)
    assert health(customer).unowned


@pytest.mark.parametrize(
    ("name", "doubtful"),
    [
        ("测试", True), ("测试客户2", True), ("test", True), ("TEST_1", True), ("12345", True), ("aaaa", True),
        ("某某公司", True),
        ("客", True), ("测试仪器有限公司", False), ("Testa Rossa", False), ("检测试剂厂", False), ("莉莉", False),
        ("3M", False),
        ("李测试", False),
    ],
)  # fmt: skip
def test_placeholders_are_doubted_and_names_are_not(admin, name, doubtful):
    assert health(CustomerFactory(name=name)).doubtful_name is doubtful


def test_a_number_that_no_country_knows_is_doubted(admin):
    known, unknown = CustomerFactory(phones=["13812345678"]), CustomerFactory(phones=["5550123"])
    assert (health(known).doubtful_phone, health(unknown).doubtful_phone) == (False, True)
    assert health(unknown).quality == max(
        0, health(unknown).completeness - 2 * PENALTY
    )  # nobody owns it either


def test_weights_are_the_organisations_own(admin, ours):
    company = CustomerFactory(phones=["13812345678"])
    policy = quality_policy()
    only_phone = dict.fromkeys(weights_of(policy)[COMPANY], 0) | {"phone": 5}
    policy.weights = {COMPANY: only_phone}
    save_policy(policy, REBUILD, actor=admin)
    drain(ours)
    assert (health(company).completeness, missing(company)) == (100, [])
    policy.weights = {COMPANY: dict.fromkeys(only_phone, 0)}
    save_policy(policy, REBUILD, actor=admin)
    drain(ours)
    assert health(company).completeness == 100
    assert weights_of(policy)[PERSON]["phone"] == 3


def test_no_bit_is_given_twice_and_no_field_moves():
    keys = [field.key for field in FIELDS]
    assert len(set(keys)) == len(keys)
    assert keys[:5] == ["phone", "email", "wechat", "people", "birthday"]
    assert [field.key for field in missing_fields(0b10001)] == ["phone", "birthday"]


def test_verifying_moves_the_due_date_and_taking_it_back_moves_it_back(rep):
    customer = CustomerFactory(owner=rep, tier=Tier.KEY)
    today = timezone.localdate()
    row = health(customer)
    assert (row.verified_on, row.due_on) == (NEVER, months_later(today, 6))
    Customer.objects.filter(pk=customer.pk).update(created_at=timezone.now() - timedelta(days=400))
    refresh_health([customer.pk])
    assert (health(customer).overdue, rep_overdue(rep)) == (True, [customer.pk])
    row = verify_customer(
        Verification(customer=customer, note="电话确认"),
        answers={"name": Checked.RIGHT, "city": Checked.WRONG},
        actor=rep,
    )
    now = health(customer)
    assert (now.verified_on, now.overdue, now.found_wrong) == (today, False, True)
    assert now.due_on == months_later(today, 6)
    take_back(row, actor=rep)
    assert (health(customer).verified_on, health(customer).overdue, health(customer).found_wrong) == (
        NEVER,
        True,
        False,
    )


def rep_overdue(rep):
    return [row.pk for row in rows_of(worklists["overdue"], viewer_for(rep))]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.datetimes(datetime(2000, 1, 1), datetime(2080, 1, 1)),
    tier=st.sampled_from(list(Tier)),
    months=st.tuples(*[st.integers(0, 120)] * 3),
)
def test_due_dates_are_whole_months_later_in_the_organisations_own_days(inside_ours, at, tier, months):
    """As a calendar counts: a month after 31 January is the last day of February; midnight falls where they live."""
    QualityPolicy.objects.all().delete()
    QualityPolicy.objects.create(key_months=months[0], ordinary_months=months[1], potential_months=months[2])
    customer = CustomerFactory(tier=tier)
    moment = at.replace(tzinfo=ZoneInfo("UTC"))
    Customer.objects.filter(pk=customer.pk).update(created_at=moment)
    refresh_health([customer.pk])
    wait = dict(zip((Tier.KEY, Tier.ORDINARY, Tier.POTENTIAL), months, strict=True))[tier]
    day = moment.astimezone(ZoneInfo(inside_ours.timezone)).date()
    row = health(customer)
    assert row.due_on == (months_later(day, wait) if wait else NONE)
    assert row.overdue == (row.due_on < timezone.localdate())


def test_the_night_catches_up_counts_and_tells_once_a_week(ours, theirs, rep):
    with organization_context(theirs):
        foreign = CustomerFactory(owner=MembershipFactory())
    late = [CustomerFactory(owner=rep, phones=["13812345678"]) for _ in range(3)]
    gone, new = CustomerFactory(owner=rep), CustomerFactory(owner=rep)
    archive([gone.pk], actor=rep)
    CustomerFactory()
    for one in late:
        verified(one, rep, days_ago=500)
    # What was not overdue yesterday is today, and one came in without figures.
    CustomerHealth.objects.filter(customer__in=late).update(overdue=False, quality=99)
    CustomerHealth.objects.filter(customer=new).delete()
    for _ in range(2):
        follow_the_calendar(ours.pk)
    assert [health(one).overdue for one in late] == [True] * 3
    assert health(late[0]).quality == health(late[0]).completeness - PENALTY
    mine = HealthCount.objects.get(owner=rep)
    assert (mine.customers, mine.overdue, mine.unreachable, mine.unowned) == (4, 3, 1, 0)
    nobody = HealthCount.objects.get(owner=None)
    assert (nobody.customers, nobody.unowned, nobody.unreachable) == (1, 1, 1)
    assert list(Notification.objects.values_list("recipient", "kind", "params")) == [
        (rep.pk, "customers.verify", {"n": 3})
    ]
    with organization_context(theirs):
        assert HealthCount.objects.count() == 0
        assert health(foreign).overdue is False


def test_the_report_reaches_as_far_as_the_reader(ours, admin, rep, colleague, manager):
    CustomerFactory(owner=rep, phones=["13812345678"])
    CustomerFactory(owner=colleague)
    CustomerFactory()
    assert report(viewer_for(admin)) is None
    follow_the_calendar(ours.pk)
    totals = {one: report(viewer_for(one)).total for one in (admin, manager, rep, colleague)}
    assert [total.customers for total in totals.values()] == [3, 1, 1, 1]
    assert [total.figures["unreachable"] for total in totals.values()] == [2, 0, 0, 1]
    found = report(viewer_for(admin))
    assert {one.owner for one in found.owners} == {rep, colleague, None}
    assert {one.department: one.customers for one in found.departments} == {
        rep.department: 1,
        colleague.department: 1,
    }
    for key in worklists:
        if key.key in totals[admin].figures:
            assert rows_of(key, viewer_for(admin)).count() == totals[admin].figures[key.key]
            assert rows_of(key, viewer_for(rep)).count() == totals[rep].figures[key.key]


@pytest.mark.parametrize("customers", [1, 3])
def test_figures_cost_the_same_for_one_and_for_three(rep, customers, django_assert_num_queries):
    ids = [CustomerFactory(owner=rep, phones=["13812345678"]).pk for _ in range(customers)]
    with django_assert_num_queries(4):
        add_health(ids)
    with django_assert_num_queries(7):  # with the savepoint around the lock
        refresh_health(ids)


def test_problem_lists_are_served_by_an_index(rep):
    """No list of one trouble reads the whole organisation: its partial index stands in the plan."""
    CustomerFactory(owner=rep)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for key in ("unowned", "unreachable", "doubtful_name", "doubtful_phone", "found_wrong"):
            rows = CustomerHealth.objects.filter(**{key: True}).values("customer_id")
            plan = rows.explain()
            assert f"customers_health_{key.removeprefix('doubtful_')}" in plan, plan
