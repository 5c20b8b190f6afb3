"""Who may do what to which rows. `Viewer` is a member with their rights, loaded once for a request."""

import uuid
from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection
from django.db.models import F, Max, Value
from django.db.models.functions import Concat

from tenancy.enums import Scope
from tenancy.models import Membership, MembershipRole, Organization

_SUBTREE = """
WITH RECURSIVE tree AS (
    SELECT id FROM tenancy_department WHERE organization_id = %(organization)s AND id = %(department)s
    UNION ALL
    SELECT d.id FROM tenancy_department d JOIN tree ON d.parent_id = tree.id WHERE d.organization_id = %(organization)s
)
SELECT m.id FROM tenancy_membership m JOIN tree ON m.department_id = tree.id
WHERE m.organization_id = %(organization)s
"""


@dataclass(frozen=True)
class Reach:
    """Whose records a permission covers: everyone's, or those of `members`."""

    everyone: bool
    members: Collection[uuid.UUID] = ()

    def covers(self, member_id: uuid.UUID | None) -> bool:
        return self.everyone or member_id in self.members


@dataclass
class Viewer:
    """A member and their rights: permission ("app.codename") → widest scope among the roles that grant it."""

    membership: Membership
    organization: Organization
    rights: dict[str, Scope] = field(default_factory=dict)

    def can(self, permission: str) -> bool:
        return permission in self.rights

    def reach(self, permission: str) -> Reach | None:
        """Whose records `permission` covers; None when the viewer does not hold it."""
        scope = self.rights.get(permission)
        if scope is None:
            return None
        if scope == Scope.ORGANIZATION:
            return Reach(everyone=True)
        return Reach(everyone=False, members=self._members_within(scope))

    def _members_within(self, scope: Scope) -> Collection[uuid.UUID]:
        if scope == Scope.OWN or self.membership.department_id is None:
            return (self.membership.pk,)
        return self._department if scope == Scope.DEPARTMENT else self._department_below

    @cached_property
    def _department(self) -> Collection[uuid.UUID]:
        rows = Membership.objects.filter(department_id=self.membership.department_id)
        return (
            self.membership.pk,
            *rows.exclude(pk=self.membership.pk).values_list("pk", flat=True),
        )

    @cached_property
    def _department_below(self) -> Collection[uuid.UUID]:
        place = {
            "organization": self.organization.pk,
            "department": self.membership.department_id,
        }
        with connection.cursor() as cursor:
            cursor.execute(_SUBTREE, place)
            return tuple({self.membership.pk, *(row[0] for row in cursor.fetchall())})


current_viewer: ContextVar[Viewer | None] = ContextVar("current_viewer", default=None)


def rights_of(membership: Membership) -> dict[str, Scope]:
    """Permission → widest scope among the member's roles that grant it."""
    code = Concat(
        F("role__grants__permission__content_type__app_label"),
        Value("."),
        F("role__grants__permission__codename"),
    )
    rows = (
        MembershipRole.objects.filter(membership=membership, role__grants__isnull=False)
        .order_by()
        .values_list(code)
        .annotate(widest=Max("role__scope"))
    )
    return {permission: Scope(widest) for permission, widest in rows}


def viewer_for(membership: Membership) -> Viewer:
    """The member with the rights they hold now. An ended membership holds none."""
    rights = rights_of(membership) if membership.is_active else {}
    return Viewer(membership, membership.organization, rights)
