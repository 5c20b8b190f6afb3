"""The runner, called as a worker calls it: what is done once, and what happens when something breaks."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tenancy.context import organization_context
from tenancy.models import AuditEntry, Department, Due
from workspace import progress, runner
from workspace.actions.job import cancel_job, enqueue
from workspace.enums import JobStatus
from workspace.models import Job, Notification
from workspace.registry import JobKind, job_kinds
from workspace.tests import kinds
from workspace.tests.factories import JobFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(owner):
    """Ask for a job with these params and let a worker run it."""

    def run(kind=kinds.STEPS, **params) -> Job:
        job = enqueue(kind, {"steps": 3, **params}, actor=owner)
        again(job)
        return Job.objects.get(pk=job.pk)

    return run


def again(job: Job) -> Job | None:
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    return runner.run_job(job.organization_id, job.pk)


def stall(job: Job, **values) -> Job:
    """The worker was killed some time ago."""
    silent = timezone.now() - timedelta(seconds=runner.STALLED_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(status=JobStatus.RUNNING, heartbeat_at=silent, **values)
    runner.look_after_jobs(job.organization_id)
    return Job.objects.get(pk=job.pk)


def test_a_job_runs_to_its_end(ask):
    job = ask()
    assert (job.status, job.result, job.attempts) == (JobStatus.SUCCEEDED, {"made": 3}, 1)
    assert (job.done, job.total, job.stage_label) == (3, 3, "Applying")
    assert kinds.made_by(job) == ["0", "1", "2"]


def test_what_it_writes_is_recorded_in_the_name_of_the_requester(ask, owner):
    job = ask(steps=1)
    entry = AuditEntry.objects.filter(table_name="tenancy_department").get()
    assert (entry.actor_id, entry.request_id) == (owner.pk, f"job:{job.pk}")


def test_a_finished_job_is_not_run_twice(ask):
    job = ask()
    assert again(job) is None
    assert kinds.made_by(job) == ["0", "1", "2"]


def test_another_organisation_cannot_run_it(ask, owner, theirs):
    job = JobFactory(requested_by=owner)
    assert runner.run_job(theirs.pk, job.pk) is None
    assert Job.objects.get(pk=job.pk).status == JobStatus.QUEUED


def test_the_batch_that_broke_leaves_nothing_and_the_next_attempt_goes_on(ask):
    job = ask(crash_at=1)
    assert (job.status, job.attempts, job.state, kinds.made_by(job)) == ("queued", 1, {"steps": 1}, ["0"])
    assert job.due_at > timezone.now()
    Job.objects.filter(pk=job.pk).update(params={"steps": 3})
    assert again(job).status == JobStatus.SUCCEEDED
    assert kinds.made_by(job) == ["0", "1", "2"]


def test_poison_stops_at_the_third_attempt(ask, owner):
    job = ask(crash_at=0)
    again(job)
    job = again(job)
    assert (job.status, job.attempts, job.error) == (JobStatus.FAILED, 3, "crashed")
    with translation.override("en"):
        assert job.error_text.startswith("An unexpected error stopped it 3 times.")
    assert Notification.objects.get(recipient=owner).kind == "job_failed"
    assert again(job) is None


def test_a_reason_ends_it_at_once(ask):
    job = ask(fail_at=2)
    assert (job.status, job.attempts, job.error_text) == (JobStatus.FAILED, 1, "Row 2 is bad.")
    assert kinds.made_by(job) == ["0", "1"]


def test_a_kind_that_cannot_go_on_is_not_tried_twice(ask):
    assert (ask(kinds.CLUMSY, crash_at=1).error, ask(kinds.CLUMSY).status) == ("crashed", "succeeded")


def test_cancelled_before_it_starts(owner):
    job = cancel_job(JobFactory(requested_by=owner))
    assert again(job) is None


def test_cancelled_between_two_batches(ask, owner, monkeypatch):
    job = JobFactory(requested_by=owner, params={"steps": 3})
    save = progress.Progress.checkpoint

    def checkpoint_then_cancel(self, *args, **kwargs):
        save(self, *args, **kwargs)
        Job.objects.filter(pk=job.pk).update(cancel_requested=True)

    monkeypatch.setattr(progress.Progress, "checkpoint", checkpoint_then_cancel)
    assert again(job).status == JobStatus.CANCELLED
    assert kinds.made_by(job) == ["0"]


def test_a_job_of_a_dead_worker_goes_on_elsewhere(ask):
    job = stall(ask(crash_at=1), params={"steps": 3})
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 1)
    assert again(job).attempts == 2
    assert kinds.made_by(job) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("kind", "values", "status", "error"),
    [
        (kinds.STEPS, {"attempts": 3}, "failed", "stopped"),
        (kinds.CLUMSY, {"attempts": 1}, "failed", "interrupted"),
        (kinds.STEPS, {"attempts": 1, "cancel_requested": True}, "cancelled", ""),
        (kinds.STEPS, {"attempts": 2}, "queued", ""),
    ],
)
def test_what_becomes_of_a_stalled_job(owner, kind, values, status, error):
    job = stall(JobFactory(requested_by=owner, kind=kind), **values)
    assert (job.status, job.error) == (status, error)


def test_a_live_job_is_left_alone(owner):
    job = JobFactory(requested_by=owner, running=True)
    runner.look_after_jobs(job.organization_id)
    assert Job.objects.get(pk=job.pk).status == JobStatus.RUNNING


def test_a_worker_that_was_thought_dead_writes_nothing_more(owner):
    """It slept through its heartbeat; the job was taken over; its next batch is rolled back."""
    job = JobFactory(requested_by=owner, running=True, params={"steps": 3})
    late = progress.Progress(job, job.organization, owner)
    Job.objects.filter(pk=job.pk).update(attempts=2)
    with pytest.raises(progress.JobSuperseded), late.batch():
        Department.objects.create(name="too late")
    assert Department.objects.count() == 0
    assert runner._settle(job.organization, job, runner.Outcome(JobStatus.SUCCEEDED, {})) is None


def test_a_checkpoint_that_lost_its_job_takes_its_batch_with_it(owner):
    job = JobFactory(requested_by=owner, running=True)
    late = progress.Progress(job, job.organization, owner)
    with pytest.raises(progress.JobSuperseded), late.batch():
        Department.objects.create(name="too late")
        Job.objects.filter(pk=job.pk).update(attempts=2)
        late.checkpoint({"steps": 1})
    assert Department.objects.count() == 0


def test_a_result_that_cannot_be_kept_is_a_failure(owner, monkeypatch):
    kind = JobKind("test.odd", "Odd", lambda job, progress: {"made": object()}, max_attempts=1)
    monkeypatch.setitem(job_kinds._items, kind.key, kind)
    job = again(JobFactory(requested_by=owner, kind=kind.key))
    assert (job.status, job.error) == (JobStatus.FAILED, "crashed")


def test_the_look_comes_again_while_something_is_active(inside_ours, owner):
    now = timezone.now()
    assert runner.next_look(inside_ours, now) is None
    JobFactory(requested_by=owner)
    assert runner.next_look(inside_ours, now) == now + timedelta(seconds=runner.LOOK_AGAIN_SECONDS)


def test_drain_runs_what_waits(inside_ours, owner):
    enqueue(kinds.STEPS, {"steps": 1}, actor=owner)
    enqueue(kinds.STEPS, {"steps": 2}, actor=owner)
    assert [job.result for job in runner.drain(inside_ours)] == [{"made": 1}, {"made": 2}]


@pytest.mark.django_db(transaction=True)
def test_the_sign_of_life_is_written_beside_a_long_batch(ours, monkeypatch):
    monkeypatch.setattr(runner, "HEARTBEAT_SECONDS", 0.05)
    with organization_context(ours):
        job = JobFactory(requested_by=None, params={"steps": 1, "pause": 0.4}, kind=kinds.STEPS)
    seen = []
    spy = runner._sign_of_life
    monkeypatch.setattr(runner, "_sign_of_life", lambda *args: seen.append(spy(*args)))
    finished = runner.run_job(ours.pk, job.pk)
    assert finished.status == JobStatus.SUCCEEDED
    assert len(seen) >= 2
    assert Due.objects.count() == 0
