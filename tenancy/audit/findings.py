"""What a verification can find, and in which words."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _


class Break(models.TextChoices):
    """A way in which the record is not what was written. The texts take block, entry and detail."""

    EDITED = "edited", _("Entry %(entry)s in block %(block)s was altered.")
    EDITED_UNSEALED = "edited_unsealed", _("Entry %(entry)s, not yet sealed, was altered.")
    DELETED = "deleted", _("Entry %(entry)s is missing from block %(block)s.")
    INSERTED = "inserted", _("Entry %(entry)s was slipped into block %(block)s after it was sealed.")
    OUTSIDE = "outside", _("Entry %(entry)s claims a place where no entry can be.")
    ERASED = "erased", _("The values of entry %(entry)s were taken out without a record of the erasure.")
    FORGED = "forged", _("Block %(block)s was altered or forged: its seal does not fit.")
    KEY = "key", _("Block %(block)s was sealed with a key we do not have (%(detail)s).")
    LINK = "link", _("Block %(block)s does not continue the block before it.")
    GAP = "gap", _("Block %(block)s is missing.")
    TAIL = "tail", _("The end of the chain was cut off: block %(block)s is missing.")
    HEAD = "head", _("The record of the chain's end was altered.")
    NO_HEAD = "no_head", _("The record of the chain's end is missing.")
    ANCHOR = "anchor", _("Block %(block)s is not the one that was anchored on %(detail)s.")
    ANCHOR_FILE = "anchor_file", _("A line of the anchor file was altered.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One break: what, in which block, at which entry."""

    kind: Break
    block: int | None = None
    entry: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        return str(self.kind.label) % {"block": self.block, "entry": self.entry, "detail": self.detail}


@dataclass(slots=True)
class BlockResult:
    """One block as verified. `checked` is False where only its seal was looked at and not its entries."""

    number: int
    entries: int
    sealed_at: object
    checked: bool
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class Report:
    """The verification of one chain."""

    blocks: list[BlockResult] = field(default_factory=list)
    unsealed: int = 0
    erased: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.findings

    def find(
        self, kind: Break, block: BlockResult | int | None = None, entry: int | None = None, detail: str = ""
    ) -> None:
        number = block.number if isinstance(block, BlockResult) else block
        finding = Finding(kind, number, entry, detail)
        self.findings.append(finding)
        if isinstance(block, BlockResult):
            block.findings.append(finding)

    @property
    def entries(self) -> int:
        """Sealed entries that were looked at one by one."""
        return sum(block.entries for block in self.blocks if block.checked)
