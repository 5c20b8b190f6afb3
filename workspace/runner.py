"""Runs one job: claims it, shows that it is alive, and brings it to its end, whatever happens inside."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any, NamedTuple
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection
from django.utils import timezone, translation

from tenancy.context import organization_context
from tenancy.models import Organization
from workspace.actions.job import change_job_status
from workspace.doorbell import ring
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.progress import JobCancelled, JobFailed, JobSuperseded, Progress

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5
STALLED_SECONDS = 25
RETRY_SECONDS = 10
LOOK_AGAIN_SECONDS = 5


class Outcome(NamedTuple):
    status: JobStatus
    values: dict[str, Any]


def run_job(organization_id: int, job_id: UUID) -> Job | None:
    """Run the job if it is waiting and due. None when there is nothing to do: another worker has it, or it
    is over.
    """
    organization = Organization.objects.get(pk=organization_id)
    job = _claim(organization, job_id)
    if job is None:
        return None
    try:
        with _heartbeat(organization, job), translation.override(_language(job, organization)):
            outcome = _attempt(job, Progress(job, organization, job.requested_by))
    except JobSuperseded:
        logger.warning("Job %s was taken over by another worker.", job.pk)
        return None
    return _settle(organization, job, outcome)


def look_after_jobs(organization_id: int) -> None:
    """Take back what dead workers have left, and ring again for what still waits."""
    now = timezone.now()
    silent_since = now - timedelta(seconds=STALLED_SECONDS)
    with organization_context(organization_id):
        stalled = Job.objects.filter(status=JobStatus.RUNNING, heartbeat_at__lt=silent_since)
        for job in stalled.select_for_update(skip_locked=True):
            outcome = _after_interruption(job)
            logger.warning("Job %s was interrupted: %s.", job.pk, outcome.status)
            change_job_status(job, outcome.status, **outcome.values)
        waiting = Job.objects.filter(status=JobStatus.QUEUED, due_at__lte=now)
        found = list(waiting.order_by("due_at").values_list("pk", flat=True)[:100])
    for pk in found:
        ring(organization_id, pk)


def next_look(organization: Organization, now: Any) -> Any:
    """As long as a job waits or runs; then never, until the next one is asked for."""
    active = Job.objects.active().exists()
    return now + timedelta(seconds=LOOK_AGAIN_SECONDS) if active else None


def drain(organization: Organization) -> list[Job]:
    """Run every waiting job of the organisation here and now: for tests and commands, outside any context."""
    finished = []
    with organization_context(organization):
        waiting = list(
            Job.objects.filter(status=JobStatus.QUEUED).order_by("id").values_list("pk", flat=True)
        )
    for pk in waiting:
        job = run_job(organization.pk, pk)
        if job is not None:
            finished.append(job)
    return finished


def _claim(organization: Organization, job_id: UUID) -> Job | None:
    with organization_context(organization):
        free = Job.objects.select_for_update(skip_locked=True, of=("self",)).select_related("requested_by")
        job = free.filter(pk=job_id, status=JobStatus.QUEUED, due_at__lte=timezone.now()).first()
        if job is None:
            return None
        if job.cancel_requested:
            change_job_status(job, JobStatus.CANCELLED)
            return None
        return change_job_status(job, JobStatus.RUNNING, attempts=job.attempts + 1)


def _attempt(job: Job, progress: Progress) -> Outcome:
    try:
        result = dict(job.spec.run(job, progress) or {})
        json.dumps(result, cls=DjangoJSONEncoder)
    except JobCancelled:
        return Outcome(JobStatus.CANCELLED, {})
    except JobFailed as failure:
        return Outcome(JobStatus.FAILED, {"error": failure.code, "error_params": failure.params})
    except JobSuperseded:
        raise
    except Exception:
        logger.exception("Job %s (%s) failed in attempt %s.", job.pk, job.kind, job.attempts)
        return _after_crash(job)
    return Outcome(JobStatus.SUCCEEDED, {"result": result})


def _after_crash(job: Job) -> Outcome:
    if not job.spec.resumable or job.attempts >= job.spec.max_attempts:
        return _failed("crashed", job)
    later = timezone.now() + timedelta(seconds=RETRY_SECONDS * job.attempts)
    return Outcome(JobStatus.QUEUED, {"due_at": later})


def _after_interruption(job: Job) -> Outcome:
    if job.cancel_requested:
        return Outcome(JobStatus.CANCELLED, {})
    if not job.spec.resumable:
        return _failed("interrupted", job)
    if job.attempts >= job.spec.max_attempts:
        return _failed("stopped", job)
    return Outcome(JobStatus.QUEUED, {"due_at": timezone.now()})


def _failed(code: str, job: Job) -> Outcome:
    return Outcome(JobStatus.FAILED, {"error": code, "error_params": {"attempts": job.attempts}})


def _settle(organization: Organization, job: Job, outcome: Outcome) -> Job | None:
    with organization_context(organization, actor=job.requested_by):
        mine = Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING, attempts=job.attempts)
        current = mine.select_for_update().first()
        if current is None:
            logger.warning("Job %s was taken over by another worker.", job.pk)
            return None
        return change_job_status(current, outcome.status, **outcome.values)


def _language(job: Job, organization: Organization) -> str:
    return (job.requested_by and job.requested_by.language) or organization.default_language


@contextmanager
def _heartbeat(organization: Organization, job: Job) -> Iterator[None]:
    """Renew the job's sign of life beside the work, on a connection of its own: a batch may take its time."""
    over = Event()

    def beat() -> None:
        try:
            while not over.wait(HEARTBEAT_SECONDS):
                _sign_of_life(organization, job)
        finally:
            connection.close()

    thread = Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(1)


def _sign_of_life(organization: Organization, job: Job) -> None:
    mine = {"pk": job.pk, "status": JobStatus.RUNNING, "attempts": job.attempts}
    try:
        with organization_context(organization):
            Job.objects.filter(**mine).update(heartbeat_at=timezone.now())
    except DatabaseError:
        logger.warning("The sign of life of job %s was not written.", job.pk, exc_info=True)
        connection.close()
