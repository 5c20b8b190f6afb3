"""A real worker over a real queue, killed in the middle of a job: everything happens exactly once."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tenancy.context import organization_context
from tenancy.models import Due
from workspace import doorbell, runner, tasks
from workspace.actions.job import enqueue
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.tests import kinds

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = 12


@pytest.fixture
def prefix(monkeypatch):
    """A corner of the queue of this test's own."""
    chosen = f"{connection.settings_dict['NAME']}:"
    monkeypatch.setitem(current_app.conf.broker_transport_options, "global_keyprefix", chosen)
    # A test before this one may have rung: what it rang with stays open, and knows the old corner only.
    monkeypatch.setattr(current_app, "_pool", None)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", None)
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)
    yield chosen
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter(f"{chosen}*"):
            client.delete(key)


@contextmanager
def worker(prefix: str, log: Path):
    """A worker in a process group of its own, so that it can be killed with all its children."""
    database = settings.DATABASES["default"]
    address = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    own = {"DATABASE_URL": address, "QUEUE_PREFIX": prefix, "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    env = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "crm_project.settings", "CRM_PULSE": "0"}
    options = ["--concurrency=1", "--without-gossip", "--without-mingle", "-I", "workspace.tests.kinds"]
    command = [sys.executable, "-m", "celery", "-A", "crm_project", "worker", *options]
    with log.open("ab") as output:
        pipes = {"stdout": output, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(command, env=env, cwd=settings.BASE_DIR, start_new_session=True, **pipes)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def state_of(job: Job) -> Job:
    with organization_context(job.organization):
        return Job.objects.get(pk=job.pk)


def wait_until(seen, log: Path, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, f"The worker did not get there: {log.read_text()[-2000:]}"
        time.sleep(0.05)


def test_a_job_whose_worker_is_killed_is_done_once(ours, prefix, tmp_path):
    log = tmp_path / "worker.log"
    with organization_context(ours):
        job = enqueue(kinds.STEPS, {"steps": STEPS, "pause": 0.1}, actor=None)
    with worker(prefix, log) as first:
        wait_until(lambda: state_of(job).done >= 3, log)
        kill(first)
    stopped = state_of(job)
    assert stopped.status == JobStatus.RUNNING
    assert 3 <= stopped.done < STEPS

    # Time passes: nobody has seen a sign of life. What beat would send now, the test sends.
    with organization_context(ours):
        silent = timezone.now() - timedelta(seconds=runner.STALLED_SECONDS + 1)
        Job.objects.filter(pk=job.pk).update(heartbeat_at=silent)
    Due.objects.filter(kind="jobs").update(due_at=timezone.now())
    with worker(prefix, log):
        tasks.sweep.delay()
        wait_until(lambda: state_of(job).status == JobStatus.SUCCEEDED, log)
    finished = state_of(job)
    with organization_context(ours):
        made = kinds.made_by(job)
    assert (finished.attempts, finished.done) == (2, STEPS)
    assert made == sorted(str(step) for step in range(STEPS))
