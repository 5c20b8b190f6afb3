"""Read the audit again and say whether it is what was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenancy.audit.chain import PLATFORM
from tenancy.audit.findings import Report
from tenancy.audit.verify import verify_chain
from tenancy.models import Organization

SHOWN = 50


class Command(BaseCommand):
    help = "Verify the sealed audit of every organisation and of the platform; exit code 1 when it was tampered with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="only this organisation")
        parser.add_argument("--blocks", action="store_true", help="list every block")

    def handle(self, *args: Any, **options: Any) -> None:
        intact = True
        for name, organization_id in self._chains(options["organization"]):
            report = verify_chain(organization_id)
            self._print(name, report, every_block=options["blocks"])
            intact = intact and report.is_intact
        if not intact:
            raise CommandError("The audit is not what was written.", returncode=1)

    def _chains(self, slug: str | None) -> list[tuple[str, int]]:
        if slug is None:
            found = Organization.objects.order_by("slug").values_list("slug", "pk")
            return [*found, ("(platform)", PLATFORM)]
        try:
            return [(slug, Organization.objects.get(slug=slug).pk)]
        except Organization.DoesNotExist:
            raise CommandError(f"There is no organisation {slug!r}.") from None

    def _print(self, name: str, report: Report, *, every_block: bool) -> None:
        counts = (
            f"{len(report.blocks)} blocks, {report.entries} sealed entries, {report.unsealed} not sealed yet, "
            f"{report.erased} erased, {report.anchors} anchors"
        )
        verdict = self.style.SUCCESS("intact") if report.is_intact else self.style.ERROR("BROKEN")
        self.stdout.write(f"{name}: {verdict} ({counts})")
        for block in report.blocks if every_block else ():
            sealed = timezone.localtime(block.sealed_at).isoformat(timespec="seconds")
            state = "intact" if block.is_intact else "BROKEN"
            self.stdout.write(f"  block {block.number}: {block.entries} entries, sealed {sealed}, {state}")
        for finding in report.findings[:SHOWN]:
            self.stdout.write(f"  - {finding}")
        if len(report.findings) > SHOWN:
            self.stdout.write(f"  … and {len(report.findings) - SHOWN} more")
