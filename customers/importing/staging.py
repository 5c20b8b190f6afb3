"""The first half of an import: the file, read and checked as a whole, becomes rows that wait.

Runs as a job in batches; a killed worker's successor goes on behind the last row that was kept.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.db import connection

from customers.custom import Spec
from customers.enums import DuplicatePolicy, ImportStatus, RowOutcome
from customers.fields import applies
from customers.importing import matching, rows, source
from customers.importing.consents import purposes_known
from customers.importing.contacts import DETAILS
from customers.importing.headings import plain
from customers.importing.joining import brings_people, join_people
from customers.importing.options import Options, keys_of
from customers.importing.people import people_for
from customers.importing.prefetch import helper
from customers.importing.problems import FileProblem
from customers.importing.reading.row import RowReader
from customers.importing.status import change_import_status
from customers.importing.tags import labels_for
from customers.importing.values import Values
from customers.models import ImportBatch
from customers.normalise import region_of
from customers.queries.caps import any_caps
from customers.queries.custom import specs
from customers.queries.field_policy import required_fields
from tenancy.access import Reach, viewer_for
from tenancy.context import current_organization, current_organization_id
from tenancy.db import arrays, uuid7
from workspace.files import DamagedFile
from workspace.progress import Progress

AT_ONCE = 1500
CHANGE = "customers.change_customer"
_TOTALS = frozenset("合计 总计 小计 共计 总合计 total totals subtotal subtotals grandtotal sum".split())
_LONGEST_TOTAL = 20
_KNOWN_BY = {
    "code",
    "phone",
    "email",
    "wechat",
    "identity_number",
    "bank_account",
    "birthday_typed",
    *DETAILS,
}

_STORE = """
INSERT INTO customers_importrow (organization_id, batch_id, id, number, outcome, target_id, problems, payload, keys, result)
SELECT %(organization)s, %(batch)s, id, number, outcome, target, problems::jsonb, decode(payload, 'hex'), decode(keys, 'hex'), ''
FROM unnest(%(ids)s::uuid[], %(numbers)s::int[], %(outcomes)s::text[], %(targets)s::uuid[], %(problems)s::text[],
    %(payloads)s::text[], %(keys)s::text[]) AS r(id, number, outcome, target, problems, payload, keys)
"""

# A later row with a key of an earlier one, or for the same customer, is not imported a second time.
_REPEATED = """
WITH key AS (
    SELECT r.id, r.number, substr(r.keys, 1 + 16 * n, 16) AS key
    FROM customers_importrow r, generate_series(0, octet_length(r.keys) / 16 - 1) n
    WHERE r.organization_id = %(organization)s AND r.batch_id = %(batch)s AND r.outcome <> 'error'
    UNION ALL
    SELECT id, number, uuid_send(target_id) FROM customers_importrow
    WHERE organization_id = %(organization)s AND batch_id = %(batch)s AND outcome = 'update'
), seen AS (
    SELECT id, number, min(number) OVER (PARTITION BY key) AS first FROM key
), again AS (
    SELECT id, min(first) AS first FROM seen WHERE first < number GROUP BY id
)
UPDATE customers_importrow r
SET outcome = %(outcome)s,
    problems = coalesce(r.problems, '[]') || jsonb_build_array(jsonb_build_array('same_as_row', NULL, again.first))
FROM again WHERE r.organization_id = %(organization)s AND r.id = again.id AND r.outcome IN ('new', 'update')
"""
_COUNT = """
SELECT outcome, count(*) FROM customers_importrow WHERE organization_id = %s AND batch_id = %s GROUP BY outcome
"""


@dataclass
class _Prepared:
    """A batch as columns, ready but for the verdicts of matching."""

    ids: list[uuid.UUID] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    problems: list[list] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    wanted: list[list[tuple[str, Any]]] = field(default_factory=list)
    missing: list[list[str]] = field(default_factory=list)
    """Fields that the organisation requires of a new customer and the row does not bring."""
    names: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    """Whom the row names as the owner; "" for nobody."""
    totals: list[bool] = field(default_factory=list)
    """Whether it adds the others up."""


@dataclass
class _Plan:
    batch: uuid.UUID
    uid: uuid.UUID
    dialect: dict[str, Any]
    mapping: list[str]
    options: Options
    reader: RowReader
    keys: rows.Keys
    reach: Reach | None
    required: frozenset[str]
    own_required: list[Spec]
    stream: BinaryIO
    owners: Counter[str]
    """Who is to get how many customers, as counted so far."""


def stage(batch_id: uuid.UUID, progress: Progress) -> dict[str, int]:
    """Check the whole file of the batch and keep its rows. Answers the counts. Raises FileProblem: nothing is kept then."""
    plan = _plan(batch_id, progress)
    through, count = progress.state.get("through", 0), progress.state.get("rows", 0)
    with plan.stream, helper() as thread:
        for prepared in thread.ahead(_batches(plan, through)):
            with progress.batch():
                _store(plan, prepared)
                count += len(prepared.ids)
                state = {"through": prepared.numbers[-1], "rows": count, "owners": dict(plan.owners)}
                progress.checkpoint(state, done=count, stage="check")
    if not count:
        raise FileProblem("no_rows")
    with progress.batch():
        _mark_repeated(plan)
        progress.checkpoint(done=count, total=count, stage="check")
    if brings_people(plan.mapping):
        join_people(batch_id, progress)
    with progress.batch():
        counts = count_outcomes(batch_id)
        _finish(batch_id, counts, dict(plan.owners) if any_caps() else {})
    return counts


def _plan(batch_id: uuid.UUID, progress: Progress) -> _Plan:
    with progress.batch():
        batch = ImportBatch.objects.select_related("file").get(pk=batch_id)
        organization = current_organization()
        if batch.file is None:
            raise FileProblem("gone")
        options = Options.from_json(batch.options)
        viewer = viewer_for(batch.created_by)
        own = specs()
        reader = RowReader(
            json.loads(batch.headings),
            batch.mapping,
            options,
            people_for(viewer),
            region=region_of(organization),
            own=own,
            labels=labels_for(viewer) if "tags" in batch.mapping else None,
            purposes=purposes_known() if "consent_purpose" in batch.mapping else None,
        )
        try:
            stream = batch.file.open()
        except DamagedFile:
            raise FileProblem("damaged") from None
        progress.checkpoint(stage="check", total=batch.rows)
        keys = rows.Keys(keys_of(options, viewer), organization.uid, any_name=options.any_name)
        reach = viewer.reach(CHANGE)
        own_required = [spec for spec in own if spec.required]
        return _Plan(
            batch.pk,
            organization.uid,
            batch.dialect,
            batch.mapping,
            options,
            reader,
            keys,
            reach,
            required_fields(),
            own_required,
            stream,
            Counter(progress.state.get("owners", {})),
        )


def _batches(plan: _Plan, through: int) -> Iterator[_Prepared]:
    prepared = _Prepared()
    try:
        for number, cells in source.rows(plan.stream, plan.dialect):
            if number <= through:
                continue
            _prepare(plan, prepared, number, cells)
            if len(prepared.ids) == AT_ONCE:
                yield prepared
                prepared = _Prepared()
    except DamagedFile:
        raise FileProblem("damaged") from None
    if prepared.ids:
        yield prepared


def _prepare(plan: _Plan, prepared: _Prepared, number: int, cells: list[str]) -> None:
    pk = uuid7()
    values, problems = plan.reader.read(cells)
    wanted = [] if problems else plan.keys.of(values)
    prepared.ids.append(pk)
    prepared.numbers.append(number)
    prepared.problems.append(problems)
    prepared.payloads.append(rows.seal(cells if problems else None, values, plan.uid, pk))
    prepared.keys.append(plan.keys.packed(wanted, values.get("name", "")))
    prepared.wanted.append(wanted)
    kind = values.get("kind", plan.options.kind)
    missing = [key for key in plan.required if not _brings(values, key) and applies(key, kind)]
    missing += [one.name for one in plan.own_required if one.only in ("", kind) and one.name not in values]
    prepared.missing.append(missing)
    prepared.names.append(values.get("name", ""))
    prepared.owners.append(values.get("owner", ""))
    prepared.totals.append(_is_total(values))


def _is_total(values: Values) -> bool:
    """Somebody may be called so: a row with something to recognise them by is theirs."""
    name = values.get("name", "")
    return len(name) <= _LONGEST_TOTAL and _KNOWN_BY.isdisjoint(values) and plain(name) in _TOTALS


def _brings(values: Values, key: str) -> bool:
    return not values.keys().isdisjoint((key, f"contact_{key}", f"{key}_typed"))


def _store(plan: _Plan, prepared: _Prepared) -> None:
    found = matching.find(prepared.wanted)
    outcomes: list[str] = []
    targets: list[uuid.UUID | None] = []
    for place, problems in enumerate(prepared.problems):
        if problems:
            verdict = matching.Verdict(RowOutcome.ERROR)
        elif prepared.totals[place]:
            verdict = matching.Verdict(RowOutcome.SKIP, problem=["totals", None, None])
        elif not found[place]:
            verdict = matching.NEW
        else:
            verdict = matching.judge(found[place], plan.options, plan.reach, prepared.names[place])
        if verdict.outcome == RowOutcome.NEW and prepared.missing[place]:
            verdict = matching.Verdict(RowOutcome.ERROR)
            problems += [["required", None, key] for key in sorted(prepared.missing[place])]
        if verdict.problem:
            problems.append(verdict.problem)
        outcomes.append(verdict.outcome)
        targets.append(verdict.target)
        if receiver := _receiver(plan, verdict, prepared.owners[place], found[place]):
            plan.owners[receiver] += 1
    params: dict[str, Any] = {
        "organization": current_organization_id(),
        "batch": plan.batch,
        "ids": arrays.keys(prepared.ids),
        "numbers": arrays.plain(prepared.numbers),
        "outcomes": "{" + ",".join(outcomes) + "}",
        "targets": arrays.keys(targets),
        "problems": arrays.texts(json.dumps(one) if one else None for one in prepared.problems),
        "payloads": arrays.blobs(prepared.payloads),
        "keys": arrays.blobs(prepared.keys),
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, params)


def _receiver(
    plan: _Plan, verdict: matching.Verdict, named: str, found: dict[str, list[matching.Found]]
) -> str:
    """Who owns one customer more when the row is written; "" for nobody."""
    if verdict.outcome == RowOutcome.NEW:
        return named or plan.options.owner
    if verdict.outcome != RowOutcome.UPDATE or not named:
        return ""
    owners = {str(one.owner) for several in found.values() for one in several if one.id == verdict.target}
    return "" if named in owners else named


def _mark_repeated(plan: _Plan) -> None:
    outcome = RowOutcome.ERROR if plan.options.policy == DuplicatePolicy.CREATE else RowOutcome.SKIP
    params: dict[str, Any] = {
        "organization": current_organization_id(),
        "batch": plan.batch,
        "outcome": str(outcome),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED, params)


def count_outcomes(batch_id: uuid.UUID) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [current_organization_id(), batch_id])
        counts = dict(cursor.fetchall())
    return {str(outcome): counts.get(outcome, 0) for outcome in RowOutcome}


def _finish(batch_id: uuid.UUID, counts: dict[str, int], owners: dict[str, int]) -> None:
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    change_import_status(batch, ImportStatus.STAGED, owners=owners, **counted(counts))


def counted(counts: dict[str, int]) -> dict[str, int]:
    """Counts by outcome as fields of the batch."""
    return {
        "rows": sum(counts.values()),
        "new": counts[RowOutcome.NEW],
        "updates": counts[RowOutcome.UPDATE],
        "people": counts[RowOutcome.PERSON],
        "skipped": counts[RowOutcome.SKIP],
        "errors": counts[RowOutcome.ERROR],
    }
