"""What contacts and plans suggest on a customer's page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.queries.suggestions import suggestions_for, with_what_rules_need
from interactions.models import CustomerContact
from interactions.tests.conftest import rep_of
from interactions.tests.factories import contact_with, customer_of, plan_for
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.factories import MembershipFactory, grant

pytestmark = pytest.mark.django_db
OURS = ("owed", "plan_late", "unplanned")


@pytest.fixture
def rep(ours):
    return rep_of(ours, Scope.OWN, name="王芳")


def suggested(customer, member):
    viewer = viewer_for(member)
    row = with_what_rules_need(Customer.objects.filter(pk=customer.pk), viewer).get()
    found = suggestions_for(row, viewer)
    return [(one.rule.key, one.suggestion.url) for one in found if one.rule.key in OURS]


def test_a_plan_is_missed_first_then_the_contact_that_is_owed(ours, rep):
    with organization_context(ours):
        customer = customer_of(rep)
        new = f"/o/ours/contacts/plans/new/?customer={customer.pk}"
        assert suggested(customer, rep) == [("unplanned", new)]
        plan = plan_for(customer, rep, timezone.localdate() + timedelta(days=2))
        assert suggested(customer, rep) == []
        CustomerContact.objects.filter(customer=customer).update(
            next_on=timezone.localdate() - timedelta(days=1), owed=True
        )
        assert suggested(customer, rep) == [
            ("plan_late", f"/o/ours/contacts/new/?plan={plan.pk}"),
            ("owed", f"/o/ours/contacts/new/?customer={customer.pk}"),
        ]


def test_the_reason_counts_the_days(ours, rep):
    with organization_context(ours):
        customer = customer_of(rep)
        contact_with(customer, rep, days_ago=40)
        CustomerContact.objects.filter(customer=customer).update(owed=True)
        viewer = viewer_for(rep)
        row = with_what_rules_need(Customer.objects.filter(pk=customer.pk), viewer).get()
        reasons = {one.rule.key: one.suggestion.reason for one in suggestions_for(row, viewer)}
    assert "40" in reasons["owed"]


def test_who_may_not_log_is_not_asked_to(ours):
    with organization_context(ours):
        reader = MembershipFactory()
        grant(reader, "customers.view_customer", "interactions.view_interaction", scope=Scope.OWN)
        customer = customer_of(reader)
        CustomerContact.objects.filter(customer=customer).update(owed=True)
        assert suggested(customer, reader) == []
