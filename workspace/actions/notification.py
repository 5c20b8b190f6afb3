import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from tenancy.models import Membership
from workspace.models import Notification
from workspace.registry import notification_kinds


def notify(
    recipient: Membership | uuid.UUID,
    kind: str,
    params: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
) -> None:
    """Tell a member something. `params`: ids, codes and counts, no personal data. The same `key` reaches a
    person once.
    """
    notify_all([recipient], kind, params, key=key)


def notify_all(
    recipients: Collection[Membership | uuid.UUID],
    kind: str,
    params: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
) -> None:
    """The same to several members."""
    spec = notification_kinds[kind]
    ids = [one.pk if isinstance(one, Membership) else one for one in recipients]
    rows = [Notification(recipient_id=pk, kind=spec.key, params=dict(params or {}), key=key) for pk in ids]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def mark_read(notification: Notification) -> None:
    if notification.read_at is None:
        notification.read_at = timezone.now()
        notification.save(update_fields=["read_at"])


def mark_all_read(recipient: Membership) -> int:
    """How many there were."""
    return Notification.objects.filter(recipient=recipient).unread().update(read_at=timezone.now())
