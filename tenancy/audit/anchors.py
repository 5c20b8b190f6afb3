"""Anchors: the ends of the chains, written daily to files outside the database.

Whoever owns the database could put back an old copy of chain and head; the anchors still know the later end.
One file a chain, a line a day, each under a mac. Copy the folder to where the database's administrators cannot write.
"""

import fcntl
import hmac
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from tenancy.audit.chain import PLATFORM, chain_context
from tenancy.audit.digests import current_key, key_id, key_named, sign
from tenancy.models import Organization


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of a chain as it was at `at`; `is_genuine` when its line is one we wrote."""

    number: int
    mac: bytes
    at: str
    is_genuine: bool


def anchor_head(organization_id: int) -> bool:
    """Append the end of one chain to its file, if it has moved since the last line."""
    with chain_context(organization_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, mac FROM tenancy_audithead WHERE organization_id = %s AND number > 0",
            [organization_id],
        )
        head = cursor.fetchone()
    if head is None:
        return False
    number, mac = head[0], bytes(head[1])
    path = _path(organization_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = file.read().splitlines()
        if lines and _parse(organization_id, lines[-1]).mac == mac:
            return False
        file.write(_line(organization_id, number, mac) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def anchors_of(organization_id: int) -> list[Anchor]:
    """The recorded ends of one chain, oldest first; none where nothing was anchored yet."""
    path = _path(organization_id)
    if not path.exists():
        return []
    return [_parse(organization_id, line) for line in path.read_text().splitlines()]


def _path(organization_id: int) -> Path:
    name = "platform"
    if organization_id != PLATFORM:
        # Not the number: a database made anew begins with 1 again.
        name = str(Organization.objects.values_list("uid", flat=True).get(pk=organization_id))
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (pg_control_system()).system_identifier, oid FROM pg_database WHERE datname = current_database()"
            )
            name = "platform-{}-{}".format(*cursor.fetchone())
    return Path(settings.AUDIT_ANCHOR_DIR) / f"{name}.jsonl"


def _line(organization_id: int, number: int, mac: bytes) -> str:
    at, key = datetime.now(UTC).isoformat(), current_key()
    seal = sign(key, "anchor", organization_id, number, mac.hex(), at)
    line = {"at": at, "number": number, "mac": mac.hex(), "key": key_id(key), "seal": seal.hex()}
    return json.dumps(line)


def _parse(organization_id: int, line: str) -> Anchor:
    try:
        told = json.loads(line)
        number, mac, at = int(told["number"]), bytes.fromhex(told["mac"]), str(told["at"])
        key = key_named(told["key"])
        seal = sign(key, "anchor", organization_id, number, mac.hex(), at) if key else b""
        return Anchor(number, mac, at, hmac.compare_digest(seal, bytes.fromhex(told["seal"])))
    except (ValueError, KeyError, TypeError):
        return Anchor(0, b"", "", False)
