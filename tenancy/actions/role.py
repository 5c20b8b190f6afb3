from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenancy.access import Viewer
from tenancy.actions.guards import (
    OwnRoles,
    check_somebody_administers,
    check_within_own_rights,
    lock_administration,
)
from tenancy.errors import Refused
from tenancy.models import MembershipRole, Role, RolePermission
from tenancy.role_templates import TEMPLATES, RoleTemplate


class RoleInUse(Refused):
    """A role that members still hold cannot be deleted."""

    reason = _("Members still hold this role. Give them another one first.")


@transaction.atomic
def save_role(role: Role, permissions: Iterable[Permission], *, actor: Viewer | None) -> Role:
    """Save a new or changed role with exactly these permissions.

    Raises OwnRoles when the actor holds the role and its rights change, BeyondOwnRights, NobodyLeft.
    """
    lock_administration()
    wanted = {permission.pk for permission in permissions}
    before = Role.objects.filter(pk=role.pk).first()
    if before is not None:
        check_within_own_rights(actor, [before])
        held = set(role.grants.values_list("permission_id", flat=True))
        if (wanted, role.scope) != (held, before.scope) and _holds(actor, role):
            raise OwnRoles
    role.save()
    _set_permissions(role, wanted)
    check_within_own_rights(actor, [role])
    if before is not None:
        check_somebody_administers()
    return role


def _holds(actor: Viewer | None, role: Role) -> bool:
    return (
        actor is not None and MembershipRole.objects.filter(role=role, membership=actor.membership).exists()
    )


def _set_permissions(role: Role, wanted: set[int]) -> None:
    grants = RolePermission.objects.filter(role=role)
    grants.exclude(permission__in=wanted).delete()
    held = set(grants.values_list("permission_id", flat=True))
    RolePermission.objects.bulk_create(
        RolePermission(role=role, permission_id=key) for key in sorted(wanted - held)
    )


def create_role_from_template(template: RoleTemplate) -> Role:
    role = Role(
        name_zh=template.name_zh, name_en=template.name_en, template=template.key, scope=template.scope
    )
    return save_role(role, template.permissions(), actor=None)


def reset_role(role: Role, *, actor: Viewer | None) -> Role:
    """Scope and permissions as the template proposes them today; the names stay. Raises what `save_role` raises."""
    template = TEMPLATES[role.template]
    role.scope = template.scope
    role.version += 1
    return save_role(role, template.permissions(), actor=actor)


@transaction.atomic
def delete_role(role: Role, *, actor: Viewer | None) -> None:
    """Delete a role that nobody holds. Raises RoleInUse, BeyondOwnRights."""
    check_within_own_rights(actor, [role])
    if role.holders.exists():
        raise RoleInUse
    role.delete()
