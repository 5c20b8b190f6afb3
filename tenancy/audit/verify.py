"""Verification: read the record again and say exactly where it is not what was written.

Everything is recomputed here from the stored values; the database is only asked for rows. Memory is bounded by a
block. It reads while others write and seal: what is appended meanwhile is left for the next time.
"""

import hashlib
import json
from collections.abc import Callable, Iterator

from django.db import connection

from tenancy.audit.anchors import anchors_of
from tenancy.audit.chain import PLATFORM, chain_context
from tenancy.audit.digests import ENTRY_SQL, Block, StoredEntry, head_seal, key_named
from tenancy.audit.findings import BlockResult, Break, Finding, Report
from tenancy.models import Organization

PAGE = 2_000
_MEMBER = 16
_FAR = 2**63 - 1
_BEGINNING = (-_FAR, -_FAR)
_HEAD_SQL = """
    SELECT number, mac, key_id, seal,
        (SELECT max(b.number) FROM tenancy_auditblock b WHERE b.organization_id = h.organization_id)
    FROM tenancy_audithead h WHERE organization_id = %s"""
_BLOCK_SQL = """
    SELECT number, cluster, from_xid, from_id, upto_xid, upto_id, entries, sha256(members), digest, previous_mac,
        sealed_at, mac, key_id
    FROM tenancy_auditblock WHERE organization_id = %s AND number > %s AND number <= %s ORDER BY number LIMIT 200"""
_RANGE = " WHERE organization_id = %s AND cluster = %s AND (xid, id) <= (%s, %s)"


def verify_chain(
    organization_id: int,
    *,
    newest: int | None = None,
    on_block: Callable[[int, int], None] = lambda number, total: None,
) -> Report:
    """Verify the chain of `organization_id` (PLATFORM: the platform's).

    All seals, links, the head and the anchors are always verified; the entries of all blocks, or with `newest`
    of only that many blocks at the end, and those not sealed yet. `on_block(number, of)` is called after each block,
    while no transaction of ours is open.
    """
    chain: Organization | int = PLATFORM
    if organization_id != PLATFORM:
        chain = Organization.objects.get(pk=organization_id)
    return _Verification(organization_id, chain, newest, on_block).run()


class _Verification:
    """One reading of a chain. Each query is a short transaction: a long chain holds up neither writers nor vacuum."""

    def __init__(self, organization_id: int, chain: Organization | int, newest: int | None, on_block) -> None:
        self.organization_id = organization_id
        self.chain = chain
        self.newest = newest
        self.on_block = on_block
        self.report = Report()
        self.emptied: dict[int, int | None] = {}
        self.accounted: set[int] = set()
        self.reached: dict[int, tuple[int, int]] = {}

    def run(self) -> Report:
        head = self._head()
        macs = self._blocks(head[0] if head else _FAR)
        self._check_head(head, macs)
        self._check_anchors(macs)
        self._unsealed()
        self._check_erasures()
        return self.report

    def _rows(self, query: str, *parameters) -> list[tuple]:
        with chain_context(self.chain), connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall()

    def _find(
        self, kind: Break, block: BlockResult | int | None = None, entry: int | None = None, detail: str = ""
    ) -> None:
        number = block.number if isinstance(block, BlockResult) else block
        finding = Finding(kind, number, entry, detail)
        self.report.findings.append(finding)
        if isinstance(block, BlockResult):
            block.findings.append(finding)

    # The chain

    def _head(self) -> tuple | None:
        rows = self._rows(_HEAD_SQL, self.organization_id)
        if not rows:
            return None
        number, mac, key_name, seal, last_block = rows[0]
        if (last_block or 0) > number:
            self._find(Break.HEAD)
        return number, bytes(mac), key_name, bytes(seal)

    def _blocks(self, upto: int) -> list[bytes]:
        """Verify every block; the macs in force, that of block 1 first."""
        count_sql = "SELECT count(*) FROM tenancy_auditblock WHERE organization_id = %s AND number <= %s"
        ((count,),) = self._rows(count_sql, self.organization_id, upto)
        macs: list[bytes] = []
        previous = b""
        for position, (block, mac, key_name) in enumerate(self._stored_blocks(upto), start=1):
            for missing in range(len(macs) + 1, block.number):
                self._find(Break.GAP, missing)
                macs.append(b"")
            checked = self.newest is None or position > count - self.newest
            result = BlockResult(block.number, block.entries, block.sealed_at, checked)
            self.report.blocks.append(result)
            self._check_seal(block, mac, key_name, previous, result)
            if checked:
                self._check_entries(block, result)
            self.reached[block.cluster] = (block.upto_xid, block.upto_id)
            macs.append(mac)
            previous = mac
            self.on_block(position, count)
        return macs

    def _stored_blocks(self, upto: int) -> Iterator[tuple[Block, bytes, str]]:
        number = 0
        while rows := self._rows(_BLOCK_SQL, self.organization_id, number, upto):
            for row in rows:
                *place, members_digest, digest, previous, sealed_at, mac, key_name = row
                sums = bytes(members_digest), bytes(digest), bytes(previous)
                yield Block.of(self.organization_id, *place, *sums, sealed_at), bytes(mac), key_name
            number = rows[-1][0]

    def _check_seal(
        self, block: Block, mac: bytes, key_name: str, previous: bytes, result: BlockResult
    ) -> None:
        key = key_named(key_name)
        if key is None:
            self._find(Break.KEY, result, detail=key_name)
        elif block.mac(key) != mac:
            self._find(Break.FORGED, result)
        since = self.reached.get(block.cluster, (0, 0))
        if block.previous_mac != previous or (block.from_xid, block.from_id) != since:
            self._find(Break.LINK, result)

    def _check_head(self, head: tuple | None, macs: list[bytes]) -> None:
        if head is None:
            if macs:
                self._find(Break.NO_HEAD)
            return
        number, mac, key_name, seal = head
        if number == 0 and not macs:
            return
        for missing in range(len(macs) + 1, number + 1):
            self._find(Break.TAIL, missing)
        key = key_named(key_name)
        sealed = key is None or head_seal(key, self.organization_id, number, mac) == seal
        fits = len(macs) < number or macs[number - 1] == mac
        if not (sealed and fits):
            self._find(Break.HEAD)

    def _check_anchors(self, macs: list[bytes]) -> None:
        for anchor in anchors_of(self.organization_id):
            self.report.anchors += 1
            if not anchor.is_genuine:
                self._find(Break.ANCHOR_FILE)
            elif anchor.number > len(macs):
                self._find(Break.TAIL, anchor.number)
            elif macs[anchor.number - 1] != anchor.mac:
                self._find(Break.ANCHOR, anchor.number, detail=anchor.at[:10])

    # The entries

    def _check_entries(self, block: Block, result: BlockResult) -> None:
        members_sql = "SELECT members FROM tenancy_auditblock WHERE organization_id = %s AND number = %s"
        ((members,),) = self._rows(members_sql, self.organization_id, block.number)
        sealed = dict(_members(bytes(members)))
        total = hashlib.sha256()
        broken = False
        upto, since = (block.upto_xid, block.upto_id), (block.from_xid, block.from_id)
        for entry in self._entries(_RANGE, [block.cluster, *upto], since):
            total.update(entry.id.to_bytes(8, "big", signed=True) + entry.digest)
            mark = sealed.pop(entry.id, None)
            if mark is None:
                self._find(Break.INSERTED, result, entry.id)
                broken = True
            elif not entry.is_genuine or mark != entry.digest[:8]:
                self._find(Break.EDITED, result, entry.id)
                broken = True
            else:
                self._note(entry, block.number)
        for missing in sealed:
            self._find(Break.DELETED, result, missing)
        if not broken and not sealed and total.digest() != block.digest and result.is_intact:
            self._find(Break.FORGED, result)

    def _unsealed(self) -> None:
        """What no block covers yet, and what lies where no entry can be."""
        for entry in self._entries(" WHERE organization_id = %s AND xid <= 0", []):
            self._find(Break.OUTSIDE, entry=entry.id)
        for (cluster,) in self._rows("SELECT tenancy_audit_clusters(%s)", self.organization_id):
            since = self.reached.get(cluster, (0, 0))
            for entry in self._entries(_RANGE, [cluster, _FAR, _FAR], since):
                self.report.unsealed += 1
                if entry.is_genuine:
                    self._note(entry, None)
                else:
                    self._find(Break.EDITED_UNSEALED, entry=entry.id)

    def _entries(
        self, where: str, bounds: list, after: tuple[int, int] = _BEGINNING
    ) -> Iterator[StoredEntry]:
        query = f"{ENTRY_SQL}{where} AND (xid, id) > (%s, %s) ORDER BY xid, id LIMIT {PAGE}"
        while True:
            rows = self._rows(query, self.organization_id, *bounds, *after)
            yield from map(StoredEntry.from_row, rows)
            if len(rows) < PAGE:
                return
            after = (rows[-1][1], rows[-1][0])

    # Erasures

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

    def _check_erasures(self) -> None:
        self.report.erased = len(self.emptied)
        if self.emptied.keys() - self.accounted:
            # Erased while we read, or recorded in a block whose entries we left out: look once more, everywhere.
            for entry in self._entries(" WHERE organization_id = %s AND operation = 'erase'", []):
                if entry.is_genuine:
                    self._account(entry)
        results = {result.number: result for result in self.report.blocks}
        for number in sorted(self.emptied.keys() - self.accounted):
            self._find(Break.ERASED, results.get(self.emptied[number] or 0), number)


def _members(members: bytes) -> Iterator[tuple[int, bytes]]:
    for start in range(0, len(members), _MEMBER):
        yield (
            int.from_bytes(members[start : start + 8], "big", signed=True),
            members[start + 8 : start + _MEMBER],
        )
