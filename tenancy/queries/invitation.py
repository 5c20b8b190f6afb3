from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from tenancy.models import Invitation, InvitationRole


def open_invitations() -> QuerySet[Invitation]:
    """Sent and neither accepted nor withdrawn, newest first; an expired one is among them, since it can be sent again."""
    links = InvitationRole.objects.select_related("role")
    return (
        Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
        .select_related("department", "invited_by")
        .prefetch_related(Prefetch("role_links", links))
        .order_by("-created_at", "pk")
    )


def has_expired(invitation: Invitation) -> bool:
    return invitation.expires_at <= timezone.now()
