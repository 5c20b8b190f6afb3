from django.db.models import QuerySet

from tenancy.access import Viewer
from workspace.models import Notification

MOST_COUNTED = 100


def unread_of(viewer: Viewer) -> QuerySet[Notification]:
    return Notification.objects.filter(recipient=viewer.membership).unread()
