"""What an upgrade brings reaches the roles made from a template, and no others."""

import pytest
from django.contrib.auth.models import Permission

from tenancy import new_rights
from tenancy.context import organization_context
from tenancy.models import RolePermission
from tenancy.tests.factories import RoleFactory

pytestmark = pytest.mark.django_db
CODE = "customers.change_fieldpolicy"


def holders():
    rows = RolePermission.objects.filter(permission__codename="change_fieldpolicy")
    return set(rows.values_list("role_id", flat=True))


def test_a_new_right_falls_to_the_roles_whose_template_includes_it(ours, theirs):
    roles = {}
    for organization in (ours, theirs):
        with organization_context(organization):
            roles[organization] = [
                RoleFactory(template="admin"),
                RoleFactory(template="sales_rep"),
                RoleFactory(template=""),
            ]
            RolePermission.objects.all().delete()
    for organization in (ours, theirs):
        with organization_context(organization):
            assert new_rights.grant_to_templates([CODE]) == 1
            assert holders() == {roles[organization][0].pk}
            assert new_rights.grant_to_templates([CODE]) == 0


def test_what_was_there_before_the_migration_is_handed_to_nobody_again(ours):
    with organization_context(ours):
        RoleFactory(template="admin")
        RolePermission.objects.all().delete()
    new_rights.remember_rights(using="default")
    new_rights.hand_out_new_rights(using="default")
    with organization_context(ours):
        assert holders() == set()
    new_rights._known.discard(CODE)
    new_rights.hand_out_new_rights(using="default")
    with organization_context(ours):
        assert len(holders()) == 1
    assert Permission.objects.filter(codename="change_fieldpolicy").count() == 1
