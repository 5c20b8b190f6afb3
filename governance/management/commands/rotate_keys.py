"""Write everything that is stored under an older key anew, under the newest key of FIELD_KEYS."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.actions.key_rotation import start_count, start_rotation
from governance.queries.key_use import key_lines, left_on_old_keys
from tenancy import crypto
from tenancy.accounts import rotate_second_factors, second_factor_keys
from tenancy.context import organization_context
from tenancy.models import Organization
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.runner import run_job

POLL_SECONDS = 1


class Command(BaseCommand):
    help = (
        "Re-encrypt every organisation's values and files, and second factors, under the newest key of FIELD_KEYS. "
        "Exit code 1 while something is left on an older key. Stop it whenever you like; it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="only this organisation")
        parser.add_argument("--count", action="store_true", help="only say which keys are in use")

    def handle(self, *args: Any, **options: Any) -> None:
        left = 0
        for organization in self._organizations(options["organization"]):
            left += self._one(organization, count_only=options["count"])
        if options["organization"] is None:
            left += self._second_factors(count_only=options["count"])
        if left:
            raise CommandError(f"{left} values are not under the key {crypto.newest_key_id()}.", returncode=1)

    def _organizations(self, slug: str | None) -> list[Organization]:
        found = list(Organization.objects.order_by("slug").filter(**({"slug": slug} if slug else {})))
        if slug and not found:
            raise CommandError(f"There is no organisation {slug!r}.")
        return found

    def _one(self, organization: Organization, *, count_only: bool) -> int:
        with organization_context(organization):
            job = (start_count if count_only else start_rotation)(actor=None)
        job = self._finished(organization, job)
        if job.status != JobStatus.SUCCEEDED:
            raise CommandError(f"{organization.slug}: {job.status} {job.error}", returncode=1)
        counted = job.result["counted"]
        for line in key_lines(counted):
            note = " (newest)" if line.is_newest else " (NOT IN THE RING)" if line.is_missing else ""
            self.stdout.write(
                f"{organization.slug}: {line.key_id}{note}: {line.values} values, {line.files} files"
            )
        if unreadable := job.result.get("unreadable"):
            self.stdout.write(self.style.ERROR(f"{organization.slug}: {unreadable} could not be read"))
        return left_on_old_keys(counted)

    def _finished(self, organization: Organization, job: Job) -> Job:
        """Run it here, or wait for the worker that was quicker."""
        while True:
            ended = run_job(organization.pk, job.pk)
            with organization_context(organization):
                job = Job.objects.get(pk=job.pk)
            if job.status not in JobStatus.ACTIVE:
                return job
            if ended is None:
                time.sleep(POLL_SECONDS)

    def _second_factors(self, *, count_only: bool) -> int:
        if not count_only:
            rotate_second_factors()
        keys = second_factor_keys()
        for key_id, count in sorted(keys.items()):
            self.stdout.write(f"(second factors): {key_id}: {count}")
        return sum(count for key_id, count in keys.items() if key_id != crypto.newest_key_id())
