"""/healthz and /readyz, with the servers that can fail really failing."""

import json
import socket
import threading
import time

import pytest
from django.conf import settings
from django.db import connection, connections

from crm_project import pulse
from crm_project.views import health


@pytest.fixture(autouse=True)
def fresh_probes(monkeypatch):
    """Each test asks anew: an answer is otherwise kept for a second."""
    monkeypatch.setattr(health, "database_probe", health.Probe(health.database, {"database": "no answer"}))
    monkeypatch.setattr(health, "queue_probe", health.Probe(health.queue, {"redis": "no answer"}))


@pytest.fixture
def silent_server():
    """A server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield server.getsockname()[1]


def ready(client):
    response = client.get("/readyz")
    return response.status_code, json.loads(response.content)


def test_alive_without_any_server(client):
    response = client.get("/healthz")
    assert (response.status_code, json.loads(response.content)) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_ready_as_the_application_role(client):
    pulse.Pulse(pulse.WORKER).beat()
    pulse.Pulse(pulse.BEAT).beat()
    names = ("database", "migrations", "role", "redis", "worker", "beat")
    assert ready(client) == (200, {"status": "ready", "checks": dict.fromkeys(names, "ok")})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ((True, True, True), "superuser"),
        ((False, True, False), "bypasses row-level security"),
        ((False, False, True), "owns tables"),
        ((False, False, False), "ok"),
    ],
)
def test_a_role_that_stands_above_the_walls_is_not_ready(monkeypatch, answer, verdict):
    monkeypatch.setattr(health, "ROLE", f"SELECT {', '.join(map(str, answer))}")
    assert health.role() == verdict


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_is_recognised():
    with connections["owner"].cursor() as cursor:
        cursor.execute(health.ROLE)
        assert cursor.fetchone() == (False, False, True)


@pytest.mark.django_db
def test_pending_migrations_are_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "migrations", lambda: "pending")
    status, body = ready(client)
    assert (status, body["status"], body["checks"]["migrations"]) == (503, "not ready", "pending")


def test_without_a_database_the_answer_is_a_plain_503(client, monkeypatch):
    def refuse():
        raise health.DatabaseError("FATAL: password authentication failed for user crm_app")

    monkeypatch.setattr(health, "migrations", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert json.loads(response.content)["checks"]["database"] == "unreachable"
    assert b"crm_app" not in response.content


def test_a_database_that_hangs_does_not_hang_the_answer_nor_pile_up_threads(client, monkeypatch):
    released = threading.Event()
    probe = health.Probe(lambda: released.wait(30) and {}, {"database": "no answer"})
    monkeypatch.setattr(health, "database_probe", probe)
    monkeypatch.setattr(health, "DEADLINE_SECONDS", 0.3)
    before = threading.active_count()
    for _ in range(3):
        begun = time.monotonic()
        status, body = ready(client)
        assert (status, body["checks"]["database"]) == (503, "no answer")
        assert time.monotonic() - begun < 2
    assert threading.active_count() <= before + 2
    released.set()


@pytest.mark.django_db
def test_a_hung_or_absent_redis_is_reported_and_not_fatal(client, silent_server, monkeypatch):
    for url in (f"redis://127.0.0.1:{silent_server}/0", "redis://127.0.0.1:1/0"):
        monkeypatch.setattr(settings, "REDIS_URL", url)
        monkeypatch.setattr(health, "queue_probe", health.Probe(health.queue, {"redis": "no answer"}))
        begun = time.monotonic()
        status, body = ready(client)
        assert (status, body["checks"]["redis"]) == (200, "unreachable")
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize(("age", "word"), [(None, "not seen"), (3.0, "ok"), (400.0, "silent for 400 s")])
def test_signs_of_life(age, word):
    assert health.liveness(age) == word
