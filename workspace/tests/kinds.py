"""Kinds registered for tests only. The running of a job is told by its params, so that a real worker can run it too."""

import os
import signal
import time

from tenancy.links import organization_url
from tenancy.models import Department
from workspace.models import Job
from workspace.progress import JobFailed
from workspace.queries.job import jobs_for
from workspace.registry import FolderKind, Hit, JobKind, SearchSource, folder_kinds, job_kinds, search_sources

STEPS, CLUMSY, GUARDED, FOLDER = "test.steps", "test.clumsy", "test.guarded", "test.folder"


def run_steps(job: Job, progress) -> dict:
    """Makes a department per step; `crash_at`, `fail_at`, `die_at`, `pause` tell what goes wrong, and where."""
    told = job.params
    for step in range(progress.state.get("steps", 0), told["steps"]):
        time.sleep(told.get("pause", 0))
        with progress.batch():
            Department.objects.create(name=f"{str(job.pk)[-12:]} {step}")
            if step == told.get("crash_at"):
                raise ZeroDivisionError
            if step == told.get("fail_at"):
                raise JobFailed("bad_row", row=step)
            if step == told.get("die_at") and job.attempts == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            progress.checkpoint({"steps": step + 1}, done=step + 1, total=told["steps"], stage="apply")
    return {"made": told["steps"]}


def made_by(job: Job) -> list[str]:
    found = Department.objects.filter(name__startswith=str(job.pk)[-12:])
    return sorted(name.split()[1] for name in found.values_list("name", flat=True))


def _seen(viewer, folder) -> bool:
    return jobs_for(viewer).filter(params__folder=str(folder.pk)).exists()


def _added(viewer, folder) -> bool:
    return Job.objects.filter(params__folder=str(folder.pk), requested_by=viewer.membership).exists()


def _search(viewer, query: str, limit: int) -> list[Hit]:
    jobs = [job for job in jobs_for(viewer) if query in job.params.get("word", "")]
    return [Hit(job.params["word"], organization_url("workspace:job", pk=job.pk)) for job in jobs[:limit]]


_WORDS = {
    "stages": {"apply": "Applying"},
    "errors": {"bad_row": "Row %(row)s is bad."},
    "url": lambda job: organization_url("workspace:jobs"),
}
job_kinds.register(JobKind(STEPS, "Steps", run_steps, **_WORDS))
job_kinds.register(JobKind(CLUMSY, "Clumsy", run_steps, resumable=False, cancellable=False, **_WORDS))
job_kinds.register(JobKind(GUARDED, "Guarded", run_steps, permission="tenancy.manage_roles", **_WORDS))
folder_kinds.register(FolderKind(FOLDER, _seen, _added))
search_sources.register(SearchSource("test.jobs", "Test jobs", "file", _search, order=900))
