"""The policy: counted every night, told once, and followed when it changes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from customers.actions.anew import save_policy
from interactions.actions import rollup
from interactions.actions.policy import REBUILD, contact_policy, count_owed
from interactions.models import ContactCompliance, CustomerContact, Plan
from interactions.queries.owed import compliance_by_owner
from interactions.queries.today import summary_block
from interactions.registrations import due_kinds
from interactions.tests.conftest import rep_of, signed_in
from interactions.tests.factories import contact_with, customer_of, plan_for
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.factories import MembershipFactory, grant
from workspace.models import Notification
from workspace.runner import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(ours):
    return rep_of(ours, Scope.OWN, name="王芳")


def test_without_a_decision_key_customers_are_owed_a_contact_a_month_and_the_others_one_a_quarter(ours, rep):
    today = timezone.localdate()
    with organization_context(ours):
        assert contact_policy().days == {"key": 30, "ordinary": 90, "potential": 90}
        due = {}
        for tier in ("key", "ordinary", "potential"):
            customer = customer_of(rep, tier=tier)
            contact_with(customer, rep)
            due[tier] = (CustomerContact.objects.get(customer=customer).due_on - today).days
        assert due == {"key": 30, "ordinary": 90, "potential": 90}


def neglected(owner, days=200, **fields):
    """A customer nobody has spoken to, whose day passed since the last count."""
    customer = customer_of(owner, **fields)
    type(customer).objects.filter(pk=customer.pk).update(created_at=timezone.now() - timedelta(days=days))
    rollup.refresh([customer.pk])
    CustomerContact.objects.filter(customer=customer).update(owed=False)
    return customer


def test_the_night_counts_and_tells_each_owner_once(ours, theirs, rep):
    other = rep_of(theirs, Scope.OWN)
    with organization_context(ours):
        neglected(rep)
        neglected(rep)
        customer_of(rep)
        gone = neglected(rep)
        type(gone).objects.filter(pk=gone.pk).update(archived_at=timezone.now())
        rollup.follow_customers([gone.pk])
        neglected(None)
    with organization_context(theirs):
        neglected(other)
    for _ in range(2):
        count_owed(ours.pk)
    with organization_context(ours):
        notes = list(Notification.objects.values_list("recipient", "kind", "params"))
        assert notes == [(rep.pk, "interactions.owed", {"n": 2})]
        assert CustomerContact.objects.filter(owed=True).count() == 3
        kept = summary_block(viewer_for(rep))["kept"]
        assert (kept.customers, kept.owed, kept.percent) == (3, 2, 33)
    with organization_context(theirs):
        assert CustomerContact.objects.filter(owed=True).count() == 0


def test_a_missed_night_is_counted_by_todays_date(ours, rep):
    with organization_context(ours):
        row = neglected(rep)
        CustomerContact.objects.filter(customer=row).update(due_on=timezone.localdate() - timedelta(days=3))
    count_owed(ours.pk)
    with organization_context(ours):
        assert CustomerContact.objects.get().owed
        assert ContactCompliance.objects.get().day == timezone.localdate()
        assert Notification.objects.count() == 1


@pytest.mark.parametrize(
    ("zone", "now"),
    [
        ("Asia/Shanghai", datetime(2026, 5, 1, 12, tzinfo=ZoneInfo("UTC"))),
        ("America/New_York", datetime(2026, 3, 8, 6, tzinfo=ZoneInfo("UTC"))),
    ],
)
def test_night_is_two_oclock_there(ours, zone, now):
    ours.timezone = zone
    due = due_kinds["contact_policy"].next_due(ours, now)
    assert now < due <= now + timedelta(hours=25)
    assert due.astimezone(ZoneInfo(zone)).hour in (2, 3)


def test_another_policy_moves_every_date(ours, rep):
    with organization_context(ours, actor=rep):
        key, ordinary = customer_of(rep, tier="key"), customer_of(rep)
        policy = contact_policy()
        policy.key_days, policy.ordinary_days = 7, 0
        save_policy(policy, REBUILD, actor=rep)
    drain(ours)
    with organization_context(ours):
        today = timezone.localdate()
        assert CustomerContact.objects.get(customer=key).due_on == today + timedelta(days=7)
        assert CustomerContact.objects.get(customer=ordinary).due is None


def test_the_policy_is_for_those_who_may_change_it_everywhere(ours, rep):
    url = "/o/ours/contacts/policy/"
    with organization_context(ours):
        narrow, wide = MembershipFactory(), MembershipFactory()
        grant(narrow, "interactions.change_contactpolicy", scope=Scope.DEPARTMENT)
        grant(wide, "interactions.change_contactpolicy", scope=Scope.ORGANIZATION)
    assert signed_in(narrow).get(url).status_code == 403
    assert signed_in(wide).get(url).status_code == 200
    data = {"version": "1", "key_days": "1001", "ordinary_days": "1", "potential_days": "1"}
    assert signed_in(wide).post(url, data).status_code == 422


def test_a_contact_ends_what_is_owed(ours, rep):
    with organization_context(ours):
        customer = neglected(rep)
        rollup.refresh([customer.pk])
        assert CustomerContact.objects.get().owed
        contact_with(customer, rep)
        assert not CustomerContact.objects.get().owed


def test_plans_follow_the_customer_to_its_new_owner(ours, rep):
    heir = rep_of(ours, Scope.OWN)
    with organization_context(ours):
        manager = MembershipFactory()
        customer = customer_of(rep)
        mine, theirs = plan_for(customer, rep), plan_for(customer, manager)
        type(customer).objects.filter(pk=customer.pk).update(owner=heir)
        rollup.follow_customers([customer.pk])
        assert Plan.objects.get(pk=mine.pk).owner == heir
        assert Plan.objects.get(pk=theirs.pk).owner == manager
        assert CustomerContact.objects.get().owner == heir


def test_compliance_by_owner_within_reach(ours, rep):
    colleague = rep_of(ours, Scope.ORGANIZATION, name="李强")
    with organization_context(ours):
        neglected(colleague)
        customer_of(rep)
    count_owed(ours.pk)
    with organization_context(ours):
        assert [(k.owner.name, k.percent) for k in compliance_by_owner(viewer_for(colleague))] == [
            ("李强", 0),
            ("王芳", 100),
        ]
        assert [k.owner.name for k in compliance_by_owner(viewer_for(rep))] == ["王芳"]


def test_customers_arrive_in_one_statement(ours, rep, django_assert_num_queries):
    with organization_context(ours):
        ids = [customer_of(rep).pk for _ in range(3)]
        CustomerContact.objects.all().delete()
        with django_assert_num_queries(1):
            rollup.add_new(ids)
        assert CustomerContact.objects.count() == 3
        assert CustomerContact.objects.filter(due_on=date(9999, 12, 31)).count() == 0
