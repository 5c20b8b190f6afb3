"""What a member learns of records out of their reach by naming them in forms of their own."""

import pytest

from interactions.tests.conftest import rep_of, signed_in
from interactions.tests.factories import customer_of, plan_for
from tenancy.context import organization_context
from tenancy.enums import Scope

pytestmark = pytest.mark.django_db


def test_a_colleagues_plan_is_not_told_to_who_names_its_number(ours):
    rep, colleague = rep_of(ours, Scope.OWN, name="王芳"), rep_of(ours, Scope.OWN, name="李强")
    with organization_context(ours):
        mine = customer_of(rep, "自己的客户")
        plan = plan_for(customer_of(colleague, "别人的客户"), colleague)
    data = {"id": plan.pk, "customer": mine.pk, "kind": "visit", "due_on": "2099-01-01"}
    response = signed_in(rep).post("/o/ours/contacts/plans/new/", data)
    assert response.status_code == 404
    assert "别人的客户" not in response.content.decode()


def test_a_plan_sent_twice_is_still_ones_own(ours):
    rep = rep_of(ours, Scope.OWN, name="王芳")
    with organization_context(ours):
        plan = plan_for(customer_of(rep, "自己的客户"), rep)
    response = signed_in(rep).post("/o/ours/contacts/plans/new/", {"id": plan.pk})
    assert response.status_code == 302
