"""The customer's tab of changes."""

import pytest

from customers.tests.factories import CustomerFactory
from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory, grant

pytestmark = pytest.mark.django_db


def test_changes_of_this_customer_and_no_other(auditor, browse, ours):
    with organization_context(ours, actor=auditor):
        customer, other = CustomerFactory(name="甲公司"), CustomerFactory(name="乙公司")
        customer.name = "丙公司"
        customer.save()
    page = browse(auditor, f"customers/{customer.pk}/")
    assert page.count("/governance/audit/0") == 2, "its creation and its change"
    assert other.name not in page


def test_whoever_may_not_see_the_audit_is_refused(ours, browse):
    with organization_context(ours):
        customer = CustomerFactory()
        member = MembershipFactory()
        grant(member, "customers.view_customer")
    browse(member, f"customers/{customer.pk}/", status=403)
