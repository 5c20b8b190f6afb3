"""A whole house for the browser: own database, own queue, gunicorn, a worker and beat, the demo people."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis

from benchmarks.scratch import scratch_database
from benchmarks.serving import served
from crm_project import environment as env

SETTINGS = "e2e.settings"
PASSWORD = "evergreen-demo"


@dataclass(frozen=True)
class House:
    url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        result = subprocess.run(
            command, env=self.environment, cwd=env.BASE_DIR, check=True, capture_output=True, text=True
        )
        return result.stdout


@contextmanager
def house(name: str, make: Callable[[str], None], *, queue: int, customers: int = 160) -> Iterator[House]:
    """`make` makes its database; `queue` is the number of the Redis database: each house has its own."""
    files = env.LOCAL_DIR / f"media-e2e-{name}"
    with scratch_database(f"e2e_house_{name}", make) as environment, _removed(files):
        environment |= {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "DEMO": "1",
            "DEBUG": "0",
            "REDIS_URL": _queue(queue),
            "MEDIA_ROOT": str(files),
            "CRM_PULSE": "0",
        }
        House("", environment).manage("seed_demo", "--customers", str(customers))
        with served(SETTINGS, environment) as server, _celery(environment):
            yield House(f"http://127.0.0.1:{server.port}", environment)


@contextmanager
def _removed(folder: Path) -> Iterator[None]:
    """At the end: every run has a folder of its own."""
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _queue(number: int) -> str:
    url = urlunsplit(urlsplit(env.text("REDIS_URL"))._replace(path=f"/{number}"))
    redis.Redis.from_url(url).flushdb()
    return url


@contextmanager
def _celery(environment: dict[str, str]) -> Iterator[None]:
    log = open(os.devnull, "w")  # noqa: SIM115
    schedule = env.LOCAL_DIR / f"beat-e2e-{os.getpid()}"
    worker = ["worker", "--pool=solo", "--without-gossip", "--without-mingle", "--loglevel=warning"]
    beat = ["beat", "--loglevel=warning", f"--schedule={schedule}", "--pidfile="]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "crm_project", *arguments],
            env=environment,
            cwd=env.BASE_DIR,
            stdout=log,
            stderr=log,
        )
        for arguments in (worker, beat)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
        log.close()
        for path in env.LOCAL_DIR.glob(f"{schedule.name}*"):
            path.unlink(missing_ok=True)
