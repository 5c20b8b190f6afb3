"""The way back: created customers are deleted, changed ones get back what the import replaced.

What people did since wins: an edited or used customer stays, a field edited since keeps that edit, and the row says so.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import ForeignObjectRel, Model, Q
from django.utils import timezone

from customers.enums import ImportStatus, OwnershipKind, RowOutcome, RowResult
from customers.importing import rows
from customers.importing.consenting import withdraw_consents
from customers.importing.options import Options
from customers.importing.outcomes import mark
from customers.importing.own import held
from customers.importing.preparing import Recipe
from customers.importing.status import change_import_status
from customers.importing.tags import unlink
from customers.importing.updating import State, lock, needs_of, save, state_of, tell_edited, touches_needs
from customers.models import (
    ContactPerson,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerNeeds,
    CustomerTag,
    CustomValue,
    ImportBatch,
    ImportRow,
    PoolEntry,
    TimelineEntry,
)
from customers.queries.custom import specs
from tenancy.context import current_organization, current_organization_id
from tenancy.db import TenantForeignKey, arrays
from workspace.models import Attachment
from workspace.progress import Progress

AT_ONCE = 500
_OWN = (ContactPoint, ContactPerson, CustomerAlias, CustomerNeeds, CustomerTag, CustomValue, PoolEntry)


def revert(batch_id: uuid.UUID, progress: Progress) -> dict[str, int]:
    """Undo what the import wrote. Answers how many rows were undone, and how many were kept in whole or in part."""
    with progress.batch():
        batch = ImportBatch.objects.get(pk=batch_id)
        recipe = _recipe(batch)
        total = _written(batch_id).count()
        progress.checkpoint(total=total, stage="revert")
    through, done = progress.state.get("through", 0), progress.state.get("done", 0)
    while True:
        with progress.batch():
            found = list(_written(batch_id).filter(number__gt=through).order_by("number")[:AT_ONCE])
            if not found:
                return _finish(batch_id, total, progress)
            withdraw_consents(found)
            _revert_created([row for row in found if row.outcome == RowOutcome.NEW])
            _revert_updated(batch_id, [row for row in found if row.outcome == RowOutcome.UPDATE], recipe)
            through, done = found[-1].number, done + len(found)
            progress.checkpoint({"through": through, "done": done}, done=done, total=total, stage="revert")


def _written(batch_id: uuid.UUID):
    return ImportRow.objects.filter(batch=batch_id, outcome__in=(RowOutcome.NEW, RowOutcome.UPDATE)).defer(
        "payload"
    )


def _recipe(batch: ImportBatch) -> Recipe:
    organization = current_organization()
    options, own = Options.from_json(batch.options), {spec.name: spec for spec in specs()}
    return Recipe(organization.pk, organization.uid, options, rows.Keys((), organization.uid), own)


def _finish(batch_id: uuid.UUID, total: int, progress: Progress) -> dict[str, int]:
    kept = _written(batch_id).filter(result__in=(RowResult.KEPT, RowResult.PARTLY)).count()
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    change_import_status(batch, ImportStatus.REVERTED, reverted_at=timezone.now(), kept=kept)
    progress.checkpoint(done=total, total=total)
    return {"undone": total - kept, "kept": kept}


def _revert_created(found: list[ImportRow]) -> None:
    locked = lock(row.pk for row in found)
    busy = _with_activity(list(locked))
    gone: list[uuid.UUID] = []
    for row in found:
        customer = locked.get(row.pk)
        if customer is None:
            continue
        if customer.version > 1:
            mark(row.pk, result=RowResult.KEPT, problem=["edited_since", None, "*"])
        elif row.pk in busy:
            mark(row.pk, result=RowResult.KEPT, problem=["activity_since", None, None])
        else:
            gone.append(row.pk)
    if gone:
        _delete(gone)


def _referring(model: type[Model]) -> list[tuple[Any, str]]:
    """Every tenant table that points to the model, with its column: found, not listed, so that none is forgotten."""
    return [
        (relation.related_model, relation.field.column)
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and isinstance(relation.field, TenantForeignKey)
    ]


def _with_activity(ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Customers about whom there is more than what the import wrote: a line on the timeline, a visit, a file, …"""
    # Nobody owned it, so the night let it wait in a pool: nobody has done anything.
    by_night = Q(kind="customer.pooled", actor=None)
    lines = TimelineEntry.objects.filter(customer__in=ids).exclude(by_night | Q(kind="customer.imported"))
    busy = set(lines.values_list("customer_id", flat=True))
    for model, column in _referring(Customer):
        if not model.audit_exempt and model not in _OWN:
            name = model._meta.get_field(column.removesuffix("_id")).attname
            busy |= set(model.objects.filter(**{f"{name}__in": ids}).values_list(name, flat=True))
    folders = Customer.objects.filter(pk__in=ids, folder__isnull=False).values_list("pk", "folder_id")
    used = set(
        Attachment.objects.filter(folder__in=[folder for _, folder in folders]).values_list(
            "folder_id", flat=True
        )
    )
    return busy | {customer for customer, folder in folders if folder in used}


def _delete(ids: list[uuid.UUID]) -> None:
    """With what the import wrote and what was derived from it."""
    params: dict[str, Any] = {"organization": current_organization_id(), "ids": arrays.keys(ids)}
    with connection.cursor() as cursor:
        for model, column in _referring(Customer):
            if model.audit_exempt or model in _OWN:
                table = connection.ops.quote_name(model._meta.db_table)
                cursor.execute(
                    f"DELETE FROM {table} WHERE organization_id = %(organization)s"  # noqa: S608
                    f" AND {connection.ops.quote_name(column)} = ANY(%(ids)s::uuid[])",
                    params,
                )
        cursor.execute(
            "DELETE FROM customers_customer WHERE organization_id = %(organization)s AND id = ANY(%(ids)s::uuid[])",
            params,
        )


@dataclass
class _Back:
    """What a batch of rows takes back: whole states by customer, and what the import had added."""

    states: dict[uuid.UUID, State] = field(default_factory=dict)
    points: dict[uuid.UUID, bytes] = field(default_factory=dict)
    aliases: dict[uuid.UUID, str] = field(default_factory=dict)
    people: dict[uuid.UUID, str] = field(default_factory=dict)
    """With the job title that the import gave them."""
    titles: dict[uuid.UUID, list[str]] = field(default_factory=dict)
    """Of those who were there: before and after."""
    tags: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)

    def add(self, target: uuid.UUID, state: State, undo: dict[str, Any]) -> None:
        self.states[target] = state
        self.points |= {uuid.UUID(point): bytes.fromhex(index) for point, index in undo["points"]}
        self.aliases |= {uuid.UUID(alias): name for alias, name in undo.get("aliases", ())}
        # Before an import brought job titles, the keys stood there alone.
        people = [(one, "") if isinstance(one, str) else one for one in undo.get("people", ())]
        self.people |= {uuid.UUID(person): title for person, title in people}
        self.titles |= {uuid.UUID(person): both for person, both in undo.get("titles", {}).items()}
        self.tags[target] = [uuid.UUID(tag) for tag in undo.get("tags", ())]


def _revert_updated(batch_id: uuid.UUID, found: list[ImportRow], recipe: Recipe) -> None:
    undos = {
        row.target_id: (row, rows.unseal_undo(bytes(row.undo), recipe.uid, row.pk))
        for row in found
        if row.undo and row.target_id
    }
    back = _taken_back(undos, recipe)
    if back.states:
        kept = _remove_points(back.points) | _remove_aliases(back.aliases)
        kept |= _remove_people(back.people) | _give_titles_back(back.titles)
        _tell_kept(undos, kept)
        unlink({target: named for target, named in back.tags.items() if named})
        wanting = [target for target in back.states if touches_needs(undos[target][1])]
        save(back.states, recipe, batch=batch_id, kind=OwnershipKind.UNDONE, with_needs=wanting)
        tell_edited(batch_id, {target: undos[target][1] for target in back.states}, recipe.own)


def _taken_back(undos: dict[uuid.UUID, tuple[ImportRow, dict[str, Any]]], recipe: Recipe) -> _Back:
    """Whatever somebody has changed since stays, and the row says so."""
    locked = lock(undos)
    needs = needs_of([target for target, (_, undo) in undos.items() if touches_needs(undo)])
    told = {name for _, undo in undos.values() for name in undo["fields"]}
    own = {name: spec for name, spec in recipe.own.items() if name in told}
    holding = held(locked, list(own.values()))
    back = _Back()
    for target, (row, undo) in undos.items():
        added = any(undo.get(name) for name in ("points", "aliases", "people", "titles", "tags"))
        if not undo["fields"] and not added:
            continue
        customer = locked.get(target)
        if customer is None:
            mark(row.pk, result=RowResult.KEPT, problem=["deleted_since", None, None])
            continue
        now = state_of(customer, needs.get(target)) | {
            name: holding[target].get(name, []) for name in own if name in undo["fields"]
        }
        state, kept = _restored(now, undo)
        if kept:
            mark(row.pk, result=RowResult.PARTLY, problem=["edited_since", None, ",".join(kept)])
        if added or len(kept) < len(undo["fields"]):
            back.add(target, state, undo)
    return back


def _remove_points(added: dict[uuid.UUID, bytes]) -> set[uuid.UUID]:
    """The contact details that the import added. Answers those that somebody has changed since: they stay."""
    stored = {pk: bytes(index) for pk, index in _stored(ContactPoint, added, "value_index")}
    changed = {pk for pk, index in stored.items() if index != added[pk]}
    ContactPoint.objects.filter(pk__in=stored.keys() - changed).delete()
    return changed


def _remove_aliases(added: dict[uuid.UUID, str]) -> set[uuid.UUID]:
    """The other names that the import added. Answers those that somebody has changed since: they stay."""
    stored = dict(_stored(CustomerAlias, added, "name"))
    changed = {pk for pk, name in stored.items() if name != added[pk]}
    CustomerAlias.objects.filter(pk__in=stored.keys() - changed).delete()
    return changed


def _stored(model: type[Model], keys: Collection[uuid.UUID], field: str) -> list[tuple[uuid.UUID, Any]]:
    return list(model._default_manager.filter(pk__in=list(keys)).values_list("pk", field))


def _remove_people(added: dict[uuid.UUID, str]) -> set[uuid.UUID]:
    """The contact persons that the import added. Answers those of whom something has been written since: they stay."""
    bare = ContactPerson.objects.filter(pk__in=list(added), role="", remarks="", left_on=None)
    for model, column in _referring(ContactPerson):
        name = model._meta.get_field(column.removesuffix("_id")).attname
        bare = bare.exclude(pk__in=model.objects.filter(**{f"{name}__in": list(added)}).values(name))
    same = {pk for pk, title in bare.values_list("pk", "title") if added[pk] == title}
    there = {pk for pk, _ in _stored(ContactPerson, added, "title")}
    ContactPerson.objects.filter(pk__in=same).delete()
    return there - same


def _give_titles_back(titles: dict[uuid.UUID, list[str]]) -> set[uuid.UUID]:
    """The job titles that the import replaced. Answers whose somebody has changed since: those stay."""
    stored = list(ContactPerson.objects.filter(pk__in=list(titles)))
    people = [one for one in stored if one.title == titles[one.pk][1]]
    for person in people:
        person.title = titles[person.pk][0]
    ContactPerson.objects.bulk_update(people, ["title"])
    return {one.pk for one in stored if one.title not in titles[one.pk]}


def _tell_kept(undos: dict[uuid.UUID, tuple[ImportRow, dict[str, Any]]], kept: set[uuid.UUID]) -> None:
    """The rows of which something that they added stays say what it is."""
    for row, undo in undos.values() if kept else ():
        names = []
        for name in ("points", "aliases", "people", "titles"):
            keys = [one if isinstance(one, str) else one[0] for one in undo.get(name, ())]
            if any(uuid.UUID(key) in kept for key in keys):
                names.append("people" if name == "titles" else name)
        if names:
            told = ",".join(dict.fromkeys(names))
            mark(row.pk, result=RowResult.PARTLY, problem=["edited_since", None, told])


def _restored(state: State, undo: dict[str, Any]) -> tuple[State, list[str]]:
    """The state with every field back that still holds what the import put there, and the names of those that do not."""
    gone = [name for name in undo["fields"] if name not in state]  # a field that has been archived meanwhile
    kept = [name for name, (_, after) in undo["fields"].items() if name not in gone and state[name] != after]
    back = {name: before for name, (before, _) in undo["fields"].items() if name not in (*kept, *gone)}
    return {**state, **back}, kept
