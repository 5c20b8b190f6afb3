"""Rules that keep rights from growing by themselves, and an organisation from losing its last administrator."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tenancy.access import Viewer
from tenancy.context import current_organization_id
from tenancy.enums import Scope
from tenancy.errors import Refused
from tenancy.models import Membership, Role, RolePermission

ADMINISTRATION = ("manage_members", "manage_roles")


class BeyondOwnRights(Refused):
    """Somebody gives, or takes away, rights that they do not hold themselves."""

    reason = _("You cannot give or take away a role that allows more than your own roles do.")


class OwnRoles(Refused):
    """Somebody changes what they themselves may do."""

    reason = _("Nobody changes their own rights. Ask another administrator.")


class NobodyLeft(Refused):
    """The organisation would be left without anybody who can manage members and roles."""

    reason = _(
        "At least one active member must be able to manage members and roles of the whole organisation. "
        "Give somebody else that role first."
    )


def gives_any_role(actor: Viewer) -> bool:
    """Whether the actor manages the roles of the whole organisation: what they may give has no limit."""
    return actor.rights.get("tenancy.manage_roles") == Scope.ORGANIZATION


def check_within_own_rights(actor: Viewer | None, roles: Iterable[Role]) -> None:
    """Raise BeyondOwnRights unless the actor holds all that `roles` grant, as widely. None stands for the system."""
    if actor is None or gives_any_role(actor):
        return
    scopes = {role.pk: role.scope for role in roles}
    grants = RolePermission.objects.filter(role__in=scopes).values_list(
        "role_id", "permission__content_type__app_label", "permission__codename"
    )
    for role_id, app, codename in grants:
        if actor.rights.get(f"{app}.{codename}", 0) < scopes[role_id]:
            raise BeyondOwnRights


def lock_administration() -> None:
    """Until the end of the transaction nobody else changes who administers the organisation in force.

    Call it before the change: two administrators who remove each other at once must not both succeed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('tenancy_administration'), hashtext(%s))",
            [str(current_organization_id())],
        )


def check_somebody_administers() -> None:
    """Raise NobodyLeft when no active member can manage members and roles of the whole organisation."""
    holders = Membership.objects.active()
    for codename in ADMINISTRATION:
        holders = holders.filter(
            role_links__role__scope=Scope.ORGANIZATION,
            role_links__role__grants__permission__codename=codename,
            role_links__role__grants__permission__content_type__app_label="tenancy",
        )
    if not holders.exists():
        raise NobodyLeft
