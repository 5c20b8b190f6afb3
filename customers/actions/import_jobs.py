"""The background half of imports: what workers run, and what is registered with the workspace."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from customers.enums import ImportStatus
from customers.importing.applying import apply
from customers.importing.problems import FileProblem
from customers.importing.reverting import revert
from customers.importing.staging import stage
from customers.importing.status import change_import_status
from customers.models import ImportBatch, ImportRow
from tenancy.links import organization_url
from workspace.models import Job
from workspace.progress import JobFailed, Progress


def run_check(job: Job, progress: Progress) -> Mapping[str, Any]:
    return _run(stage, job, progress)


def run_apply(job: Job, progress: Progress) -> Mapping[str, Any]:
    return _run(apply, job, progress)


def run_revert(job: Job, progress: Progress) -> Mapping[str, Any]:
    return _run(revert, job, progress)


def _run(
    work: Callable[[uuid.UUID, Progress], Mapping[str, Any]], job: Job, progress: Progress
) -> Mapping[str, Any]:
    batch_id = uuid.UUID(job.params["batch"])
    try:
        return work(batch_id, progress)
    except FileProblem as problem:
        with progress.batch():
            _fail(batch_id, problem)
        raise JobFailed(problem.code, **problem.params) from None


def _fail(batch_id: uuid.UUID, problem: FileProblem) -> None:
    ImportRow.objects.filter(batch=batch_id)._raw_delete(ImportRow.objects.db)
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    change_import_status(
        batch, ImportStatus.FAILED, failure=problem.code, failure_params=problem.params, rows=0
    )


def page_of(job: Job) -> str:
    return organization_url("customers:import_preview", pk=job.params["batch"])
