"""Why can X see Y? The registry of records that can be explained, and the reasoning, step by step.

The verdict is `visible_to`'s own; the steps retell it in words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from tenancy.access import Viewer, viewer_for
from tenancy.enums import Scope
from tenancy.models import Membership, Role, TenantModel
from tenancy.sharing import Share, shared_kind_of, shared_root


@dataclass(frozen=True)
class ExplainableKind:
    """A kind of record about which "who may see it, and why" can be asked.

    `permissions` are those asked about, the one that shows the record first. `url_names` are the addresses, with a `pk`,
    by which a record can be given. `search` finds rows by a text among those given, best first, for who asks; it raises
    Refused where they may not search so.
    """

    key: str
    label: str | Promise
    model: type[TenantModel]
    permissions: tuple[str, ...]
    url_names: tuple[str, ...] = ()
    search: Callable[[QuerySet, str, Viewer], QuerySet] | None = None


_kinds: dict[str, ExplainableKind] = {}


def register_explainable(kind: ExplainableKind) -> ExplainableKind:
    """Declare a kind. Call it from `AppConfig.ready()`; the same key twice raises ValueError."""
    if kind.key in _kinds:
        raise ValueError(f"explainable kind {kind.key} is registered twice")
    _kinds[kind.key] = kind
    return kind


def explainable_kinds() -> list[ExplainableKind]:
    return list(_kinds.values())


def explainable_kind(key: str) -> ExplainableKind | None:
    return _kinds.get(key)


@dataclass(frozen=True)
class RoleStep:
    """One role of the member, and whether it grants the permission."""

    role: Role
    grants: bool

    @property
    def scope(self) -> Scope:
        return Scope(self.role.scope)


@dataclass(frozen=True)
class Explanation:
    """Whether the member may use the permission on the record, and each step of why."""

    permission: str
    member: Membership
    record: TenantModel
    allowed: bool
    roles: list[RoleStep]
    scope: Scope | None
    """The widest scope among the roles that grant it; None: no role does."""
    owned: bool
    """Whether records of this kind have an owner. If not, the permission alone decides."""
    owner: Membership | None
    within: bool
    """Whether the owner is among those whose records the scope covers."""
    shares: list[Share]
    """What shares the record with the member widely enough for the permission, the widest first."""

    @property
    def reasoned(self) -> bool:
        """The verdict that the steps lead to: the same as `allowed`, unless the kind has rules of its own."""
        if self.scope is None:
            return False
        return self.within or bool(self.shares) if self.owned else True


def explain(member: Membership, record: TenantModel, permission: str) -> Explanation:
    """Why `member` may, or may not, use `permission` on `record`."""
    viewer = viewer_for(member)
    owner = owner_of(record)
    reach = viewer.reach(permission)
    return Explanation(
        permission=permission,
        member=member,
        record=record,
        allowed=type(record).objects.visible_to(viewer, permission).filter(pk=record.pk).exists(),
        roles=_role_steps(viewer, permission),
        scope=viewer.rights.get(permission),
        owned=type(record).scope_field is not None,
        owner=owner,
        within=reach is not None and reach.covers(owner.pk if owner else None),
        shares=_shares(viewer, record, permission),
    )


def _shares(viewer: Viewer, record: TenantModel, permission: str) -> list[Share]:
    kind, key = shared_kind_of(type(record)), shared_root(record)
    needed = kind.level_for(permission) if kind else None
    if kind is None or needed is None or key is None or not viewer.can(permission):
        return []
    return [share for share in kind.shares(viewer.membership, key) if share.level >= needed]


def owner_of(record: TenantModel) -> Membership | None:
    """The member at the end of the model's `scope_field`."""
    path = type(record).scope_field
    if path is None:
        return None
    if path in ("id", "pk"):
        return record if isinstance(record, Membership) else None
    row: Any = record
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


def _role_steps(viewer: Viewer, permission: str) -> list[RoleStep]:
    if not viewer.membership.is_active:
        return []
    app, _dot, codename = permission.partition(".")
    roles = Role.objects.filter(holders__membership=viewer.membership).order_by("-scope", "name_zh")
    granting = set(
        roles.filter(
            grants__permission__codename=codename, grants__permission__content_type__app_label=app
        ).values_list("pk", flat=True)
    )
    return [RoleStep(role, role.pk in granting) for role in roles]


@dataclass(frozen=True)
class EffectiveRight:
    """A permission that a member holds, how far, and by which roles."""

    code: str
    scope: Scope
    roles: list[Role]


def effective_rights(member: Membership) -> list[EffectiveRight]:
    """All that the member may do now, in the order of the codes."""
    rights = viewer_for(member).rights
    roles: dict[str, list[Role]] = {code: [] for code in rights}
    held = Role.objects.filter(holders__membership=member).order_by("-scope", "name_zh")
    for role in held.prefetch_related("grants__permission__content_type"):
        for grant in role.grants.all():
            code = f"{grant.permission.content_type.app_label}.{grant.permission.codename}"
            if code in roles:
                roles[code].append(role)
    return [EffectiveRight(code, rights[code], roles[code]) for code in sorted(rights)]
