"""Jobs: asking for one, stopping it, starting it again; and the one door through which its status changes."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from tenancy.audit.records import record_access
from tenancy.context import current_organization
from tenancy.db import uuid7
from tenancy.models import Membership
from workspace.actions.due import make_due
from workspace.actions.notification import notify
from workspace.doorbell import ring
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.registry import job_kinds

DUE = "jobs"

_LEADS_TO: dict[str, set[str]] = {
    JobStatus.QUEUED: {JobStatus.RUNNING, JobStatus.CANCELLED},
    JobStatus.RUNNING: {JobStatus.QUEUED, JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED},
    JobStatus.SUCCEEDED: set(),
    JobStatus.FAILED: {JobStatus.QUEUED},
    JobStatus.CANCELLED: {JobStatus.QUEUED},
}


class WrongJobStatus(Exception):
    """The job has moved on: what was asked is no longer possible."""


@transaction.atomic
def change_job_status(job: Job, status: JobStatus, **values: Any) -> Job:
    """The one door to `job.status`. `job` was read FOR UPDATE, or is new to everybody else.

    Sets the times that go with the status, and `values` (error, result, …). What follows:
    - queued: the sweeper's row is due, and the queue's bell rings after the commit;
    - succeeded, failed: the person who asked is told (where the kind notifies).
    Raises WrongJobStatus.
    """
    if status not in _LEADS_TO[job.status]:
        raise WrongJobStatus(f"{job.status} → {status}")
    now = timezone.now()
    job.status = status
    job.finished_at = now if status in JobStatus.FINISHED else None
    if status == JobStatus.RUNNING:
        job.started_at, job.heartbeat_at = job.started_at or now, now
    for name, value in values.items():
        setattr(job, name, value)
    job.save()
    if status == JobStatus.QUEUED:
        _wake(job)
    elif status in (JobStatus.SUCCEEDED, JobStatus.FAILED):
        _tell(job)
    return job


@transaction.atomic
def enqueue(
    kind: str,
    params: Mapping[str, Any] | None = None,
    *,
    actor: Membership | None,
    id: uuid.UUID | None = None,
) -> Job:
    """Ask for a job of the registered `kind`, in the caller's transaction. `params`: ids and codes, no
    personal data.

    The same `id` given twice leads to the same job. With Redis down it waits for the sweeper.
    """
    pk = id or uuid7()
    job = Job(
        pk=pk, kind=job_kinds[kind].key, params=dict(params or {}), requested_by=actor, due_at=timezone.now()
    )
    Job.objects.bulk_create([job], ignore_conflicts=True)
    job = Job.objects.get(pk=pk)
    if job.kind != kind:
        raise ValueError(f"The id {pk} belongs to a job of another kind.")
    if job.status == JobStatus.QUEUED:
        _wake(job)
    return job


@transaction.atomic
def cancel_job(job: Job) -> Job:
    """A waiting job ends at once, a running one before its next batch. The audit knows who stopped it. Raises
    WrongJobStatus.
    """
    job = _locked(job)
    if not job.can_cancel:
        raise WrongJobStatus(f"{job.status} cannot be cancelled")
    record_access(job, "cancel", kind=job.kind)
    if job.status == JobStatus.QUEUED:
        return change_job_status(job, JobStatus.CANCELLED)
    job.cancel_requested = True
    job.save(update_fields=["cancel_requested"])
    return job


@transaction.atomic
def retry_job(job: Job) -> Job:
    """Start a failed or cancelled job again, from its last checkpoint, with all its attempts. The audit knows who did.
    Raises WrongJobStatus.
    """
    job = _locked(job)
    if not job.can_retry:
        raise WrongJobStatus(f"{job.status} cannot be started again")
    record_access(job, "retry", kind=job.kind)
    fresh = {"error": "", "error_params": {}, "cancel_requested": False, "attempts": 0}
    return change_job_status(job, JobStatus.QUEUED, **fresh, due_at=timezone.now())


def _locked(job: Job) -> Job:
    return Job.objects.select_for_update().get(pk=job.pk)


def _wake(job: Job) -> None:
    organization = current_organization()
    make_due(organization, DUE, job.due_at)
    if job.due_at <= timezone.now():
        transaction.on_commit(partial(ring, organization.pk, job.pk), robust=True)


def _tell(job: Job) -> None:
    if job.requested_by_id is None or not job.spec.notifies:
        return
    params = {"job": str(job.pk), "job_kind": job.kind, "error": job.error, "error_params": job.error_params}
    key = f"job:{job.pk}:{job.finished_at:%Y%m%d%H%M%S%f}"
    notify(job.requested_by_id, f"job_{job.status}", params, key=key)
