"""Inviting, and joining by an invitation. Only a digest of the token is stored: who has the link has the only copy."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core.mail import send_mail
from django.core.signing import Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.access import Viewer
from tenancy.actions.guards import check_within_own_rights
from tenancy.actions.organization import find_or_create_user
from tenancy.context import act_as, current_organization
from tenancy.errors import Refused
from tenancy.models import Invitation, InvitationRole, Membership, MembershipRole, Role, User

VALID_FOR = timedelta(days=7)
LinkTo = Callable[[str], str]
"""Makes the full address of the page on which a token is redeemed."""


class AlreadyMember(Refused):
    """The invited person is an active member."""

    reason = gettext_lazy("This person is already a member.")


class AlreadyInvited(Refused):
    """The address has an invitation that is still open."""

    reason = gettext_lazy("This address already has an open invitation.")


class NotOpen(Refused):
    """The invitation was accepted, withdrawn, or has expired."""

    reason = gettext_lazy("This invitation is no longer open.")


class AddressNotProven(Refused):
    """Nobody has shown yet that the address belongs to the person who signs in with it."""

    reason = gettext_lazy(
        "Nobody has confirmed this address yet. Open the link in the email itself, "
        "or confirm the address in your account first."
    )


@transaction.atomic
def invite(invitation: Invitation, roles: Iterable[Role], *, actor: Viewer, link_to: LinkTo) -> str:
    """Save the invitation, send the email after the commit, answer the link: it cannot be had again.

    Raises AlreadyMember, AlreadyInvited, BeyondOwnRights.
    """
    roles = list(roles)
    check_within_own_rights(actor, roles)
    invitation.email = invitation.email.lower()
    if Membership.objects.active().filter(user__email=invitation.email).exists():
        raise AlreadyMember
    if Invitation.objects.filter(email=invitation.email, accepted_at=None, withdrawn_at=None).exists():
        raise AlreadyInvited
    invitation.invited_by = actor.membership
    token = _new_token(invitation)
    invitation.save()
    InvitationRole.objects.bulk_create(InvitationRole(invitation=invitation, role=role) for role in roles)
    return _send(invitation, token, link_to)


@transaction.atomic
def resend_invitation(invitation: Invitation, *, actor: Viewer, link_to: LinkTo) -> str:
    """A new link, valid for seven days from now; the old one is void. Raises NotOpen, BeyondOwnRights."""
    if invitation.accepted_at or invitation.withdrawn_at:
        raise NotOpen
    # Whoever sees the link could redeem it: no more than what they may give.
    check_within_own_rights(actor, [link.role for link in invitation.role_links.select_related("role")])
    token = _new_token(invitation)
    invitation.save(update_fields=["token_digest", "expires_at"])
    return _send(invitation, token, link_to)


def withdraw_invitation(invitation: Invitation) -> None:
    """The link is void from now on. Raises NotOpen when it was accepted before."""
    if invitation.accepted_at:
        raise NotOpen
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])


def open_invitation(token: str) -> Invitation | None:
    """The invitation of the organisation in force that this token opens."""
    return (
        Invitation.objects.filter(
            token_digest=_digest(token), accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
        )
        .select_related("department")
        .first()
    )


@transaction.atomic
def join_as_new_person(
    invitation: Invitation, *, password: str, name: str, address_proven: bool
) -> Membership:
    """A new sign-in, and its membership. The address counts as verified when the link came from the mail."""
    user = find_or_create_user(invitation.email, password, verified=address_proven)
    return _join(invitation, user, name)


@transaction.atomic
def join_as(invitation: Invitation, user: User, *, address_proven: bool) -> Membership:
    """Somebody who signs in already becomes a member. Raises NotOpen, AddressNotProven.

    An address nobody has ever proven might have been taken by whoever saw an earlier invitation to it.
    """
    addresses = EmailAddress.objects.filter(user=user, email=user.email)
    if address_proven:
        addresses.update(verified=True)
    elif not addresses.filter(verified=True).exists():
        raise AddressNotProven
    return _join(invitation, user, invitation.name)


def _join(invitation: Invitation, user: User, name: str) -> Membership:
    """Membership with the roles of the invitation; a former member comes back with these roles only."""
    locked = Invitation.objects.select_for_update().filter(
        pk=invitation.pk, accepted_at=None, withdrawn_at=None
    )
    if not locked.exists():
        raise NotOpen
    member = Membership.objects.filter(user=user).first() or Membership(user=user)
    member.name, member.title = name, invitation.title
    member.department, member.ended_at = invitation.department, None
    member.version += 0 if member._state.adding else 1
    member.save()
    act_as(member)
    MembershipRole.objects.filter(membership=member).delete()
    MembershipRole.objects.bulk_create(
        MembershipRole(membership=member, role_id=key)
        for key in invitation.role_links.values_list("role_id", flat=True)
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return member


def _new_token(invitation: Invitation) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_digest = _digest(token)
    invitation.expires_at = timezone.now() + VALID_FOR
    return token


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _send(invitation: Invitation, token: str, link_to: LinkTo) -> str:
    organization = current_organization()
    link = link_to(token)
    with translation.override(organization.default_language):
        subject = _("%(organization)s invites you to Evergreen CRM") % {"organization": organization.name}
        mailed = f"{link}?{urlencode({'proof': proof_of_mail(token)})}"
        facts = {"invitation": invitation, "organization": organization, "link": mailed}
        text = render_to_string("tenancy/email/invitation.txt", facts)
    # Robust: a mail server that is down must not undo the invitation; the inviter has the link on the screen.
    transaction.on_commit(lambda: send_mail(subject, text, None, [invitation.email]), robust=True)
    return link


def proof_of_mail(token: str) -> str:
    """What only the email carries: the inviter, who sees the link as well, cannot pose as the owner of the address."""
    return Signer(salt="tenancy.invitation").signature(token)


def is_proof_of_mail(token: str, proof: str) -> bool:
    return constant_time_compare(proof, proof_of_mail(token))
