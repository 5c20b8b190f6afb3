"""Changes to many customers at once: a thousand within the request, more by a job; and the undo of either.

The selection is frozen as its filters and the moment it was made: customers that were added since are not touched. Each
batch asks anew what its person may do, so that a right lost meanwhile ends the work there.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions.book import AT_ONCE
from customers.bulk import BulkChange, bulk_changes
from customers.models import BulkRow, BulkRun, Customer
from customers.queries.asked import LONGEST_QUERY, Listing
from customers.rights import VIEW
from tenancy.access import Viewer, viewer_for
from tenancy.errors import Refused
from workspace.actions.job import enqueue
from workspace.models import Job
from workspace.progress import Progress

CHANGE_JOB, UNDO_JOB = "customers.bulk_change", "customers.bulk_undo"
BATCH = 500
UNDO_WITHIN = timedelta(days=7)
NO_RIGHT, SAME = "no_right", "same"


class NoPlace(Refused):
    """An undo would give people more customers than they may own."""


@dataclass(frozen=True)
class Selection:
    """Customers ticked one by one (`ids`), or all that an address of the list shows (`query`)."""

    ids: Sequence[uuid.UUID] = ()
    query: str | None = None

    def rows(self, viewer: Viewer) -> QuerySet[Customer]:
        """Those of them that the viewer sees."""
        if self.query is None:
            return Customer.objects.visible_to(viewer, VIEW).filter(pk__in=list(self.ids))
        return matching(self.query, viewer)

    def is_understood(self, viewer: Viewer) -> bool:
        return self.query is None or listing_of(self.query, viewer).is_understood

    def within(self, viewer: Viewer, permission: str) -> QuerySet[Customer]:
        """Those of them within reach of `permission`."""
        rows = Customer.objects.visible_to(viewer, permission)
        return rows.filter(pk__in=self.rows(viewer).order_by().values("pk"))


def matching(query: str, viewer: Viewer) -> QuerySet[Customer]:
    """All that an address of the list shows to the viewer, in no order; nobody, where not all of it is understood: a
    filter that has gone must not make of some customers all of them."""
    asked = listing_of(query, viewer)
    return asked.rows.order_by() if asked.is_understood else Customer.objects.none()


def listing_of(query: str, viewer: Viewer) -> Listing:
    asked = QueryDict(query[:LONGEST_QUERY], mutable=True)
    asked.pop("sort", None)
    return Listing(asked, viewer)


@transaction.atomic
def start_bulk(
    change: str, selection: Selection, params: Mapping[str, Any], *, viewer: Viewer, note: str = ""
) -> BulkRun | None:
    """Change the selection now, or by a job when it is large. None when nothing of it is within reach of the right.
    `note`: what somebody says about it in free words, which `params` never hold.

    Raises PermissionDenied without the right itself.
    """
    spec = bulk_changes[change]
    if not viewer.can(spec.permission):
        raise PermissionDenied
    run = BulkRun(
        change=spec.key, params=dict(params), actor=viewer.membership, query=selection.query or "", note=note
    )
    ids = list(selection.rows(viewer).order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(ids) > AT_ONCE:
        run.job = enqueue(CHANGE_JOB, {"run": str(run.pk)}, actor=viewer.membership)
        run.save(force_insert=True)
        return run
    run.save(force_insert=True)
    _step(run, spec, ids, viewer)
    if run.skipped == run.reasons.get(NO_RIGHT, 0) and not run.changed:
        run.delete()
        return None
    run.save()
    return run


def run_bulk(job: Job, progress: Progress) -> dict[str, int]:
    """The job of a large change: by key, batch by batch, each with its checkpoint."""
    key = uuid.UUID(job.params["run"])
    last, done = progress.state.get("last"), progress.state.get("done", 0)
    with progress.batch():
        run = BulkRun.objects.select_related("actor").get(pk=key)
        total = _selected(run, viewer_for(run.actor)).count()
        progress.checkpoint(total=max(total, done), stage="change")
    while True:
        with progress.batch():
            run = BulkRun.objects.select_for_update(of=("self",)).select_related("actor").get(pk=key)
            viewer = viewer_for(run.actor)
            rows = _selected(run, viewer)
            rows = rows.filter(pk__gt=uuid.UUID(last)) if last else rows
            ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not ids:
                return {"changed": run.changed, "skipped": run.skipped}
            _step(run, bulk_changes[run.change], ids, viewer)
            run.save()
            last, done = str(ids[-1]), done + len(ids)
            progress.checkpoint({"last": last, "done": done}, done=done, total=max(total, done))


def _selected(run: BulkRun, viewer: Viewer) -> QuerySet[Customer]:
    rows = matching(run.query, viewer) if viewer.can(VIEW) else Customer.objects.none()
    return rows.filter(created_at__lte=run.created_at)


def _step(run: BulkRun, spec: BulkChange, ids: Sequence[uuid.UUID], viewer: Viewer) -> None:
    """Change these, keep what they were, and count: in the transaction in force."""
    allowed = Customer.objects.visible_to(viewer, spec.permission).filter(pk__in=ids).order_by("pk")
    within = list(allowed.values_list("pk", flat=True))
    reasons = run.skipped
    before = spec.apply(within, run) if within else {}
    told = run.skipped - reasons
    BulkRow.objects.bulk_create(
        BulkRow(run=run, customer_id=customer, before=values) for customer, values in before.items()
    )
    run.changed += len(before)
    _count(run, NO_RIGHT, len(ids) - len(within))
    _count(run, SAME, len(within) - len(before) - told)


def _count(run: BulkRun, reason: str, number: int) -> None:
    if number:
        run.reasons[reason] = run.reasons.get(reason, 0) + number


@transaction.atomic
def undo_bulk(run: BulkRun, *, viewer: Viewer) -> BulkRun:
    """Take back a run of the viewer's own: now, or by a job when it was large. Once, and within seven days.

    Customers whose changed value somebody has changed again keep that, and those whose owner of before may own no more
    stay. Raises PermissionDenied when the viewer has lost the right that the change takes, NoPlace when nothing is undone
    for want of places.
    """
    run = BulkRun.objects.select_for_update().get(pk=run.pk)
    if not viewer.can(bulk_changes[run.change].permission):
        raise PermissionDenied
    if not can_undo(run):
        return run
    run.undone_at = timezone.now()
    if run.changed > AT_ONCE:
        run.undo_job = enqueue(UNDO_JOB, {"run": str(run.pk)}, actor=viewer.membership)
    else:
        _step_back(run, list(run.rows.order_by("pk")), viewer)
        if run.full and not run.undone:
            raise NoPlace(_("Whose these customers were may own no more: nothing was undone."))
        if not run.undone:  # out of reach now, perhaps not tomorrow
            run.undone_at, run.kept = None, 0
    run.save()
    return run


def can_undo(run: BulkRun) -> bool:
    ended = run.job is None or not run.job.is_active
    return bool(
        ended and run.changed and run.undone_at is None and run.created_at > timezone.now() - UNDO_WITHIN
    )


def run_undo(job: Job, progress: Progress) -> dict[str, int]:
    key = uuid.UUID(job.params["run"])
    last, done = progress.state.get("last"), progress.state.get("done", 0)
    while True:
        with progress.batch():
            run = BulkRun.objects.select_for_update(of=("self",)).select_related("actor").get(pk=key)
            rows = run.rows.filter(pk__gt=uuid.UUID(last)) if last else run.rows.all()
            found = list(rows.order_by("pk")[:BATCH])
            if not found:
                return {"undone": run.undone, "kept": run.kept}
            _step_back(run, found, viewer_for(run.actor))
            run.save()
            last, done = str(found[-1].pk), done + len(found)
            progress.checkpoint(
                {"last": last, "done": done}, done=done, total=max(run.changed, done), stage="undo"
            )


def _step_back(run: BulkRun, rows: Sequence[BulkRow], viewer: Viewer) -> None:
    spec = bulk_changes[run.change]
    before = {row.customer_id: row.before for row in rows}
    full = run.full
    undone = spec.undo(before, run, viewer) if viewer.can(spec.permission) else 0
    run.undone += undone
    run.kept += len(before) - undone - (run.full - full)


def purge_old_runs(organization_id: int) -> None:
    """Nightly: the old values of changes that can no longer be undone go, and what was said about them."""
    from tenancy.context import organization_context

    with organization_context(organization_id):
        old = BulkRun.objects.filter(created_at__lt=timezone.now() - 2 * UNDO_WITHIN)
        BulkRow.objects.filter(run__in=old)._raw_delete(BulkRow.objects.db)
        old.filter(note__isnull=False).update(note=None)
