from tenancy.access import Viewer
from workspace.models import Notification

MOST_COUNTED = 100


def unread_count(viewer: Viewer) -> int:
    """How many notes the person has not read; 100 stands for more."""
    mine = Notification.objects.filter(recipient=viewer.membership).unread()
    return len(mine.order_by().values_list("pk")[:MOST_COUNTED])
