"""Changing the keys of encryption: everything that is stored under an older key is written anew under the newest.

Put the new key in front of `FIELD_KEYS`, restart, rotate, and take the old key away once nothing is left on it. The audit
keeps the old bytes of changed rows, as of every change: they cannot be read by anybody once their key is gone. Its entries
say that this was no edit (`CHANGE_OF_KEYS`), and a customer's tab of changes passes over them.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from governance.queries import key_use
from governance.queries.audit import CHANGE_OF_KEYS
from governance.queries.key_use import FILES, Sealed, StaleRow, sealed_models, stale_rows
from tenancy import crypto
from tenancy.accounts import rotate_second_factors
from tenancy.context import current_actor, current_organization, current_organization_id, organization_context
from tenancy.db import arrays
from tenancy.models import Membership
from workspace.actions.job import enqueue
from workspace.files import DamagedFile, encrypt_anew
from workspace.models import Job, StoredFile
from workspace.progress import Progress

ROTATE, COUNT = "governance.rotate_keys", "governance.count_keys"
BATCH = 500
_TALLY = ("values", "files", "unreadable", "second_factors")


def start_rotation(*, actor: Membership | None) -> Job:
    """Have everything written under the newest key; leads to the job already under way, if there is one."""
    return _under_way() or enqueue(ROTATE, actor=actor)


def start_count(*, actor: Membership | None) -> Job:
    """Have it counted which keys are in use; leads to the job already under way, if there is one."""
    return _under_way() or enqueue(COUNT, actor=actor)


def _under_way() -> Job | None:
    return Job.objects.active().filter(kind__in=(ROTATE, COUNT)).first()


def run_count(job: Job, progress: Progress) -> Mapping[str, Any]:
    return {"newest": crypto.newest_key_id(), "counted": _counted(progress)}


def run_rotation(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Models one after the other, by ranges of their keys, then the files; in the end counts what is left."""
    for sealed in sealed_models():
        _rotate_values(sealed, progress)
    _rotate_files(progress)
    if "second_factors" not in progress.state:
        _save(progress, second_factors=rotate_second_factors())
    tally = {name: progress.state.get(name, 0) for name in _TALLY}
    return {**tally, "newest": crypto.newest_key_id(), "counted": _counted(progress)}


def _rotate_values(sealed: Sealed, progress: Progress) -> None:
    if sealed.key in progress.state.get("finished", ()):
        return
    after = _place(progress, sealed.key)
    while True:
        with progress.batch():
            rows = stale_rows(sealed, after, BATCH)
            changed, unreadable = write_anew(sealed, rows)
            after = rows[-1].pk if rows else after
            _advance(
                progress, sealed.key, after, ended=len(rows) < BATCH, values=changed, unreadable=unreadable
            )
        if len(rows) < BATCH:
            return


def write_anew(sealed: Sealed, rows: Sequence[StaleRow]) -> tuple[int, int]:
    """How many values were written anew, and how many could not be read. What somebody else has changed since it was
    read is theirs, and stays."""
    changed = unreadable = 0
    uid, newest = current_organization().uid, crypto.newest_key_id()
    for at, column in enumerate(sealed.columns):
        swaps: list[tuple[uuid.UUID, bytes, bytes]] = []
        place = f"{sealed.table}.{column}"
        for row in rows:
            blob = row.blobs[at]
            if blob is None or blob.startswith(crypto.header_of(newest)):
                continue
            try:
                fresh = crypto.encrypt(crypto.decrypt(blob, uid, place, row.pk), uid, place, row.pk)
                swaps.append((row.pk, blob, fresh))
            except (crypto.DecryptionError, IndexError, UnicodeDecodeError):
                unreadable += 1
        changed += _swap(sealed.table, column, swaps)
    return changed, unreadable


def _swap(table: str, column: str, swaps: Sequence[tuple[uuid.UUID, bytes, bytes]]) -> int:
    """Compare and set: only where the value is still the one that was read."""
    if not swaps:
        return 0
    pks, before, after = zip(*swaps, strict=True)
    ours, actor = current_organization(), current_actor()
    with organization_context(ours, actor=actor, origin=CHANGE_OF_KEYS), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS t SET {column} = decode(s.fresh, 'hex')"  # noqa: S608  names of our own tables
            " FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS s (id, was, fresh)"
            f" WHERE t.organization_id = %s AND t.id = s.id AND t.{column} = decode(s.was, 'hex')",
            [arrays.keys(pks), arrays.blobs(before), arrays.blobs(after), current_organization_id()],
        )
        return cursor.rowcount


def _rotate_files(progress: Progress) -> None:
    """One file in a transaction: a large one takes its time."""
    if FILES in progress.state.get("finished", ()):
        return
    after = _place(progress, FILES)
    while True:
        with progress.batch():
            rest = StoredFile.objects.filter(pk__gt=after or uuid.UUID(int=0))
            file = rest.order_by("pk").first()
            if file is None:
                _advance(progress, FILES, after, ended=True)
                return
            after = file.pk
            try:
                _advance(progress, FILES, after, ended=False, files=int(encrypt_anew(file)))
            except DamagedFile:
                _advance(progress, FILES, after, ended=False, unreadable=1)


def _place(progress: Progress, kind: str) -> uuid.UUID | None:
    """Where an attempt before this one left off within this kind."""
    kept = progress.state
    return uuid.UUID(kept["after"]) if kept.get("kind") == kind and kept.get("after") else None


def _advance(progress: Progress, kind: str, after: uuid.UUID | None, *, ended: bool, **counts: int) -> None:
    state = progress.state
    finished = [*state.get("finished", ()), *([kind] if ended else ())]
    tally = {name: state.get(name, 0) + count for name, count in counts.items()}
    _save(progress, kind=kind, after=None if after is None else str(after), finished=finished, **tally)


def _save(progress: Progress, **values: Any) -> None:
    state = {**progress.state, **values}
    stage = FILES if state.get("kind") == FILES else "values"
    done = sum(state.get(name, 0) for name in ("values", "files"))
    progress.checkpoint(state, done=done, stage=stage)


def _counted(progress: Progress) -> dict[str, dict[str, int]]:
    """{kind: {key: how many}}"""
    counted: dict[str, dict[str, int]] = {}
    for sealed in sealed_models():
        with progress.batch():
            counted[sealed.key] = key_use.count_values(sealed)
            progress.checkpoint(stage="count")
    after: uuid.UUID | None = None
    files: dict[str, int] = {}
    while True:
        with progress.batch():
            found, after = key_use.count_files(after, BATCH)
        for key_id, count in found.items():
            files[key_id] = files.get(key_id, 0) + count
        if after is None:
            return {**counted, FILES: files}
