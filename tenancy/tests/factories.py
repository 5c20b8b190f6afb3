"""Two organisations, always: a wall is only tested from its other side."""

import factory
from django.contrib.auth.models import Permission
from factory.django import DjangoModelFactory

from tenancy.enums import Scope
from tenancy.models import (
    Department,
    Membership,
    MembershipRole,
    Organization,
    Role,
    RolePermission,
    User,
)

PASSWORD = "evergreen-test-1"  # noqa: S105


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


def grant(
    membership: Membership, *permissions: str, scope: Scope = Scope.ORGANIZATION
) -> Role:
    """Give `membership` a role with these permissions ("app.codename"); no permission named means all there are."""
    role = RoleFactory(scope=scope)
    MembershipRole.objects.create(membership=membership, role=role)
    found = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type")
    }
    chosen = [found[code] for code in permissions] if permissions else found.values()
    RolePermission.objects.bulk_create(
        RolePermission(role=role, permission=p) for p in chosen
    )
    return role
