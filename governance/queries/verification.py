"""The state of an organisation's chain, and what its last verification found."""

from dataclasses import dataclass
from datetime import datetime

from governance.actions.audit import VERIFY
from tenancy.audit.findings import Break, Finding
from tenancy.models import AuditBlock, AuditHead
from workspace.enums import JobStatus
from workspace.models import Job

BLOCKS_SHOWN = 50


@dataclass(frozen=True)
class BlockLine:
    """A block and the verdict of the last verification on it: None when it was not part of it."""

    number: int
    entries: int
    sealed_at: datetime
    intact: bool | None


@dataclass(frozen=True)
class ChainState:
    """Where the chain ends, its newest blocks, the verification under way and the last one that finished."""

    length: int
    sealed_at: datetime | None
    blocks: list[BlockLine]
    under_way: Job | None
    last: Job | None
    findings: list[Finding]


def chain_state() -> ChainState:
    """The chain of the organisation in force. Three queries."""
    head = AuditHead.objects.first()
    jobs = list(Job.objects.filter(kind=VERIFY).select_related("requested_by").order_by("-id")[:10])
    last = next((job for job in jobs if job.status == JobStatus.SUCCEEDED), None)
    under_way = next((job for job in jobs if job.status in JobStatus.ACTIVE), None)
    rows = AuditBlock.objects.order_by("-number").only("number", "entries", "sealed_at", "organization_id")
    result = last.result if last else {}
    return ChainState(
        length=head.number if head else 0,
        sealed_at=head.sealed_at if head and head.number else None,
        blocks=[_block_line(row, result) for row in rows[:BLOCKS_SHOWN]],
        under_way=under_way,
        last=last,
        findings=[Finding(Break(kind), *rest) for kind, *rest in result.get("findings", ())],
    )


def _block_line(block: AuditBlock, result: dict) -> BlockLine:
    intact = None if block.number > result.get("upto", 0) else block.number not in result["broken"]
    return BlockLine(block.number, block.entries, block.sealed_at, intact)
