import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenancy.context import organization_context
from tenancy.models import AuditEntry, Due
from workspace.actions.job import WrongJobStatus, cancel_job, change_job_status, enqueue, retry_job
from workspace.enums import JobStatus
from workspace.models import Job, Notification
from workspace.registry import UnknownKey
from workspace.tests import kinds
from workspace.tests.factories import JobFactory

pytestmark = pytest.mark.django_db


def due_jobs() -> list[Due]:
    return list(Due.objects.filter(kind="jobs"))


def test_a_job_and_its_due_row_are_written_together(inside_ours, owner):
    job = enqueue(kinds.STEPS, {"steps": 3}, actor=owner)
    assert (job.status, job.params, job.requested_by_id) == (JobStatus.QUEUED, {"steps": 3}, owner.pk)
    (due,) = due_jobs()
    assert (due.organization_id, due.due_at <= timezone.now()) == (inside_ours.pk, True)


def test_nothing_remains_of_a_job_that_was_rolled_back(owner):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(kinds.STEPS, {"steps": 3}, actor=owner)
        raise ZeroDivisionError
    assert (Job.objects.count(), due_jobs()) == (0, [])


def test_the_same_id_is_the_same_job(owner):
    key = uuid.uuid4()
    first, second = (enqueue(kinds.STEPS, {"steps": n}, actor=owner, id=key) for n in (1, 2))
    assert (first, second.params, Job.objects.count()) == (second, {"steps": 1}, 1)


def test_an_id_of_another_kind_is_refused(owner):
    key = enqueue(kinds.STEPS, actor=owner).pk
    with pytest.raises(ValueError, match="another kind"):
        enqueue(kinds.CLUMSY, actor=owner, id=key)


def test_an_unknown_kind_raises(owner):
    with pytest.raises(UnknownKey):
        enqueue("test.unknown", actor=owner)


def test_a_waiting_job_is_cancelled_at_once(owner):
    job = cancel_job(JobFactory(requested_by=owner))
    assert (job.status, job.finished_at is not None) == (JobStatus.CANCELLED, True)


def test_a_running_job_is_asked_to_stop(owner):
    job = cancel_job(JobFactory(requested_by=owner, running=True))
    assert (job.status, job.cancel_requested) == (JobStatus.RUNNING, True)
    with pytest.raises(WrongJobStatus):
        cancel_job(job)


def test_a_kind_that_cannot_be_cancelled(owner):
    with pytest.raises(WrongJobStatus):
        cancel_job(JobFactory(requested_by=owner, kind=kinds.CLUMSY))


def test_a_failed_job_starts_again_from_its_checkpoint(owner):
    job = retry_job(JobFactory(requested_by=owner, failed=True, state={"steps": 1}))
    assert (job.status, job.error, job.attempts, job.state) == (JobStatus.QUEUED, "", 0, {"steps": 1})
    assert len(due_jobs()) == 1


@pytest.mark.parametrize("trait", ["succeeded", "running"])
def test_only_what_has_failed_or_was_cancelled_starts_again(owner, trait):
    with pytest.raises(WrongJobStatus):
        retry_job(JobFactory(requested_by=owner, **{trait: True}))


def recorded() -> list[tuple]:
    rows = AuditEntry.objects.filter(operation="access").order_by("id")
    return [(one.table_name, one.object_id, one.actor_id, one.after) for one in rows]


def test_who_stops_a_job_and_starts_it_again_is_on_record(inside_ours, owner, colleague):
    waiting, running = JobFactory(requested_by=owner), JobFactory(requested_by=owner, running=True)
    with organization_context(inside_ours, actor=colleague):
        cancel_job(waiting)
        cancel_job(running)
        retry_job(waiting)
    cancel, retry = ({"action": action, "kind": waiting.kind} for action in ("cancel", "retry"))
    assert recorded() == [
        ("workspace_job", waiting.pk, colleague.pk, cancel),
        ("workspace_job", running.pk, colleague.pk, cancel),
        ("workspace_job", waiting.pk, colleague.pk, retry),
    ]


def test_what_was_refused_is_not(owner):
    done = JobFactory(requested_by=owner, succeeded=True)
    for act in (cancel_job, retry_job):
        with pytest.raises(WrongJobStatus):
            act(done)
    assert recorded() == []


def test_the_requester_hears_of_the_end_once(owner):
    job = change_job_status(JobFactory(requested_by=owner, running=True), JobStatus.SUCCEEDED)
    note = Notification.objects.get(recipient=owner)
    assert (note.kind, note.params["job"]) == ("job_succeeded", str(job.pk))


def test_the_database_refuses_a_failure_without_a_reason(owner):
    job = JobFactory(requested_by=owner, failed=True)
    with pytest.raises(IntegrityError, match="workspace_job_error"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(error="")


LEADS_TO = {
    "queued": {"running", "cancelled"},
    "running": {"queued", "succeeded", "failed", "cancelled"},
    "succeeded": set(),
    "failed": {"queued"},
    "cancelled": {"queued"},
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(JobStatus.values), max_size=12))
def test_whatever_is_asked_the_status_follows_the_map(owner, steps):
    """Any sequence of requests: allowed ones happen, others change nothing, and every row satisfies the checks."""
    with transaction.atomic():
        job = JobFactory(requested_by=owner)
        for step in steps:
            before = job.status
            reason = (
                {"error": "crashed", "error_params": {"attempts": 1}} if step == "failed" else {"error": ""}
            )
            if step in LEADS_TO[before]:
                change_job_status(job, JobStatus(step), **reason)
                assert job.status == step
            else:
                with pytest.raises(WrongJobStatus):
                    change_job_status(job, JobStatus(step), **reason)
                assert Job.objects.get(pk=job.pk).status == before
        connection.check_constraints()
        assert (job.finished_at is None) == (job.status in JobStatus.ACTIVE)
