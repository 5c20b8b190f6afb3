"""The upkeep of the audit: sealing, anchoring, verifying, as background work."""

from typing import Any

from tenancy.audit.anchors import anchor_head
from tenancy.audit.chain import PLATFORM
from tenancy.audit.records import ensure_partitions
from tenancy.audit.seal import seal_organization, seal_platform
from tenancy.audit.verify import verify_chain
from tenancy.models import Membership
from workspace.actions.job import enqueue
from workspace.models import Job
from workspace.progress import Progress

VERIFY = "governance.verify_audit"
FINDINGS_KEPT = 200


def seal(organization_id: int) -> None:
    """Every few minutes: seal what has settled, the platform's own chain included."""
    seal_organization(organization_id)
    seal_platform()


def anchor(organization_id: int) -> None:
    """Every night: write the chain's end outside the database, and make the partitions of the months to come."""
    seal(organization_id)
    anchor_head(organization_id)
    anchor_head(PLATFORM)
    ensure_partitions()


def start_verification(*, actor: Membership) -> Job:
    """Have the whole chain verified in the background; leads to the job already under way, if there is one."""
    under_way = Job.objects.active().filter(kind=VERIFY).first()
    return under_way or enqueue(VERIFY, actor=actor)


def run_verification(job: Job, progress: Progress) -> dict[str, Any]:
    organization_id = progress.organization.pk

    def tell(done: int, total: int) -> None:
        progress.checkpoint(done=done, total=total, stage="blocks")

    report = verify_chain(organization_id, on_block=tell)
    return {
        "intact": report.is_intact,
        "blocks": len(report.blocks),
        "upto": report.blocks[-1].number if report.blocks else 0,
        "entries": report.entries,
        "unsealed": report.unsealed,
        "erased": report.erased,
        "anchors": report.anchors,
        "broken": sorted({finding.block for finding in report.findings if finding.block is not None}),
        "findings": [
            [finding.kind, finding.block, finding.entry, finding.detail]
            for finding in report.findings[:FINDINGS_KEPT]
        ],
    }
