"""Imports of 100,000 customers, end to end: read, checked, matched, written with audit, search documents and timeline.

Each format runs in a process of its own that has imported ten rows before, as a worker would have. Targets: 2,000 rows a
second; peak memory 32 MB (CSV) and 160 MB (XLSX) above what the worker had after the ten rows. Exits 1 when one is missed.
"""

import argparse
import gc
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FORMATS = {"csv": 32, "xlsx": 160}
ROWS_A_SECOND = 2000
_MEGABYTE = 1024 * 1024


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--formats", nargs="+", choices=list(FORMATS), default=list(FORMATS))
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    parser.add_argument("--measure", nargs=2, metavar=("SMALL", "LARGE"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(_measure(*map(Path, options.measure))))
        return 0
    figures = [_run(name, options.rows) for name in options.formats]
    for one in figures:
        _show(one)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))
    return 0 if all(one["met"] for one in figures) else 1


def _run(name: str, rows: int) -> dict[str, Any]:
    from benchmarks.scratch import scratch_database

    with scratch_database("bench_imports") as environment, tempfile.TemporaryDirectory() as folder:
        environment |= {"MEDIA_ROOT": str(Path(folder) / "media"), "DEBUG": "0"}
        environment["REDIS_URL"] = "redis://127.0.0.1:1/0"  # nobody else's worker is woken
        small, large = Path(folder) / f"small.{name}", Path(folder) / f"large.{name}"
        for path, count in ((small, 10), (large, rows)):
            subprocess.run(
                [sys.executable, "-m", "benchmarks.import_data", str(path), str(count)], check=True
            )
        command = [sys.executable, "-m", "benchmarks", "imports", "--measure", str(small), str(large)]
        result = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        measured = json.loads(result.stdout.splitlines()[-1])
    rate = measured["rows"] / measured["seconds"]
    met = rate >= ROWS_A_SECOND and measured["memory"] <= FORMATS[name]
    return {
        "format": name,
        "rows_a_second": round(rate),
        "memory_target": FORMATS[name],
        "met": met,
        **measured,
    }


def _show(one: dict[str, Any]) -> None:
    rows = one["rows"]
    print(
        f"{one['format']:5} {rows:>8,} rows  {one['rows_a_second']:>6,} rows/s (target {ROWS_A_SECOND:,})",
        end="",
    )
    print(
        f"  peak memory +{one['memory']:.1f} MB (target {one['memory_target']}, worker {one['worker']:.0f} MB)",
        end="",
    )
    print("" if one["met"] else "  MISSED")
    for stage, seconds in one["stages"].items():
        print(f"        {stage:16} {seconds:>7.2f} s {seconds / rows * 1e6:>8.1f} µs a row")


def _measure(small: Path, large: Path) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_project.settings")
    import django

    django.setup()
    logging.disable(logging.ERROR)  # a doorbell that does not answer is reported at every turn
    organization, member = _organization()
    _walk(organization, _upload(organization, member, small), {})
    gc.collect()
    before = _memory_now()
    started, cpu, server = time.perf_counter(), time.process_time(), _server_cpu()
    batch = _upload(organization, member, large)
    stages = {"upload": time.perf_counter() - started}
    rows = _walk(organization, batch, stages)
    seconds = time.perf_counter() - started
    stages["python (CPU)"] = time.process_time() - cpu
    stages["postgresql (CPU)"] = _server_cpu() - server
    return {"rows": rows, "seconds": seconds, "stages": stages, "worker": before, "memory": _peak() - before}


def _memory_now() -> float:
    """MB resident now; the peak counts anew from here, so that loading the program does not hide what the import takes."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return _peak()
    return _status("VmRSS")


def _server_cpu() -> float:
    """Seconds of processor time of the server, all its processes together; 0 where they cannot be seen."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    try:
        postmaster = int(_process(pid)[1])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        ticks = sum(map(int, _process(postmaster)[11:15]))
        ticks += sum(int(used) for child in children for used in _process(int(child))[11:13])
    except OSError:
        return 0.0
    return ticks / os.sysconf("SC_CLK_TCK")


def _process(pid: int) -> list[str]:
    """The figures of a process behind its name: state, parent, …, own and ended children's ticks from the twelfth on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _peak() -> float:
    """MB. VmHWM is this process's own; ru_maxrss of a process starts at what its parent had."""
    if Path("/proc/self/status").exists():
        return _status("VmHWM")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / _MEGABYTE


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def _organization() -> tuple[Any, Any]:
    from django.contrib.auth.models import Permission

    from tenancy.context import organization_context
    from tenancy.enums import Scope
    from tenancy.models import Membership, MembershipRole, Organization, Role, RolePermission, User

    organization = Organization.objects.create(slug="bench", name="Bench")
    with organization_context(organization):
        user = User.objects.create_user("bench@example.test", "evergreen-bench")
        member = Membership.objects.create(user=user, name="Bench")
        role = Role.objects.create(name_zh="Bench", scope=Scope.ORGANIZATION)
        MembershipRole.objects.create(membership=member, role=role)
        RolePermission.objects.bulk_create(
            RolePermission(role=role, permission=one) for one in Permission.objects.all()
        )
    return organization, member


def _upload(organization: Any, member: Any, path: Path) -> Any:
    from customers.actions.import_batch import upload_import
    from tenancy.context import organization_context

    with organization_context(organization, actor=member), path.open("rb") as stream:
        return upload_import(stream, path.name, actor=member)


def _walk(organization: Any, batch: Any, stages: dict[str, float]) -> int:
    """Check and apply as a worker does. Answers the number of customers made; adds the seconds of each stage."""
    from customers.actions.import_batch import start_apply, start_check
    from customers.importing.options import Options
    from customers.models import ImportBatch
    from tenancy.context import organization_context
    from workspace.runner import run_job

    for stage in ("check", "apply"):
        with organization_context(organization, actor=batch.created_by):
            if stage == "check":
                batch = start_check(
                    batch, batch.mapping, Options.from_json(batch.options), actor=batch.created_by
                )
            else:
                batch = start_apply(batch, actor=batch.created_by)
        clock = _Clock()
        with clock.watching():
            run_job(organization.pk, batch.job_id)
        stages[stage] = clock.total
        stages[f"{stage} (database)"] = clock.database
        with organization_context(organization):
            batch = ImportBatch.objects.select_related("created_by").get(pk=batch.pk)
    if batch.status != "applied":
        raise SystemExit(f"the import ended as {batch.status}")
    return batch.new


class _Clock:
    """Seconds in all, and those of them spent waiting for PostgreSQL."""

    total = database = 0.0

    def watching(self):
        from contextlib import contextmanager

        from django.db import connection

        def timed(execute, *args):
            started = time.perf_counter()
            try:
                return execute(*args)
            finally:
                self.database += time.perf_counter() - started

        @contextmanager
        def watch():
            started = time.perf_counter()
            with connection.execute_wrapper(timed):
                yield
            self.total = time.perf_counter() - started

        return watch()
