"""The scan for duplicates, and what people decide about the pairs it finds."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from psycopg2.extras import execute_values

from customers.likeness.blocking import Blocks, keys_of, unpacked
from customers.likeness.scoring import AGAINST, THRESHOLD, Likeness, compare
from customers.models import Customer, DuplicatePair, NotDuplicate
from customers.queries.records import batches, records_by_key
from tenancy.context import current_organization_id, organization_context
from tenancy.db import uuid7
from tenancy.models import Membership
from workspace.actions.job import enqueue
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.progress import Progress

SCAN = "customers.scan_duplicates"
AT_ONCE = 2000
PAIRS_AT_ONCE = 2000
LATER = timedelta(days=30)
_STORE = """
INSERT INTO customers_duplicatepair AS p (organization_id, id, first_id, second_id, percent, reason, reasons, found_at)
VALUES %s ON CONFLICT (organization_id, first_id, second_id) DO UPDATE
SET percent = EXCLUDED.percent, reason = EXCLUDED.reason, reasons = EXCLUDED.reasons, found_at = EXCLUDED.found_at"""


def start_scan(*, actor: Membership | None, full: bool = True) -> Job:
    """Ask for a scan; while one is waiting or at work, that one is answered."""
    running = Job.objects.filter(kind=SCAN, status__in=JobStatus.ACTIVE).first()
    return running or enqueue(SCAN, {"full": full}, actor=actor)


def scan_tonight(organization_id: int) -> None:
    """Every night: those that were created or changed since the last scan, compared with all."""
    with organization_context(organization_id):
        since = _last_scan()
        if since is None or Customer.objects.filter(archived_at=None, updated_at__gte=since).exists():
            start_scan(actor=None, full=since is None)


def _last_scan() -> datetime | None:
    done = Job.objects.filter(kind=SCAN, status=JobStatus.SUCCEEDED).order_by("-id").first()
    return done.started_at if done else None


def run_scan(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Collect the keys of all customers, then compare those that share one, batch by batch.

    Killed, it collects anew and goes on comparing where it was. A full scan drops the pairs it no longer finds.
    """
    started = job.started_at or timezone.now()
    with progress.batch():
        since = None if job.params.get("full") else _last_scan()
        total = Customer.objects.filter(archived_at=None).count()
    ids, parts = _candidates(progress, since, total)
    pairs = sum(len(part) for part in parts)
    done, found = progress.state.get("done", 0), progress.state.get("found", 0)
    after = progress.state.get("after", "")
    for part in parts:
        for start in range(0, len(part), PAIRS_AT_ONCE):
            wanted = [(ids[a], ids[b]) for a, b in map(unpacked, part[start : start + PAIRS_AT_ONCE])]
            if after and str(wanted[-1][0]) < after:
                continue
            with progress.batch():
                found += compare_pairs(wanted, started)
                done += len(wanted)
                state = {"after": str(wanted[-1][0]), "done": done, "found": found}
                progress.checkpoint(state, done=min(done, pairs), total=pairs, stage="compare")
    with progress.batch():
        _drop_what_is_gone(started, since)
        return {"customers": total, "pairs": DuplicatePair.objects.count()}


def _drop_what_is_gone(started: datetime, since: datetime | None) -> None:
    """Pairs that this scan should have found and has not: of all customers, or of those changed since the last one."""
    old = DuplicatePair.objects.filter(found_at__lt=started)
    if since is not None:
        old = old.filter(Q(first__updated_at__gte=since) | Q(second__updated_at__gte=since))
    old.delete()


def _candidates(progress: Progress, since: datetime | None, total: int) -> tuple[list[uuid.UUID], list[Any]]:
    ids: list[uuid.UUID] = []
    blocks, after = Blocks(), uuid.UUID(int=0)
    while True:
        with progress.batch():
            records = next(batches(AT_ONCE, after), [])
            for record in records:
                blocks.add(len(ids), keys_of(record))
                ids.append(record.key)  # type: ignore[arg-type]
            progress.checkpoint(done=len(ids), total=total, stage="collect")
        if not records:
            break
        after = ids[-1]
    marks = None
    if since is not None:
        with progress.batch():
            rows = Customer.objects.filter(archived_at=None, updated_at__gte=since)
            changed = set(rows.values_list("pk", flat=True))
        marks = bytearray(key in changed for key in ids)
    return ids, blocks.pairs(marks)


def compare_pairs(pairs: Iterable[tuple[uuid.UUID, uuid.UUID]], now: datetime) -> int:
    """Score these pairs and keep the likely ones; answers how many. What was judged "not the same" is passed over."""
    wanted = list(pairs)
    records = records_by_key({key for pair in wanted for key in pair})
    firsts = {first for first, _second in wanted}
    settled = set(NotDuplicate.objects.filter(first__in=firsts).values_list("first_id", "second_id"))
    rows = []
    for first, second in wanted:
        if (first, second) in settled or first not in records or second not in records:
            continue
        likeness = compare(records[first], records[second])
        if likeness.points >= THRESHOLD:
            rows.append(_row(first, second, likeness, now))
    if rows:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, _STORE, rows, page_size=len(rows))
    return len(rows)


def _row(first: uuid.UUID, second: uuid.UUID, likeness: Likeness, now: datetime) -> tuple:
    speaking = [code for code, _params in likeness.reasons if code not in AGAINST]
    return (
        current_organization_id(),
        str(uuid7()),
        str(first),
        str(second),
        likeness.percent,
        speaking[0] if speaking else "other",
        json.dumps([list(one) for one in likeness.reasons]),
        now,
    )


@transaction.atomic
def not_the_same(pair: DuplicatePair, *, actor: Membership) -> NotDuplicate:
    """Never propose the two again. Asked twice it stays one answer."""
    row, _made = NotDuplicate.objects.get_or_create(
        first_id=pair.first_id, second_id=pair.second_id, defaults={"by": actor}
    )
    pair.delete()
    return row


@transaction.atomic
def the_same_after_all(row: NotDuplicate) -> None:
    """Take the answer back: the pair is judged anew at once."""
    first, second = row.first_id, row.second_id
    row.delete()
    compare_pairs([(first, second)], timezone.now())


def later(pair: DuplicatePair) -> None:
    """Leave the pair alone for a month."""
    pair.later_until = timezone.localdate() + LATER
    pair.save(update_fields=["later_until"])


def now_again(pair: DuplicatePair) -> None:
    pair.later_until = None
    pair.save(update_fields=["later_until"])


def forget_pairs(ids: Iterable[uuid.UUID]) -> None:
    """Customers were merged: what was found about the merged ones is settled."""
    keys = list(ids)
    DuplicatePair.objects.filter(Q(first__in=keys) | Q(second__in=keys)).delete()
