"""Names and notes that try to become markup, in every place that prints them."""

import pytest

from customers.tests.factories import CustomerFactory
from interactions.actions.interaction import log_contact
from interactions.models import Interaction
from tenancy.context import organization_context
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, grant
from tenancy.tests.pages import browser

pytestmark = pytest.mark.django_db

HOSTILE = "\"'><img src=x onerror=alert(1)>"
PAGES = (
    "",
    "customers/",
    "customers/?q=img",
    "palette/?q=img",
    "contacts/log/",
    "contacts/owed/",
    "settings/members/",
    "settings/departments/",
    "settings/explain/",
    "governance/audit/",
)


def test_text_stays_text(ours):
    with organization_context(ours):
        member = MembershipFactory(name=HOSTILE, title=HOSTILE, department=DepartmentFactory(name=HOSTILE))
        grant(member)
        customer = CustomerFactory(name=HOSTILE, industry=HOSTILE, city=HOSTILE, street=HOSTILE, owner=member)
        log_contact(
            Interaction(customer=customer, summary=HOSTILE, purpose=HOSTILE, result=HOSTILE), actor=member
        )
    client = browser(member)
    own = [f"customers/{customer.pk}/{tab}" for tab in ("", "timeline/", "edit/", "files/")]
    for path in (*PAGES, *own, f"contacts/of/{customer.pk}/", f"contacts/new/?customer={customer.pk}"):
        for headers in ({}, {"HX-Request": "true"}):
            page = client.get(f"/o/ours/{path}", headers=headers)
            assert page.status_code == 200, path
            assert "<img src=x" not in page.content.decode(), path
    client.post(f"/o/ours/customers/{customer.pk}/archive/")
    assert "<img src=x" not in client.get("/o/ours/customers/").content.decode()
