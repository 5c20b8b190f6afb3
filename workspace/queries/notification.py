from django.db.models import QuerySet

from tenancy.access import Viewer
from workspace.models import Notification

MOST_COUNTED = 100


def unread_of(viewer: Viewer) -> QuerySet[Notification]:
    return Notification.objects.filter(recipient=viewer.membership).unread()


def unread_count(viewer: Viewer) -> int:
    """How many notes the person has not read; 100 stands for more."""
    return len(unread_of(viewer).order_by().values_list("pk")[:MOST_COUNTED])
