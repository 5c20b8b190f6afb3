"""Every address that names something of a customer, asked by a colleague with all rights over their own, with whom it is
shared to be read, and to be worked on."""

import pytest

from customers.actions.collaborator import Terms, share_customers
from customers.models import Customer
from customers.sharing import OWNERS_ALONE, level_for
from customers.tests.conftest import inside_ours, ours, theirs  # noqa: F401
from tenancy.context import organization_context
from tenancy.enums import Scope, ShareLevel
from tenancy.tests.factories import MembershipFactory, grant
from tenancy.tests.pages import browser
from tenancy.tests.test_matrix import CASES, Side, _arguments

pytestmark = pytest.mark.django_db
OF_MEMBERS = {"tenancy.view_membership", "tenancy.manage_members"}
"""Rights over rows that are of no customer."""
OF_CUSTOMERS = {
    name: case
    for name, case in CASES.items()
    if case.whose == "scoped" and case.row and case.permission and case.permission not in OF_MEMBERS
}
OF_WHO_MADE_IT = ("customers:import", "customers:handover", "interactions:plan_", "interactions:edit")
"""Rows that belong to who made them, or that only they change."""
ASKED = [
    name for name, case in OF_CUSTOMERS.items() if case.get == 200 and not name.startswith(OF_WHO_MADE_IT)
]


def test_every_right_over_a_customer_says_how_far_sharing_opens_it():
    rights = {case.permission for case in OF_CUSTOMERS.values()}
    silent = {right for right in rights if level_for(right) is None and right not in OWNERS_ALONE}
    assert silent == set(), "give it a level in customers/sharing.py, or name it in OWNERS_ALONE there"
    assert {right for right in OWNERS_ALONE if level_for(right)} | OWNERS_ALONE.keys() - rights == set()


@pytest.mark.parametrize("level", list(ShareLevel))
@pytest.mark.parametrize("name", ASKED)
def test_a_collaborator_opens_what_the_level_opens(ours, name, level):  # noqa: F811
    case = CASES[name]
    with organization_context(ours):
        owner, colleague = MembershipFactory(), MembershipFactory()
        grant(owner)
        grant(colleague, scope=Scope.OWN)
    with organization_context(ours, actor=owner):
        row = case.row(owner)
        mine = list(Customer.objects.filter(owner=owner).values_list("pk", flat=True))
        share_customers(mine, colleague, Terms(level), actor=owner)
    needed = level_for(case.permission)
    opens = needed is not None and level >= needed
    url = Side(ours, owner).url(name, _arguments(row))
    assert browser(colleague).get(url).status_code == (200 if opens else 404)
