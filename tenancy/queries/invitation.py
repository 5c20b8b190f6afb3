from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from tenancy.access import Viewer
from tenancy.enums import Scope
from tenancy.models import Department, Invitation, InvitationRole
from tenancy.queries.department import departments_within

MANAGE = "tenancy.manage_members"


def invitations_within(viewer: Viewer) -> QuerySet[Invitation]:
    """Those the viewer manages: the ones they sent, and the ones into a department that their scope covers."""
    scope = viewer.rights.get(MANAGE)
    rows = Invitation.objects.all()
    if scope is None:
        return rows.none()
    if scope == Scope.ORGANIZATION:
        return rows
    covered = Department.objects.none() if scope == Scope.OWN else departments_within(viewer, MANAGE)
    return rows.filter(Q(invited_by=viewer.membership) | Q(department__in=covered))


def open_invitations(viewer: Viewer) -> QuerySet[Invitation]:
    """Sent and neither accepted nor withdrawn, newest first; an expired one is among them, since it can be sent again."""
    links = InvitationRole.objects.select_related("role")
    return (
        invitations_within(viewer)
        .filter(accepted_at=None, withdrawn_at=None)
        .select_related("department", "invited_by")
        .prefetch_related(Prefetch("role_links", links))
        .order_by("-created_at", "pk")
    )


def has_expired(invitation: Invitation) -> bool:
    return invitation.expires_at <= timezone.now()
