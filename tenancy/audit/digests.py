"""The arithmetic of the chain, computed here and not in the database: whoever can change its functions cannot change these.

An entry: content = SHA-256(salt ‖ before | after); digest = SHA-256(header ‖ content).
A block: HMAC-SHA256 over its range, the digest of its entries and the mac of the block before it. The key is outside
the database (settings.AUDIT_KEY; keys it replaced stay in settings.AUDIT_OLD_KEYS, so that old blocks verify).
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

# What `header` covers besides the values; `tenancy_audit_header` writes the same.
ENTRY_SQL = """
    SELECT id, xid, jsonb_build_array((extract(epoch FROM at) * 1000000)::bigint, cluster, xid, actor_id, request_id,
            origin, db_role, operation, table_name)::text
            || concat('|', organization_id, '|', id, '|', object_id) AS header,
        salt, before::text AS before, after::text AS after, content, digest, operation
    FROM tenancy_auditentry"""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it lies in the database, in the order of ENTRY_SQL."""

    id: int
    xid: int
    header: str
    salt: bytes | None
    before: str | None
    after: str | None
    content: bytes
    digest: bytes
    operation: str

    @classmethod
    def from_row(cls, row: tuple) -> "StoredEntry":
        number, xid, header, salt, before, after, content, digest, operation = row
        salt = None if salt is None else bytes(salt)
        return cls(number, xid, header, salt, before, after, bytes(content), bytes(digest), operation)

    @property
    def is_erased(self) -> bool:
        return self.salt is None and self.before is None and self.after is None

    @property
    def is_genuine(self) -> bool:
        """Values, where they still exist, and all the rest are what was written."""
        if not self.is_erased and self.content != content_digest(self.salt or b"", self.before, self.after):
            return False
        return self.digest == hashlib.sha256(self.header.encode() + self.content).digest()


def content_digest(salt: bytes, before: str | None, after: str | None) -> bytes:
    return hashlib.sha256(salt + f"{before or ''}|{after or ''}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Block:
    """A row of tenancy_auditblock."""

    organization_id: int
    number: int
    cluster: int
    from_xid: int
    from_id: int
    upto_xid: int
    upto_id: int
    entries: int
    members_digest: bytes
    digest: bytes
    previous_mac: bytes
    sealed_at: datetime

    @classmethod
    def of(cls, *values: Any) -> "Block":
        """From the values of a row, in the order of the fields."""
        return cls(*values)

    def mac(self, key: bytes) -> bytes:
        """What makes the block ours: nobody without the key can write it, and none can be taken out or moved."""
        place = [self.organization_id, self.number, self.cluster]
        stretch = [self.from_xid, self.from_id, self.upto_xid, self.upto_id, self.entries]
        sums = [self.members_digest.hex(), self.digest.hex(), self.previous_mac.hex()]
        moment = int(self.sealed_at.timestamp()), self.sealed_at.microsecond
        return sign(key, "block", *place, *stretch, *sums, *moment)


def sign(key: bytes, *parts: object) -> bytes:
    return hmac.digest(key, json.dumps(parts).encode(), hashlib.sha256)


def key_id(key: bytes) -> str:
    """A name for a key that does not tell it."""
    return hashlib.sha256(b"evergreen audit key|" + key).hexdigest()[:16]


def current_key() -> bytes:
    return settings.AUDIT_KEY


def key_named(name: str) -> bytes | None:
    """The key in force or an earlier one; None when it is neither."""
    keys = (settings.AUDIT_KEY, *settings.AUDIT_OLD_KEYS)
    return next((key for key in keys if key_id(key) == name), None)


def head_seal(key: bytes, organization_id: int, number: int, mac: bytes) -> bytes:
    return sign(key, "head", organization_id, number, mac.hex())
