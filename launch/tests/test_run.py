"""`launch run` from an empty `.local` to Ctrl-C, as a person meets it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from launch import processes
from launch.tests.conftest import ROOT

PATIENCE = 180


@pytest.fixture
def running(place, tmp_path):
    """A started product: (process, url, what it has printed)."""
    port = processes.free_port()
    given = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "REDIS_URL")
    environ = {key: value for key, value in os.environ.items() if key not in given}
    environ |= {"PORT": str(port), "DEMO": "0", "CRM_LOCAL_DIR": str(place.local)}
    said = tmp_path / "said"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "launch", "run"], cwd=ROOT, env=environ, stdout=output, stderr=output
        )
    url = f"http://127.0.0.1:{port}"
    processes.wait_until(lambda: "ready:" in said.read_text() or process.poll() is not None, PATIENCE)
    yield process, url, said
    if process.poll() is None:
        process.terminate()
        process.wait(60)


def test_from_nothing_to_ctrl_c(running, place):
    process, url, said = running
    assert f"Evergreen CRM is ready: {url}" in said.read_text()
    with urllib.request.urlopen(f"{url}/readyz") as answer:
        assert json.loads(answer.read())["status"] == "ready"
    with urllib.request.urlopen(f"{url}/accounts/login/") as page:
        assert page.status == 200
    children = json.loads((place.local / "run.json").read_text())
    servers = [int((place.local / "redis" / "server.pid").read_text())]

    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert "Traceback" not in said.read_text()
    assert [pid for pid in (*children, *servers) if processes.command_of(pid)] == []
    assert not list((place.local / "postgres").glob("postmaster.pid"))
