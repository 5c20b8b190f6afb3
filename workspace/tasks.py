"""Doors of the background: ids in, by keyword, and one call."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from celery import Task, shared_task

from tenancy.context import organization_context
from tenancy.errors import NoOrganization
from workspace import runner, sweeper


class OrganizationTask(Task):
    """A task of one organisation: `organization_id` by keyword, or it is refused, when sent and when run.

    The body runs inside the organisation's context; with `opens_context = False` it opens short ones itself.
    """

    abstract = True
    opens_context = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        organization_id = self._organization_of(args, kwargs)
        if not self.opens_context:
            return self.run(**kwargs)
        with organization_context(organization_id):
            return self.run(**kwargs)

    def apply_async(self, args: Any = None, kwargs: Any = None, *more: Any, **options: Any) -> Any:  # type: ignore[override]
        self._organization_of(args or (), kwargs or {})
        return super().apply_async(args, kwargs, *more, **options)

    def _organization_of(self, args: Any, kwargs: Mapping[str, Any]) -> int:
        organization_id = kwargs.get("organization_id")
        if args or not isinstance(organization_id, int):
            raise NoOrganization(f"{self.name} takes its arguments by keyword, among them organization_id.")
        return organization_id


@shared_task(base=OrganizationTask, opens_context=False, expires=60)
def run_job(*, organization_id: int, job_id: str) -> None:
    runner.run_job(organization_id, UUID(job_id))


@shared_task(base=OrganizationTask, opens_context=False, expires=60)
def run_due(*, organization_id: int, kind: str, claim: str) -> None:
    sweeper.run_due(organization_id, kind, datetime.fromisoformat(claim))


@shared_task
def sweep() -> None:
    """Belongs to no organisation: reads the payload-free due rows of all, and sends each its own task."""
    for claim in sweeper.claim_due_rows():
        run_due.delay(organization_id=claim.organization_id, kind=claim.kind, claim=claim.due_at.isoformat())
