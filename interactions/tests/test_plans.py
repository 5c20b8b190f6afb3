"""Plans one taps on, and the pages that list things: counts of queries, reach, the organisation's own day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interactions.dates import Ahead, day_ahead
from interactions.models import Interaction, Plan
from interactions.queries.today import owed_block, plans_block, summary_block
from interactions.tests.conftest import rep_of, signed_in
from interactions.tests.factories import contact_with, customer_of, plan_for
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.days import start_of_day
from tenancy.enums import Scope
from tenancy.tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(ours):
    return rep_of(ours, Scope.OWN, name="王芳")


@pytest.fixture
def plan(ours, rep):
    with organization_context(ours):
        return plan_for(customer_of(rep), rep, subject="回访")


def again(ours, plan) -> Plan:
    with organization_context(ours):
        return Plan.objects.get(pk=plan.pk)


@pytest.mark.parametrize(
    ("name", "data", "status", "ahead"),
    [
        ("done", {}, "done", 0),
        ("follow-up", {}, "done", 0),
        ("postpone", {}, "planned", 1),
        ("postpone", {"ahead": "week"}, "planned", 7),
        ("cancel", {}, "cancelled", 0),
    ],
)
def test_one_tap_and_undo(ours, rep, plan, name, data, status, ahead):
    browser = signed_in(rep)
    answer = browser.post(f"/o/ours/contacts/plans/{plan.pk}/{name}/", data, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    after = again(ours, plan)
    assert (after.status, (after.due_on - plan.due_on).days) == (status, ahead)
    with organization_context(ours):
        change = after.changes.latest("id")
    undo = f"/o/ours/contacts/plans/steps/{change.pk}/undo/"
    assert undo in answer["HX-Trigger"]
    assert browser.post(undo, {"next": "/o/ours/"})["Location"] == "/o/ours/"
    restored = again(ours, plan)
    assert (restored.status, restored.due_on, restored.done_by_id) == ("planned", plan.due_on, None)
    with organization_context(ours):
        assert Interaction.objects.active().count() == 0
        assert Plan.objects.open().count() == 1


def test_a_double_tap_on_done_logs_one_contact(ours, rep, plan):
    browser = signed_in(rep)
    for _ in range(3):
        browser.post(f"/o/ours/contacts/plans/{plan.pk}/done/")
    with organization_context(ours):
        assert Interaction.objects.count() == 1


def test_a_plan_is_not_moved_into_the_past(ours, rep, plan):
    url = f"/o/ours/contacts/plans/{plan.pk}/postpone/"
    assert signed_in(rep).post(url, {"due_on": "2020-01-01"}).status_code == 422
    assert again(ours, plan).due_on == plan.due_on


@pytest.mark.parametrize("count", [1, 3])
def test_the_today_blocks_ask_once(ours, rep, count):
    with organization_context(ours):
        for _ in range(count):
            customer = customer_of(rep, created_at=timezone.now())
            type(customer).objects.filter(pk=customer.pk).update(
                created_at=timezone.now() - timedelta(days=200)
            )
            plan_for(customer, rep)
        viewer = viewer_for(rep)
        for block, shown in ((plans_block, "plans"), (owed_block, "rows")):
            with CaptureQueriesContext(connection) as queries:
                found = block(viewer)
            assert (len(found[shown]), found["total"], len(queries)) == (count, count, 1)
        with CaptureQueriesContext(connection) as queries:
            assert summary_block(viewer)["contacts"] == 0
        assert len(queries) == 1


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("", 11),
        ("contacts/log/", 7),
        ("contacts/owed/", 8),
        ("contacts/of/{pk}/", 7),
        ("contacts/new/", 9),
    ],
)
def test_no_page_asks_per_row(ours, rep, count, path, queries):
    with organization_context(ours):
        for _ in range(count):
            customer = customer_of(rep)
            contact_with(customer, rep, days_ago=200)
            contact_with(customer, rep, days_ago=201)
            plan_for(customer, rep)
    url = "/o/ours/" + path.format(pk=customer.pk)
    browser = signed_in(rep)
    if "{pk}" in path:
        # The fragment alone: the head of the customer's page is not ours.
        browser.defaults["HTTP_HX_REQUEST"] = "true"
    browser.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(url).status_code == 200
    asked = [
        q["sql"] for q in seen.captured_queries if not q["sql"].startswith(("SET", "SAVEPOINT", "RELEASE"))
    ]
    assert len(asked) == queries, "\n".join(asked)


def test_the_day_is_the_organisations_own(db):
    """At 17:00 UTC it is tomorrow in Shanghai already, and still today in New York."""
    moment = datetime(2026, 3, 7, 17, 0, tzinfo=UTC)
    days = {}
    for zone in ("Asia/Shanghai", "UTC", "America/New_York"):
        organization = OrganizationFactory(timezone=zone)
        with organization_context(organization):
            owner = rep_of(organization, Scope.OWN)
            customer = customer_of(owner)
            type(customer).objects.filter(pk=customer.pk).update(created_at=moment)
            from interactions.actions.rollup import refresh
            from interactions.models import CustomerContact

            refresh([customer.pk])
            days[zone] = CustomerContact.objects.get().due_on - timedelta(days=90)
    assert days == {
        "Asia/Shanghai": date(2026, 3, 8),
        "UTC": date(2026, 3, 7),
        "America/New_York": date(2026, 3, 7),
    }


def test_a_day_with_a_clock_change_begins_at_midnight(db):
    with organization_context(OrganizationFactory(timezone="America/New_York")):
        before, after = start_of_day(date(2026, 3, 8)), start_of_day(date(2026, 3, 9))
    assert before.astimezone(UTC) == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert after.astimezone(UTC) == datetime(2026, 3, 9, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_a_month_ahead(today, expected):
    assert day_ahead(Ahead.MONTH, today) == expected
