from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.access import Viewer, rights_of
from tenancy.actions.guards import (
    BeyondOwnRights,
    OwnRoles,
    check_somebody_administers,
    check_within_own_rights,
    gives_any_role,
    lock_administration,
)
from tenancy.errors import Refused
from tenancy.models import Invitation, Membership, MembershipRole, Role
from tenancy.ownership import holdings_of
from tenancy.signals import membership_ended


class NoSuccessor(Refused):
    """A member who owns something cannot leave before somebody takes it over."""

    reason = _("Choose who takes over everything this person owns.")


class OwnMembership(Refused):
    """Somebody ends their own membership."""

    reason = _("You cannot end your own membership. Ask another administrator.")


class MayDoMore(BeyondOwnRights):
    """Somebody changes a member whose rights exceed their own."""

    reason = _("This person may do more than you. Ask another administrator.")


@transaction.atomic
def update_member(member: Membership, roles: Iterable[Role], *, actor: Viewer | None) -> Membership:
    """Save a changed member with exactly these roles. Raises OwnRoles, BeyondOwnRights, MayDoMore, NobodyLeft."""
    lock_administration()
    _check_not_above(actor, member)
    member.save()
    set_roles(member, roles, actor=actor)
    check_somebody_administers()
    return member


def set_roles(member: Membership, roles: Iterable[Role], *, actor: Viewer | None) -> None:
    """Give the member exactly these roles. What changes must lie within the actor's own rights."""
    wanted = {role.pk: role for role in roles}
    links = MembershipRole.objects.filter(membership=member).select_related("role")
    held = {link.role_id: link.role for link in links}
    changed = [*(wanted[key] for key in wanted.keys() - held), *(held[key] for key in held.keys() - wanted)]
    if not changed:
        return
    if actor is not None and member.pk == actor.membership.pk:
        raise OwnRoles
    check_within_own_rights(actor, changed)
    links.exclude(role__in=wanted).delete()
    MembershipRole.objects.bulk_create(
        MembershipRole(membership=member, role=role) for key, role in wanted.items() if key not in held
    )


@transaction.atomic
def end_membership(
    member: Membership, *, successors: Mapping[str, Membership], actor: Viewer | None
) -> dict[str, int]:
    """End the membership after handing over what the person owns; answers how many of each kind were handed over.

    From the commit on the person opens no page of the organisation, and their open invitations are withdrawn.
    `successors` names an active member for the key of each owned kind.
    Raises OwnMembership, MayDoMore, NoSuccessor, NobodyLeft.
    """
    lock_administration()
    if actor is not None and member.pk == actor.membership.pk:
        raise OwnMembership
    _check_not_above(actor, member)
    by = actor.membership if actor else None
    handed = {
        holding.kind.key: holding.kind.hand_over(
            member, _successor(successors.get(holding.kind.key), member), by
        )
        for holding in holdings_of(member)
    }
    now = timezone.now()
    Invitation.objects.filter(invited_by=member, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    member.ended_at = now
    member.version += 1
    member.save(update_fields=["ended_at", "version"])
    check_somebody_administers()
    membership_ended.send(Membership, member=member)
    return handed


def _successor(chosen: Membership | None, leaving: Membership) -> Membership:
    if chosen is None or chosen.pk == leaving.pk or not chosen.is_active:
        raise NoSuccessor
    return chosen


def _check_not_above(actor: Viewer | None, member: Membership) -> None:
    """A member who may do more than the actor is not the actor's to change or to let go."""
    if actor is None or gives_any_role(actor):
        return
    if any(actor.rights.get(code, 0) < scope for code, scope in rights_of(member).items()):
        raise MayDoMore


@transaction.atomic
def reactivate_member(member: Membership, *, actor: Viewer | None) -> Membership:
    """Let a former member in again, with the roles they held. Raises BeyondOwnRights."""
    roles = Role.objects.filter(holders__membership=member)
    check_within_own_rights(actor, roles)
    member.ended_at = None
    member.version += 1
    member.save(update_fields=["ended_at", "version"])
    return member
