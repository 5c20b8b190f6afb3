"""`launch run` from an empty `.local` to Ctrl-C, as a person meets it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request

import psycopg2
import pytest

from launch import environment, processes
from launch.demo import LOG_INS
from launch.tests.conftest import ROOT

PATIENCE = 300


@pytest.fixture
def start(place, tmp_path):
    """Starts the product with settings of the person's: (process, url, what it has printed)."""
    started = []

    def begin(**chosen):
        said = tmp_path / f"said-{len(started)}"
        process, url = launched(place, said, chosen)
        started.append(process)
        processes.wait_until(lambda: "ready:" in said.read_text() or process.poll() is not None, PATIENCE)
        return process, url, said

    yield begin
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def launched(place, said, chosen):
    port = processes.free_port()
    given = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL")
    environ = {key: value for key, value in os.environ.items() if key not in given}
    environ = {key: value for key, value in environ.items() if not key.startswith("DEMO")}
    environ |= {"PORT": str(port), "CRM_LOCAL_DIR": str(place.local), **chosen}
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "launch", "run"], cwd=ROOT, env=environ, stdout=output, stderr=output
        )
    return process, f"http://127.0.0.1:{port}"


def test_from_nothing_to_ctrl_c_and_once_more(start, place):
    """A database of our own is a demo, which is made once and kept. One test, since a first start takes its time."""
    process, url, said = start(DEMO_CUSTOMERS="12")
    assert f"Evergreen CRM is ready: {url}" in said.read_text()
    assert_answers(url)
    assert_prints_log_ins(said)
    assert "▸ Demo data" in said.read_text()
    made = stored(place)
    assert (len(made["tenancy_organization"]), len(made["customers_customer"]) > 12) == (2, True)
    assert_stops(process, place, said)

    process, url, said = start(DEMO_CUSTOMERS="12")
    assert_answers(url)
    assert_prints_log_ins(said)
    assert "Demo data" not in said.read_text()
    assert stored(place) == made
    assert_stops(process, place, said)


def assert_answers(url):
    with urllib.request.urlopen(f"{url}/readyz") as answer:
        assert json.loads(answer.read())["status"] == "ready"
    with urllib.request.urlopen(f"{url}/accounts/login/") as page:
        assert page.status == 200


def assert_prints_log_ins(said):
    printed = said.read_text()
    assert [line for line in LOG_INS.splitlines() if line.strip() not in printed] == []


def assert_stops(process, place, said):
    """By Ctrl-C, with everything that it has started."""
    children = json.loads((place.local / "run.json").read_text())
    servers = [int((place.local / "redis" / "server.pid").read_text())]
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert "Traceback" not in said.read_text()
    assert [pid for pid in (*children, *servers) if processes.command_of(pid)] == []
    assert not list((place.local / "postgres").glob("postmaster.pid"))


def stored(place):
    """Keys of what the demo is made of, by table."""
    tables = ("tenancy_organization", "tenancy_membership", "customers_customer", "customers_contactpoint")
    server = psycopg2.connect(environment.read(place.env_file)["DATABASE_BACKUP_URL"])
    try:
        with server.cursor() as cursor:
            found = {}
            for table in tables:
                cursor.execute(f"SELECT id::text FROM {table} ORDER BY 1")
                found[table] = [key for (key,) in cursor.fetchall()]
            return found
    finally:
        server.close()
