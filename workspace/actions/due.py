"""Due rows: what must happen for an organisation, and when. The sweeper reads them (see
`workspace.sweeper`).
"""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from tenancy.models import Due, Organization
from workspace.registry import due_kinds

_MAKE_DUE = """
INSERT INTO tenancy_due (organization_id, kind, due_at, attempts) VALUES (%s, %s, %s, 0)
ON CONFLICT (organization_id, kind) DO UPDATE SET due_at = LEAST(tenancy_due.due_at, EXCLUDED.due_at)
"""


def make_due(organization: Organization, kind: str, at: datetime | None = None) -> None:
    """`kind` shall run for the organisation at `at` (now, when not given) or sooner. Part of the caller's
    transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_DUE, [organization.pk, due_kinds[kind].key, at or timezone.now()])


def ensure_due_rows(organization: Organization) -> None:
    """Give the organisation a row of every standing kind; those it has stay as they are."""
    now = timezone.now()
    rows = [
        Due(organization=organization, kind=kind.key, due_at=due_at)
        for kind in due_kinds
        if kind.standing and (due_at := kind.next_due(organization, now))
    ]
    Due.objects.bulk_create(rows, ignore_conflicts=True)
