"""Sealing: settled entries are put under a mac, block by block. Run by a background job; no writer waits for it."""

import hashlib
from datetime import UTC, datetime

from django.db import connection

from tenancy.audit.chain import PLATFORM, chain_context
from tenancy.audit.digests import Block, current_key, head_seal, key_id

BLOCK_ENTRIES = 5_000
REACHED_THE_END = 2**63 - 1

_APPEND = "SELECT tenancy_audit_append_block(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def seal_organization(organization_id: int) -> int:
    """Seal every entry of `organization_id` whose transaction has ended; returns how many were sealed.

    Each block is a transaction of its own. Two at once take turns at the head, and neither can fork the chain.
    Entries of transactions still open, and of younger ones, are left for the next time.
    """
    sealed = 0
    while block := _seal_block(organization_id):
        sealed += block.entries
        if block.upto_id == REACHED_THE_END:
            break
    return sealed


def seal_platform() -> int:
    """The same for sign-ins, second factors and users."""
    return seal_organization(PLATFORM)


def _seal_block(organization_id: int) -> Block | None:
    with chain_context(organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tenancy_audit_next_block(%s)", [BLOCK_ENTRIES])
        row = cursor.fetchone()
        if row is None:
            return None
        *place, entries, members, digest, previous_mac = row
        sums = hashlib.sha256(members).digest(), bytes(digest), bytes(previous_mac)
        block = Block.of(organization_id, *place, entries, *sums, datetime.now(UTC))
        key = current_key()
        mac = block.mac(key)
        seal = head_seal(key, organization_id, block.number, mac)
        cursor.execute(
            _APPEND,
            [*place, block.digest, block.previous_mac, block.sealed_at, key_id(key), mac, seal],
        )
        return block
