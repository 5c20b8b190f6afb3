"""Beat's only errand: find what is due, for every organisation, and bring it to its end or to somebody's
notice.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from tenancy.context import organization_context
from tenancy.models import Due, Organization
from workspace.actions.due import ensure_due_rows
from workspace.actions.notification import notify_all
from workspace.queries.membership import holders_of
from workspace.registry import DueKind, due_kinds

logger = logging.getLogger(__name__)

AT_ONCE = 500
SENT_FOR = timedelta(seconds=60)  # a task that has not begun by then is sent again
TELL_AFTER = 3
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
LOOKS_AFTER_WORK = "tenancy.change_organization"


def claim_due_rows() -> list[Due]:
    """The rows to send tasks for. Each is put off for a minute: `due_at` is also the token that the task
    must show.
    """
    _complete_rows()
    now = timezone.now()
    with transaction.atomic():
        due = Due.objects.filter(due_at__lte=now, kind__in=[kind.key for kind in due_kinds])
        rows = list(due.select_for_update(skip_locked=True).order_by("due_at")[:AT_ONCE])
        for row in rows:
            row.due_at = now + SENT_FOR
        Due.objects.bulk_update(rows, ["due_at"])
    return rows


def run_due(organization_id: int, kind: str, claim: datetime) -> None:
    """Do what is due, if nobody else has since `claim`. Three failures reach those who look after background
    work.
    """
    spec = due_kinds[kind]
    lease = _take(organization_id, spec, claim)
    if lease is None:
        return
    if lease.attempts > TELL_AFTER:
        _tell(lease, spec)  # the worker was killed each time: nobody could tell before
    try:
        spec.run(organization_id)
    except Exception:
        logger.exception("%s failed for organisation %s, attempt %s.", kind, organization_id, lease.attempts)
        _put_off(lease, spec)
    else:
        _arrange_next(lease, spec)


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many failures."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]


def _complete_rows() -> None:
    """A safety net: organisations made by other ways than the action, kinds that came with a new version."""
    standing = [kind.key for kind in due_kinds if kind.standing]
    counted = Due.objects.filter(kind__in=standing).values("organization").annotate(n=Count("id"))
    complete = counted.filter(n=len(standing)).values("organization")
    for organization in Organization.objects.exclude(pk__in=complete):
        ensure_due_rows(organization)


def _take(organization_id: int, spec: DueKind, claim: datetime) -> Due | None:
    with transaction.atomic():
        rows = Due.objects.filter(organization_id=organization_id, kind=spec.key, due_at=claim)
        row = rows.select_for_update().first()
        if row is not None:
            row.attempts += 1
            # Should this worker die, it comes round again after the lease, and each time later.
            row.due_at = timezone.now() + max(
                spec.lease, back_off(row.attempts) if row.attempts > 1 else spec.lease
            )
            row.save(update_fields=["attempts", "due_at"])
        return row


def _held(lease: Due):
    """The row, unless somebody has asked for it again meanwhile: then it is due already."""
    return Due.objects.filter(pk=lease.pk, due_at=lease.due_at)


def _put_off(lease: Due, spec: DueKind) -> None:
    _held(lease).update(due_at=timezone.now() + back_off(lease.attempts))
    if lease.attempts >= TELL_AFTER:
        _tell(lease, spec)


def _arrange_next(lease: Due, spec: DueKind) -> None:
    organization = Organization.objects.get(pk=lease.organization_id)
    with organization_context(organization):
        due_at = spec.next_due(organization, timezone.now())
    if due_at is None:
        _held(lease).delete()
    else:
        _held(lease).update(due_at=due_at)
    Due.objects.filter(~Q(attempts=0), pk=lease.pk).update(attempts=0)


def _tell(lease: Due, spec: DueKind) -> None:
    """Once a day and kind."""
    with organization_context(lease.organization_id):
        key = f"due:{spec.key}:{timezone.localdate():%Y%m%d}"
        params = {"due_kind": spec.key, "attempts": lease.attempts}
        notify_all(holders_of(LOOKS_AFTER_WORK), "due_failed", params, key=key)
