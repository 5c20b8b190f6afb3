"""The second half of an import: staged rows become customers, in batches that are each written once.

A staged row's key is the key of the customer it makes, and the checkpoint is saved with the batch: a killed
worker's batch is either there as a whole or not at all, and its successor goes on behind it.
"""

import uuid
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import count

from django.db import connection
from django.utils import timezone

from customers.actions.codes import take_codes
from customers.actions.search import refresh_search
from customers.enums import ImportStatus, RowOutcome
from customers.importing import matching, rows
from customers.importing.consenting import record_consents
from customers.importing.contacts import field_of
from customers.importing.joining import leave_people
from customers.importing.lanes import Turn, lanes
from customers.importing.options import Options, keys_of
from customers.importing.outcomes import judge_again, mark, mark_refused
from customers.importing.plans import counts_anew, end_batch
from customers.importing.prefetch import Helper, helper
from customers.importing.preparing import NewCustomer, Prepared, Recipe, StagedRow, insert_params
from customers.importing.staging import CHANGE, count_outcomes, counted
from customers.importing.status import change_import_status
from customers.importing.tags import MANAGE, Tags, link
from customers.importing.updating import update_customers
from customers.importing.values import Problem
from customers.models import Customer, ImportBatch
from customers.queries.caps import Room, any_caps
from customers.queries.custom import specs
from customers.queries.field_policy import hidden_fields
from customers.signals import customers_created
from tenancy.access import Reach, viewer_for
from tenancy.context import current_actor, current_organization, current_organization_id
from workspace.progress import Progress

AT_ONCE = 800

_NEXT = """
SELECT id, number, CASE WHEN outcome = 'update' THEN target_id END, payload, octet_length(keys) > 0 AND get_byte(keys, 0) = 1
FROM customers_importrow
WHERE organization_id = %s AND batch_id = %s AND number > %s AND outcome IN ('new', 'update')
ORDER BY number LIMIT %s
"""


# The codes of rows to come, where some rows bring theirs and others are given one.
_BROUGHT = """
WITH waiting AS (
    SELECT substr(keys, 1, 16) AS key, octet_length(keys) > 0 AND get_byte(keys, 0) = 1 AS coded
    FROM customers_importrow
    WHERE organization_id = %(organization)s AND batch_id = %(batch)s AND outcome IN ('new', 'update'))
SELECT key FROM waiting WHERE coded AND EXISTS (SELECT FROM waiting WHERE NOT coded)
"""


class _Brought:
    """The codes that the file itself brings, as the blind keys of its rows: a set of 16 bytes each."""

    def __init__(self, keys: rows.Keys, brought: Iterable[bytes] = ()) -> None:
        self._keys, self._brought = keys, frozenset(brought)

    def __contains__(self, code: object) -> bool:
        return bool(self._brought) and self._keys.packed([("code", code)]) in self._brought


@dataclass(frozen=True)
class _Plan:
    batch: uuid.UUID
    recipe: Recipe
    options: Options
    reach: Reach | None
    capped: bool
    """Batches count the places of the same people: one waits for the other."""
    tags: Tags
    brought: _Brought


def apply(batch_id: uuid.UUID, progress: Progress) -> dict[str, int]:
    """Write the staged rows of the batch. Answers what was done."""
    plan, total = _plan(batch_id, progress)
    done = progress.state.get("done", 0)
    with helper() as thread, lanes() as side_by_side:
        waiting = _fetch(plan, progress, thread, progress.state.get("through", 0), [])
        for number in count():
            if waiting is None:
                break
            prepared = waiting.result()
            waiting = _fetch(plan, progress, thread, prepared.last, prepared.spare)
            done += len(prepared.new) + len(prepared.changed)
            if labels := prepared.labels():
                with progress.batch():
                    plan.tags.learn(labels)
            work = partial(_write_batch, plan, progress, prepared, number, done, total)
            # Two rows that change the same customer do so in the order of the file.
            side_by_side.add(work, alone=bool(prepared.changed) or counts_anew(number) or plan.capped)
        side_by_side.finish()
    with progress.batch():
        leave_people(batch_id)
        counts = count_outcomes(batch_id)
        batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
        change_import_status(batch, ImportStatus.APPLIED, applied_at=timezone.now(), **counted(counts))
        progress.checkpoint(done=total, total=total)
    return counts


def _plan(batch_id: uuid.UUID, progress: Progress) -> tuple[_Plan, int]:
    with progress.batch():
        batch = ImportBatch.objects.get(pk=batch_id)
        organization = current_organization()
        options = Options.from_json(batch.options)
        viewer = viewer_for(batch.created_by)
        own = {spec.name: spec for spec in specs()}
        keys = rows.Keys(keys_of(options, viewer), organization.uid, any_name=options.any_name)
        recipe = Recipe(organization.pk, organization.uid, options, keys, own, _uncollected(batch.mapping))
        total = batch.new + batch.updates
        progress.checkpoint(total=total, stage="apply")
        tags = Tags(may_make=viewer.can(MANAGE))
        brought = _Brought(keys, _codes_of(batch) if "code" in batch.mapping else ())
        return _Plan(batch.pk, recipe, options, viewer.reach(CHANGE), any_caps(), tags, brought), total


def _uncollected(mapping: Iterable[str]) -> frozenset[str]:
    """What was left out after the rows had been checked."""
    left_out = hidden_fields().intersection(map(field_of, mapping))
    return left_out | {"birthday_typed"} if "birthday" in left_out else left_out


def _codes_of(batch: ImportBatch) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_BROUGHT, {"organization": current_organization_id(), "batch": batch.pk})
        return [bytes(key) for (key,) in cursor.fetchall()]


def _fetch(
    plan: _Plan, progress: Progress, thread: Helper, after: int, codes: list[str]
) -> "Future[Prepared] | None":
    """Read the rows behind number `after` and start preparing them. `codes`: drawn already. Those it takes besides are
    drawn here, in a transaction of its own: drawn with the batch, their counter would stay locked while it is written."""
    with progress.batch():
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [current_organization_id(), plan.batch, after, AT_ONCE])
            found = cursor.fetchall()
        if not found:
            return None
        wanted = sum(1 for row in found if row[2] is None and not row[4])
        codes = codes + take_codes(wanted - len(codes), spoken_for=plan.brought)
    staged = [StagedRow(pk, number, target, bytes(payload)) for pk, number, target, payload, _ in found]
    return thread.start(plan.recipe.prepare, staged, codes)


def _write_batch(
    plan: _Plan, progress: Progress, prepared: Prepared, number: int, done: int, total: int, turn: Turn
) -> None:
    with progress.batch():
        write(plan, prepared)
        end_batch(number)
        turn()
        state = {"through": prepared.last, "done": done}
        progress.checkpoint(state, done=done, total=total, stage="apply")


def write(plan: _Plan, prepared: Prepared) -> None:
    """One batch, in the transaction in force. Rows whose customer has appeared since the check are not written."""
    room = Room(_owners(prepared))
    new = _with_a_place(_still_new(plan, _with_known_tags(plan, prepared.new)), room)
    if new:
        _insert(
            plan, prepared.params if len(new) == len(prepared.new) else insert_params(new, plan.recipe.own)
        )
        if tagged := {one.id: plan.tags.ids(one.tags) or [] for one in new if one.tags}:
            link(tagged)
            refresh_search(tagged)
        record_consents({one.id: (one.id, one.consent) for one in new if one.consent})
        doubtful = [one.id for one in new if one.doubtful_phone]
        customers_created.send(Customer, ids=[one.id for one in new], doubtful_phones=doubtful)
    if prepared.changed:
        update_customers(plan.batch, prepared.changed, plan.recipe, plan.reach, room, plan.tags)


def _owners(prepared: Prepared) -> set[uuid.UUID]:
    named = {one.columns["owner_id"] for one in prepared.new} | {
        one.values.get("owner") for one in prepared.changed
    }
    return {uuid.UUID(key) for key in named if key}


def _with_known_tags(plan: _Plan, new: list[NewCustomer]) -> list[NewCustomer]:
    """Those whose tags are all there: whoever imports may have lost the right to make them since the check."""
    left = {one.id for one in new if one.tags and plan.tags.ids(one.tags) is None}
    mark_refused({pk: ["tag_gone", None, None] for pk in left})
    return [one for one in new if one.id not in left] if left else new


def _with_a_place(new: list[NewCustomer], room: Room) -> list[NewCustomer]:
    """Those whose owner may own one more, in the order of the file; the rows of the others say so."""
    kept: list[NewCustomer] = []
    left: dict[uuid.UUID, Problem] = {}
    for one in new:
        owner = one.columns["owner_id"]
        if room.take(uuid.UUID(owner) if owner else None):
            kept.append(one)
        else:
            left[one.id] = ["cap", None, owner]
    mark_refused(left)
    return kept


def _still_new(plan: _Plan, new: list[NewCustomer]) -> list[NewCustomer]:
    found = matching.find([one.wanted for one in new])
    if not any(found):
        return new
    kept: list[NewCustomer] = []
    for one, matches in zip(new, found, strict=True):
        verdict = judge_again(matches, plan.options, plan.reach, one.columns["name"])
        if verdict.outcome == RowOutcome.NEW:
            kept.append(one)
        else:
            mark(one.id, outcome=verdict.outcome, problem=verdict.problem)
    return kept


def _insert(plan: _Plan, params: dict[str, dict[str, str]]) -> None:
    actor = current_actor()
    common = {
        "organization": current_organization_id(),
        "actor": actor.pk if actor else None,
        "now": timezone.now(),
        "batch": plan.batch,
    }
    with connection.cursor() as cursor:
        for statement, rows_of in params.items():
            cursor.execute(statement, {**common, **rows_of})
