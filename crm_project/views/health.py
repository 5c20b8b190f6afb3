"""/healthz says that the process answers; /readyz that it can serve: never a secret, never a stack trace."""

import time
from collections.abc import Callable
from threading import Lock, Thread

import redis
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm_project import pulse

DEADLINE_SECONDS = 2.5
FRESH_SECONDS = 1
ALIVE_SECONDS = 90
Report = dict[str, str]

ROLE = """
SELECT rolsuper, rolbypassrls, EXISTS (
    SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'MEMBER'))
FROM pg_roles WHERE rolname = current_user"""


class Probe:
    """A check in a thread of its own, one at a time: what hangs delays an answer, and never piles up."""

    def __init__(self, check: Callable[[], Report], without_answer: Report) -> None:
        self.check = check
        self.without_answer = without_answer
        self.report: Report | None = None
        self.taken = 0.0
        self.thread: Thread | None = None
        self.lock = Lock()

    def start(self) -> None:
        with self.lock:
            if self.thread and self.thread.is_alive():
                return
            if self.report is None or time.monotonic() - self.taken > FRESH_SECONDS:
                self.report = None
                self.thread = Thread(target=self.run, daemon=True)
                self.thread.start()

    def run(self) -> None:
        report = self.check()
        self.report, self.taken = report, time.monotonic()

    def answer(self, until: float) -> Report:
        thread, report = self.thread, self.report
        if report is None and thread is not None:
            thread.join(max(0.0, until - time.monotonic()))
            report = self.report
        return report or self.without_answer


def database() -> Report:
    """Reachable, migrated, and used by a role that stands below row-level security."""
    try:
        return {"database": "ok", "migrations": migrations(), "role": role()}
    except DatabaseError:
        return {"database": "unreachable"}
    finally:
        connection.close()


def migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        superuser, bypasses, owns = cursor.fetchone()
    if superuser:
        return "superuser"
    if bypasses:
        return "bypasses row-level security"
    return "owns tables" if owns else "ok"


def queue() -> Report:
    """Redis, and the signs of life that worker and beat leave there."""
    try:
        ages = pulse.ages()
    except redis.RedisError:
        return {"redis": "unreachable"}
    return {"redis": "ok", "worker": liveness(ages[pulse.WORKER]), "beat": liveness(ages[pulse.BEAT])}


def liveness(age: float | None) -> str:
    if age is None:
        return "not seen"
    return "ok" if age < ALIVE_SECONDS else f"silent for {int(age)} s"


database_probe = Probe(database, {"database": "no answer"})
queue_probe = Probe(queue, {"redis": "no answer"})


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 unless the database serves us safely. The queue is only reported: pages work without it."""
    until = time.monotonic() + DEADLINE_SECONDS
    for probe in (database_probe, queue_probe):
        probe.start()
    vital = database_probe.answer(until)
    ready = all(answer == "ok" for answer in vital.values())
    checks = {**vital, **queue_probe.answer(until)}
    return JsonResponse(
        {"status": "ready" if ready else "not ready", "checks": checks}, status=200 if ready else 503
    )
