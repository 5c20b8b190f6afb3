"""What a job's `run(job, progress)` works with: batches, checkpoints, cancelling, failing with a reason."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from tenancy.context import has_organization, organization_context
from tenancy.models import Membership, Organization
from workspace.enums import JobStatus
from workspace.models import Job


class JobCancelled(Exception):
    """The person asked to stop. What the batches before have done stays, unless the job undoes it itself."""


class JobSuperseded(Exception):
    """Another worker has taken the job over; this one's batch is rolled back."""


class JobFailed(Exception):
    """`raise JobFailed("empty_file", row=3)`: the job ends for this reason and is not tried again by itself.

    The code is one of the kind's `errors` (or of `workspace.models.job.COMMON_ERRORS`).
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class Progress:
    """One attempt at one job.

        rows_done = progress.state.get("rows", 0)          # where an interrupted attempt left off
        while …:
            with progress.batch():                         # one short transaction in the organisation
                …write…
                progress.checkpoint({"rows": n}, done=n, total=total, stage="apply")

    What a batch writes and its checkpoint are saved together or not at all: a killed worker's batch is done
    exactly once.
    Nothing is open between batches: that is the place for reading files and for the network.
    """

    def __init__(self, job: Job, organization: Organization, actor: Membership | None) -> None:
        self.job_id, self.attempt = job.pk, job.attempts
        self.organization, self.actor = organization, actor
        self.state: dict[str, Any] = dict(job.state)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """A transaction in the job's organisation, in the name of the person who asked. Raises JobCancelled,
        JobSuperseded.
        """
        with organization_context(self.organization, actor=self.actor, request_id=f"job:{self.job_id}"):
            self._check()
            yield

    def checkpoint(
        self,
        state: Mapping[str, Any] | None = None,
        *,
        done: int | None = None,
        total: int | None = None,
        stage: str | None = None,
    ) -> None:
        """Record how far it has come: inside a batch with the batch, outside one at once.

        `state` replaces the state from which a later attempt resumes; `stage` is a code of the kind's
        `stages`.
        """
        given = {"state": state, "done": done, "total": total, "stage": stage}
        values = {name: value for name, value in given.items() if value is not None}
        if has_organization():
            self._save(values)
        else:
            with self.batch():
                self._save(values)
        if state is not None:
            self.state = dict(state)

    def _mine(self):
        return Job.objects.filter(pk=self.job_id, status=JobStatus.RUNNING, attempts=self.attempt)

    def _save(self, values: Mapping[str, Any]) -> None:
        if not self._mine().update(**values, heartbeat_at=timezone.now()):
            raise JobSuperseded

    def _check(self) -> None:
        cancel = self._mine().values_list("cancel_requested", flat=True).first()
        if cancel is None:
            raise JobSuperseded
        if cancel:
            raise JobCancelled
