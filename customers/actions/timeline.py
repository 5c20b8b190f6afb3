"""The door to a customer's timeline, for actions of every floor."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from customers.models import TimelineEntry
from customers.registry import timeline_kinds
from tenancy.models import Membership

TEXT_LENGTH = 2000


def record(
    customer_id: uuid.UUID,
    kind: str,
    *,
    actor: Membership | None,
    params: dict | None = None,
    text: str = "",
    subject_id: uuid.UUID | None = None,
    at: datetime | None = None,
) -> TimelineEntry:
    """Add one line, in the caller's transaction. `kind` is registered in `customers.registry.timeline_kinds`.

    `params` and `text` never hold a phone number, an address of any kind, or an identity or bank number.
    """
    return record_all(
        [customer_id], kind, actor=actor, params=params, text=text, subject_id=subject_id, at=at
    )[0]


def record_all(
    customer_ids: Iterable[uuid.UUID],
    kind: str,
    *,
    actor: Membership | None,
    params: dict | None = None,
    text: str = "",
    subject_id: uuid.UUID | None = None,
    at: datetime | None = None,
) -> list[TimelineEntry]:
    """The same line for many customers."""
    key = timeline_kinds[kind].key
    moment = at or timezone.now()
    return TimelineEntry.objects.bulk_create(
        TimelineEntry(
            customer_id=customer_id,
            kind=key,
            at=moment,
            actor=actor,
            subject_id=subject_id,
            params=params or {},
            text=text[:TEXT_LENGTH],
        )
        for customer_id in customer_ids
    )


def remove(subject_id: uuid.UUID) -> int:
    """Take away the line of a row that is gone."""
    return TimelineEntry.objects.filter(subject_id=subject_id).delete()[0]
