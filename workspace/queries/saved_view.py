from django.db.models import Q, QuerySet

from tenancy.access import Viewer
from workspace.models import SavedView


def saved_views(viewer: Viewer, page: str) -> QuerySet[SavedView]:
    """The views of a list that the person sees as tabs: their own, then what others share. One query."""
    seen = Q(owner=viewer.membership) | Q(shared=True)
    return SavedView.objects.filter(seen, page=page).order_by("position", "id")


def own_views(viewer: Viewer) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=viewer.membership)
