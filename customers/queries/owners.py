"""Whose customers somebody sees."""

from django.db.models import Q, QuerySet

from customers.models import Customer
from tenancy.access import Viewer
from tenancy.models import Membership


def owners_within(viewer: Viewer, permission: str) -> QuerySet[Membership]:
    """Members whose customers `permission` reaches, by name: what lists can be narrowed to."""
    reach = viewer.reach(permission)
    rows = Membership.objects.order_by("name", "pk")
    if reach is None:
        return rows.none()
    if reach.everyone:
        return rows
    within = Q(pk__in=reach.members)
    if reach.shared:
        within |= Q(pk__in=Customer.objects.filter(pk__in=reach.shared).values("owner"))
    return rows.filter(within)
