from django.db.models import Exists, OuterRef, QuerySet

from tenancy.models import Membership, MembershipRole


def holders_of(permission: str) -> QuerySet[Membership]:
    """Active members who hold `permission` ("app.codename"), whatever its scope."""
    app_label, codename = permission.split(".")
    grants = MembershipRole.objects.filter(
        membership=OuterRef("pk"),
        role__grants__permission__codename=codename,
        role__grants__permission__content_type__app_label=app_label,
    )
    return Membership.objects.active().filter(Exists(grants))
