"""Who may do what to which rows. `Viewer` is a member with their rights, loaded once for a request."""

import uuid
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from tenancy.enums import Scope, ShareLevel
from tenancy.models import Membership, Organization
from tenancy.sharing import shared_for, shared_kinds

# Asked for by every request: written out, it costs a third of what building it each time does. The people of the
# member's department and below come along with rights that reach them; nobody else pays for them. `branch`: the
# department and those it lies in, through which things are shared.
_RIGHTS = f"""
WITH RECURSIVE held (app, code, widest) AS MATERIALIZED (
    SELECT t.app_label, p.codename, max(r.scope)
    FROM tenancy_membershiprole h
    JOIN tenancy_role r ON r.organization_id = h.organization_id AND r.id = h.role_id
    JOIN tenancy_rolepermission g ON g.organization_id = r.organization_id AND g.role_id = r.id
    JOIN auth_permission p ON p.id = g.permission_id
    JOIN django_content_type t ON t.id = p.content_type_id
    WHERE h.organization_id = %(organization)s AND h.membership_id = %(member)s
    GROUP BY t.app_label, p.codename
), tree (id, scope) AS (
    SELECT id, {Scope.DEPARTMENT} FROM tenancy_department
    WHERE organization_id = %(organization)s AND id = %(department)s
        AND EXISTS (SELECT FROM held WHERE widest IN ({Scope.DEPARTMENT}, {Scope.DEPARTMENT_BELOW}))
    UNION ALL
    SELECT d.id, {Scope.DEPARTMENT_BELOW} FROM tenancy_department d JOIN tree ON d.parent_id = tree.id
    WHERE d.organization_id = %(organization)s
), branch (id, parent) AS (
    SELECT id, parent_id FROM tenancy_department
    WHERE organization_id = %(organization)s AND id = %(department)s
    UNION
    SELECT d.id, d.parent_id FROM tenancy_department d JOIN branch ON d.id = branch.parent
    WHERE d.organization_id = %(organization)s
)
SELECT 'right', app || '.' || code, widest FROM held
UNION ALL
SELECT 'person', m.id::text, tree.scope FROM tenancy_membership m JOIN tree ON m.department_id = tree.id
WHERE m.organization_id = %(organization)s
UNION ALL
SELECT 'team', id::text, 0 FROM branch
"""  # noqa: S608 - made of constants
_SHARED = "UNION ALL SELECT 'share', key::text, level FROM ({select}) shared (key, level)"


@dataclass(frozen=True)
class Reach:
    """Whose records a permission covers: everyone's, or those of `members`, and the `shared` ones by key."""

    everyone: bool
    members: Collection[uuid.UUID] = ()
    shared: frozenset[uuid.UUID] = frozenset()

    def covers(self, member_id: uuid.UUID | None, key: uuid.UUID | None = None) -> bool:
        """Whether it covers the record `key` of this owner. Without `key`: whatever the member owns."""
        return self.everyone or member_id in self.members or key in self.shared


@dataclass
class Viewer:
    """A member and their rights: permission ("app.codename") → widest scope among the roles that grant it."""

    membership: Membership
    organization: Organization
    rights: dict[str, Scope] = field(default_factory=dict)
    shares: Mapping[uuid.UUID, ShareLevel] = field(default_factory=dict)
    """Records of others that are shared with the member today."""
    people: Mapping[uuid.UUID, Scope] = field(default_factory=dict)
    """Members of the department and those below, where a right reaches them → the narrowest scope that does."""
    teams: Collection[uuid.UUID] = ()
    """The member's department and those it lies in: what is shared with one of them is shared with the member."""
    memo: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What a higher floor has read once for this viewer's request."""
    _within: dict[Scope, frozenset[uuid.UUID]] = field(default_factory=dict, repr=False, compare=False)

    def can(self, permission: str) -> bool:
        return permission in self.rights

    def only_reads(self, permission: str, member_id: uuid.UUID | None, key: uuid.UUID) -> bool:
        """Whether the record `key` of this owner is seen by nothing but a share for reading."""
        reach = self.reach(permission)
        return reach is not None and not reach.covers(member_id) and self.shares.get(key) == ShareLevel.READ

    def reach(self, permission: str) -> Reach | None:
        """Whose records `permission` covers; None when the viewer does not hold it."""
        scope = self.rights.get(permission)
        if scope is None:
            return None
        if scope == Scope.ORGANIZATION:
            return Reach(everyone=True)
        shared = shared_for(permission, self.shares) if self.shares else frozenset()
        return Reach(everyone=False, members=self._members_within(scope), shared=shared)

    def _members_within(self, scope: Scope) -> Collection[uuid.UUID]:
        if scope not in self._within:
            people = (key for key, needed in self.people.items() if needed <= scope)
            self._within[scope] = frozenset((self.membership.pk, *people))
        return self._within[scope]


_Held = tuple[dict[str, Scope], dict[uuid.UUID, ShareLevel], dict[uuid.UUID, Scope], frozenset[uuid.UUID]]

current_viewer: ContextVar[Viewer | None] = ContextVar("current_viewer", default=None)


def rights_of(membership: Membership) -> dict[str, Scope]:
    """Permission → widest scope among the member's roles that grant it."""
    return _held(membership)[0]


def viewer_for(membership: Membership) -> Viewer:
    """The member with the rights they hold now, and what is shared with them. An ended membership holds none."""
    held = _held(membership) if membership.is_active else ({}, {}, {}, frozenset())
    return Viewer(membership, membership.organization, *held)


def with_rights(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """The members, with what `viewer_for` asks next read along: every request asks for both."""
    columns = {
        "organization": "tenancy_membership.organization_id",
        "member": "tenancy_membership.id",
        "department": "tenancy_membership.department_id",
        "today": f"'{timezone.localdate()}'::date",
    }
    sql = f"(SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM ({_statement() % columns}) found (kind, name, number))"  # noqa: S608
    return members.annotate(rights_read=RawSQL(sql, (), output_field=JSONField()))  # noqa: S611 - made of constants


def _held(membership: Membership) -> _Held:
    """Rights, shares, people and teams, as `Viewer` has them."""
    read = membership.__dict__.pop("rights_read", None)
    rows = _read(membership) if read is None else [(one["kind"], one["name"], one["number"]) for one in read]
    found: dict[str, dict[str, int]] = {"right": {}, "share": {}, "person": {}, "team": {}}
    for kind, name, number in rows:
        found[kind][name] = number
    return (
        {name: Scope(widest) for name, widest in found["right"].items()},
        {uuid.UUID(key): ShareLevel(level) for key, level in found["share"].items()},
        {uuid.UUID(key): Scope(needed) for key, needed in found["person"].items()},
        frozenset(map(uuid.UUID, found["team"])),
    )


def _read(membership: Membership) -> list[tuple[str, str, int]]:
    values: dict[str, Any] = {
        "organization": membership.organization_id,
        "member": membership.pk,
        "department": membership.department_id,
        "today": timezone.localdate(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        return cursor.fetchall()


def _statement() -> str:
    """All of it in one."""
    return " ".join([_RIGHTS, *(_SHARED.format(select=kind.select) for kind in shared_kinds())])
