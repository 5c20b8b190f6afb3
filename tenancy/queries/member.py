from django.db.models import Prefetch, Q, QuerySet

from tenancy.access import Viewer
from tenancy.models import Department, Membership, MembershipRole, Role


def members_list(
    viewer: Viewer,
    *,
    text: str = "",
    ended: bool = False,
    department: Department | None = None,
    role: Role | None = None,
) -> QuerySet[Membership]:
    """Members the viewer may see, by name, with department, address and roles at hand."""
    rows = Membership.objects.visible_to(viewer, "tenancy.view_membership").filter(ended_at__isnull=not ended)
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(title__icontains=text) | Q(user__email__icontains=text)
        )
    if department is not None:
        rows = rows.filter(department=department)
    if role is not None:
        rows = rows.filter(pk__in=MembershipRole.objects.filter(role=role).values("membership_id"))
    return with_roles(rows.select_related("user", "department")).order_by("name", "pk")


def with_roles(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    links = MembershipRole.objects.select_related("role").order_by("-role__scope", "role__name_zh")
    return rows.prefetch_related(Prefetch("role_links", links))
