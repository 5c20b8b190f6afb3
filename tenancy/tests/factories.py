"""Two organisations, always: a wall is only tested from its other side."""

import functools
import os
from datetime import timedelta

import factory
from django.contrib.auth.models import Permission
from django.utils import timezone
from factory.django import DjangoModelFactory

from tenancy.access import Viewer, viewer_for
from tenancy.enums import Scope
from tenancy.models import (
    Department,
    Invitation,
    Membership,
    MembershipRole,
    Organization,
    Role,
    RolePermission,
    User,
)

PASSWORD = "evergreen-test-1"


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    slug = factory.Sequence(lambda n: f"org-{n}")
    name = factory.Sequence(lambda n: f"常青 {n}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.test")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or PASSWORD)
        self.save(update_fields=["password"])


class TenantFactory(DjangoModelFactory):
    """Base of factories for tenant rows: the row belongs to the organisation in force."""

    class Meta:
        abstract = True


class DepartmentFactory(TenantFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"部门 {n}")


class MembershipFactory(TenantFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"员工 {n}")


class RoleFactory(TenantFactory):
    class Meta:
        model = Role

    name_zh = factory.Sequence(lambda n: f"角色 {n}")
    scope = Scope.ORGANIZATION


@functools.cache
def permissions() -> dict[str, int]:
    """All there are, "app.codename" → key. Migrations make them: in one run they stay the same."""
    rows = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": key for app, codename, key in rows}


def grant(membership: Membership, *codes: str, scope: Scope = Scope.ORGANIZATION) -> Role:
    """Give `membership` a role with these permissions ("app.codename"); no permission named means all there are."""
    role = RoleFactory(scope=scope)
    MembershipRole.objects.create(membership=membership, role=role)
    known = permissions()
    RolePermission.objects.bulk_create(
        RolePermission(role=role, permission_id=known[code]) for code in codes or known
    )
    return role


class InvitationFactory(TenantFactory):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"guest{n}@example.test")
    name = factory.Sequence(lambda n: f"客人 {n}")
    token_digest = factory.LazyFunction(lambda: os.urandom(32))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    invited_by = factory.SubFactory(MembershipFactory)


def viewer_of(membership: Membership, *codes: str, scope: Scope = Scope.ORGANIZATION) -> Viewer:
    """The member as a viewer, after granting them these permissions (none named: no new ones)."""
    if codes:
        grant(membership, *codes, scope=scope)
    return viewer_for(membership)
