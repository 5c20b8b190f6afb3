"""Tasks carry their organisation or are refused; a queue that is away or hangs holds nobody up."""

import socket
import time

import pytest
from celery import current_app, shared_task
from kombu import Connection

from tenancy.context import current_organization_id, organization_context
from tenancy.db import uuid7
from tenancy.errors import NoOrganization
from tenancy.tests.factories import MembershipFactory
from workspace import doorbell, tasks
from workspace.actions.job import enqueue
from workspace.models import Job
from workspace.tests import kinds

pytestmark = pytest.mark.django_db


@shared_task(base=tasks.OrganizationTask, name="test.where")
def where(*, organization_id: int) -> int:
    return current_organization_id()


def test_a_task_runs_inside_its_organisation(ours):
    assert where(organization_id=ours.pk) == ours.pk


@pytest.mark.parametrize(("args", "kwargs"), [((), {}), ((1,), {}), ((), {"organization_id": "1"})])
def test_a_task_without_an_organisation_fails_loudly(args, kwargs):
    with pytest.raises(NoOrganization):
        where(*args, **kwargs)
    with pytest.raises(NoOrganization):
        where.apply_async(args, kwargs)


def test_the_own_tasks_of_the_house_are_known():
    assert {"sweep", "run_due", "run_job"} <= {name.split(".")[-1] for name in current_app.tasks}
    assert current_app.conf.beat_schedule["sweep"]["task"] == tasks.sweep.name


@pytest.fixture
def queue_at(monkeypatch):
    """Let the product look for its queue at this port."""
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)

    def point(port: int) -> None:
        options = current_app.conf.broker_transport_options
        connection = Connection(f"redis://127.0.0.1:{port}/0", transport_options=options, connect_timeout=2)
        send = current_app.send_task
        monkeypatch.setattr(current_app, "send_task", lambda *a, **k: send(*a, **k, connection=connection))

    return point


def seconds(ring) -> float:
    start = time.monotonic()
    ring()
    return time.monotonic() - start


@pytest.mark.django_db(transaction=True)
def test_with_the_queue_down_a_job_is_saved_all_the_same(ours, queue_at):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    queue_at(port)

    def ask():
        with organization_context(ours):
            enqueue(kinds.STEPS, {"steps": 1}, actor=MembershipFactory())

    assert seconds(ask) < 2
    assert doorbell._silent_until > time.monotonic()
    with organization_context(ours):
        assert Job.objects.count() == 1


def test_a_queue_that_hangs_costs_one_request_two_seconds_and_the_next_nothing(ours, queue_at):
    with socket.create_server(("127.0.0.1", 0)) as server:
        queue_at(server.getsockname()[1])
        assert seconds(lambda: doorbell.ring(ours.pk, uuid7())) < 3
        assert seconds(lambda: doorbell.ring(ours.pk, uuid7())) < 0.05
