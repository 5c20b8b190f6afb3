"""Verification: read the record again and say exactly where it is not what was written.

Everything is recomputed here from the stored values; the database is only asked for rows. Memory is bounded by a
block. It reads while others write and seal: what is appended meanwhile is left for the next time.
"""

from collections.abc import Callable, Iterator

from tenancy.audit.anchors import anchors_of
from tenancy.audit.chain import Reading
from tenancy.audit.digests import Block, head_seal, key_named
from tenancy.audit.entries import FAR, EntryCheck
from tenancy.audit.findings import BlockResult, Break, Report

_HEAD_SQL = """
    SELECT number, mac, key_id, seal,
        (SELECT max(b.number) FROM tenancy_auditblock b WHERE b.organization_id = h.organization_id)
    FROM tenancy_audithead h WHERE organization_id = %s"""
_BLOCK_SQL = """
    SELECT number, cluster, from_xid, from_id, upto_xid, upto_id, entries, sha256(members), digest, previous_mac,
        sealed_at, mac, key_id
    FROM tenancy_auditblock WHERE organization_id = %s AND number > %s AND number <= %s ORDER BY number LIMIT 200"""


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
    return _ChainCheck(Reading.of(organization_id), newest, on_block).run()


class _ChainCheck:
    """Follows a chain from its first block to its end, and looks at the entries on the way."""

    def __init__(self, reading: Reading, newest: int | None, on_block: Callable[[int, int], None]) -> None:
        self.reading = reading
        self.newest = newest
        self.on_block = on_block
        self.report = Report()
        self.entries = EntryCheck(reading, self.report)
        self.reached: dict[int, tuple[int, int]] = {}

    def run(self) -> Report:
        head = self._head()
        macs = self._blocks(head[0] if head else FAR)
        self._check_head(head, macs)
        self._check_anchors(macs)
        self.entries.check_unsealed(self.reached)
        self.entries.check_erasures()
        return self.report

    def _head(self) -> tuple | None:
        rows = self.reading.rows(_HEAD_SQL)
        if not rows:
            return None
        number, mac, key_name, seal, last_block = rows[0]
        if (last_block or 0) > number:
            self.report.find(Break.HEAD)
        return number, bytes(mac), key_name, bytes(seal)

    def _blocks(self, upto: int) -> list[bytes]:
        """Verify every block; the macs in force, that of block 1 first."""
        count_sql = "SELECT count(*) FROM tenancy_auditblock WHERE organization_id = %s AND number <= %s"
        ((count,),) = self.reading.rows(count_sql, upto)
        macs: list[bytes] = []
        previous = b""
        for position, (block, mac, key_name) in enumerate(self._stored_blocks(upto), start=1):
            for missing in range(len(macs) + 1, block.number):
                self.report.find(Break.GAP, missing)
                macs.append(b"")
            checked = self.newest is None or position > count - self.newest
            result = BlockResult(block.number, block.entries, block.sealed_at, checked)
            self.report.blocks.append(result)
            self._check_seal(block, mac, key_name, previous, result)
            if checked:
                self.entries.check_block(block, result)
            self.reached[block.cluster] = (block.upto_xid, block.upto_id)
            macs.append(mac)
            previous = mac
            self.on_block(position, count)
        return macs

    def _stored_blocks(self, upto: int) -> Iterator[tuple[Block, bytes, str]]:
        number = 0
        while rows := self.reading.rows(_BLOCK_SQL, number, upto):
            for row in rows:
                *place, members_digest, digest, previous, sealed_at, mac, key_name = row
                sums = bytes(members_digest), bytes(digest), bytes(previous)
                yield Block.of(self.reading.organization_id, *place, *sums, sealed_at), bytes(mac), key_name
            number = rows[-1][0]

    def _check_seal(
        self, block: Block, mac: bytes, key_name: str, previous: bytes, result: BlockResult
    ) -> None:
        key = key_named(key_name)
        if key is None:
            self.report.find(Break.KEY, result, detail=key_name)
        elif block.mac(key) != mac:
            self.report.find(Break.FORGED, result)
        since = self.reached.get(block.cluster, (0, 0))
        if block.previous_mac != previous or (block.from_xid, block.from_id) != since:
            self.report.find(Break.LINK, result)

    def _check_head(self, head: tuple | None, macs: list[bytes]) -> None:
        if head is None:
            if macs:
                self.report.find(Break.NO_HEAD)
            return
        number, mac, key_name, seal = head
        if number == 0 and not macs:
            return
        for missing in range(len(macs) + 1, number + 1):
            self.report.find(Break.TAIL, missing)
        key = key_named(key_name)
        sealed = key is None or head_seal(key, self.reading.organization_id, number, mac) == seal
        fits = len(macs) < number or macs[number - 1] == mac
        if not (sealed and fits):
            self.report.find(Break.HEAD)

    def _check_anchors(self, macs: list[bytes]) -> None:
        for anchor in anchors_of(self.reading.organization_id):
            self.report.anchors += 1
            if not anchor.is_genuine:
                self.report.find(Break.ANCHOR_FILE)
            elif anchor.number > len(macs):
                self.report.find(Break.TAIL, anchor.number)
            elif macs[anchor.number - 1] != anchor.mac:
                self.report.find(Break.ANCHOR, anchor.number, detail=anchor.at[:10])
