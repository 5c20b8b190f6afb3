from django.db.models import Count, Q, QuerySet

from tenancy.models import Role


def roles_list() -> QuerySet[Role]:
    """All roles, narrowest first, with the number of active members who hold each (`people`)."""
    people = Count("holders", filter=Q(holders__membership__ended_at=None))
    return Role.objects.annotate(people=people).order_by("scope", "name_zh", "name_en", "pk")
