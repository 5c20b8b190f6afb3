"""Verification of the entries: those under a seal, those that wait for one, and what was erased of them."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from tenancy.audit.chain import Reading
from tenancy.audit.digests import ENTRY_SQL, Block, StoredEntry
from tenancy.audit.findings import BlockResult, Break, Report

PAGE = 2_000
_MEMBER = 16
FAR = 2**63 - 1
_BEGINNING = (-FAR, -FAR)
_RANGE = " WHERE organization_id = %s AND cluster = %s AND (xid, id) <= (%s, %s)"


class EntryCheck:
    """Looks at the entries of a chain, a page at a time; what it finds goes into the report."""

    def __init__(self, reading: Reading, report: Report) -> None:
        self.reading = reading
        self.report = report
        self.emptied: dict[int, int | None] = {}
        self.accounted: set[int] = set()

    def check_block(self, block: Block, result: BlockResult) -> None:
        members_sql = "SELECT members FROM tenancy_auditblock WHERE organization_id = %s AND number = %s"
        ((members,),) = self.reading.rows(members_sql, block.number)
        sealed = dict(_members(bytes(members)))
        total = hashlib.sha256()
        broken = False
        upto, since = (block.upto_xid, block.upto_id), (block.from_xid, block.from_id)
        for entry in self._entries(_RANGE, [block.cluster, *upto], since):
            total.update(entry.id.to_bytes(8, "big", signed=True) + entry.digest)
            mark = sealed.pop(entry.id, None)
            if mark is None:
                self.report.find(Break.INSERTED, result, entry.id)
                broken = True
            elif not entry.is_genuine or mark != entry.digest[:8]:
                self.report.find(Break.EDITED, result, entry.id)
                broken = True
            else:
                self._note(entry, block.number)
        for missing in sealed:
            self.report.find(Break.DELETED, result, missing)
        if not broken and not sealed and total.digest() != block.digest and result.is_intact:
            self.report.find(Break.FORGED, result)

    def check_unsealed(self, reached: Mapping[int, tuple[int, int]]) -> None:
        """What no block covers yet, and what lies where no entry can be. `reached`: how far the blocks go in each cluster."""
        for entry in self._entries(" WHERE organization_id = %s AND xid <= 0", []):
            self.report.find(Break.OUTSIDE, entry=entry.id)
        for (cluster,) in self.reading.rows("SELECT tenancy_audit_clusters(%s)"):
            since = reached.get(cluster, (0, 0))
            for entry in self._entries(_RANGE, [cluster, FAR, FAR], since):
                self.report.unsealed += 1
                if entry.is_genuine:
                    self._note(entry, None)
                else:
                    self.report.find(Break.EDITED_UNSEALED, entry=entry.id)

    def check_erasures(self) -> None:
        self.report.erased = len(self.emptied)
        if self.emptied.keys() - self.accounted:
            # Erased while we read, or recorded in a block whose entries we left out: look once more, everywhere.
            for entry in self._entries(" WHERE organization_id = %s AND operation = 'erase'", []):
                if entry.is_genuine:
                    self._account(entry)
        results = {result.number: result for result in self.report.blocks}
        for number in sorted(self.emptied.keys() - self.accounted):
            self.report.find(Break.ERASED, results.get(self.emptied[number] or 0), number)

    def _entries(
        self, where: str, bounds: list, after: tuple[int, int] = _BEGINNING
    ) -> Iterator[StoredEntry]:
        query = f"{ENTRY_SQL}{where} AND (xid, id) > (%s, %s) ORDER BY xid, id LIMIT {PAGE}"
        while True:
            rows = self.reading.rows(query, *bounds, *after)
            yield from map(StoredEntry.from_row, rows)
            if len(rows) < PAGE:
                return
            after = (rows[-1][1], rows[-1][0])

    def _note(self, entry: StoredEntry, block: int | None) -> None:
        if entry.is_erased:
            self.emptied[entry.id] = block
        elif entry.operation == "erase":
            self._account(entry)

    def _account(self, entry: StoredEntry) -> None:
        try:
            self.accounted.update(json.loads(entry.after or "")["entries"])
        except (ValueError, TypeError, KeyError):
            pass  # not written by the door, so it accounts for nothing


def _members(members: bytes) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(members), _MEMBER):
        yield (
            int.from_bytes(members[start : start + 8], "big", signed=True),
            members[start + 8 : start + _MEMBER],
        )
