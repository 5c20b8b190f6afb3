"""gunicorn with two workers, and what the processes of a request cost."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crm_project import environment as env

_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One gunicorn and its children."""

    def __init__(self, process: subprocess.Popen, port: int) -> None:
        self.process = process
        self.port = port

    def cpu_seconds(self) -> float:
        return sum(_cpu_of(pid) for pid in [self.process.pid, *_children(self.process.pid)])


@contextmanager
def served(settings_module: str, environment: dict[str, str]) -> Iterator[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "crm_project.wsgi", "--workers=2", "--no-control-socket"]
    command += [
        f"--bind=127.0.0.1:{port}",
        "--log-level=warning",
        "--keep-alive=60",
        "--worker-class=gthread",
    ]
    environment = {**environment, "DJANGO_SETTINGS_MODULE": settings_module, "DEBUG": "0", "PORT": str(port)}
    process = subprocess.Popen(command, env=environment, cwd=env.BASE_DIR)
    try:
        _wait_until_open(port, process)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def database_cpu_seconds() -> float:
    """CPU of every PostgreSQL process of this machine that serves our port, the ended ones included in their parent."""
    return sum(_cpu_of(pid, with_children=True) for pid in _processes_named("postgres"))


def _wait_until_open(port: int, process: subprocess.Popen) -> None:
    for _ in range(150):
        if process.poll() is not None:
            raise RuntimeError("gunicorn ended before it answered")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn did not answer within 15 seconds")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _cpu_of(pid: int, *, with_children: bool = False) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    used = fields[11:15] if with_children else fields[11:13]
    return sum(map(int, used)) / _TICKS


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _processes_named(name: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "comm").read_text().strip() == name:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
