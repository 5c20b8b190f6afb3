"""Fields set for many customers at once, plain columns and the organisation's own, and the way back."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from customers.actions import book, timeline
from customers.bulk import Before
from customers.custom import Spec
from customers.importing.own import held, replace
from customers.models import BulkRun, Customer
from customers.queries.custom import specs
from customers.rights import CHANGE
from tenancy.access import Viewer
from tenancy.models import Membership

EDITED = "customer.edited"
Row = dict[str, Any]
"""Name of a column, or of an own field → what it holds: a plain value, or a list of cells."""


def apply_fields(ids: Sequence[uuid.UUID], run: BulkRun) -> Before:
    """`params["values"]`: column → value; `params["own"]`: name of an own field → its cells."""
    own = _own(run)
    wanted = _wanted(run, own)
    before: Before = {}
    groups: dict[tuple[str, ...], list[uuid.UUID]] = defaultdict(list)
    for key, row in _rows(ids, run, own).items():
        old = {name: row[name] for name in wanted if name in row and not _same(row[name], wanted[name])}
        if old:
            before[key] = old
            groups[tuple(old)].append(key)
    for names, keys in groups.items():
        _set(keys, {name: wanted[name] for name in names}, own, actor=run.actor, subject_id=run.pk)
    return before


def undo_fields(before: Before, run: BulkRun, viewer: Viewer) -> int:
    """A customer goes back in the fields that still hold what the run put there."""
    own = _own(run)
    given = _wanted(run, own)
    reachable = Customer.objects.visible_to(viewer, CHANGE).filter(pk__in=list(before))
    rows = _rows(reachable.values_list("pk", flat=True), run, own)
    groups: dict[str, tuple[Row, list[uuid.UUID]]] = {}
    for key, row in rows.items():
        back = {
            name: old
            for name, old in before[key].items()
            if name in row and name in given and _same(row[name], given[name])
        }
        if back:
            groups.setdefault(repr(back), (back, []))[1].append(key)
    for back, keys in groups.values():
        _set(keys, back, own, actor=viewer.membership)
    return sum(len(keys) for _back, keys in groups.values())


def _own(run: BulkRun) -> dict[str, Spec]:
    """The own fields that the run sets, those that are still in use."""
    names = run.params.get("own") or {}
    return {spec.name: spec for spec in specs() if spec.name in names} if names else {}


def _wanted(run: BulkRun, own: Mapping[str, Spec]) -> Row:
    values = run.params.get("own") or {}
    return {**run.params["values"], **{name: values[name] for name in own}}


def _rows(ids: Any, run: BulkRun, own: Mapping[str, Spec]) -> dict[uuid.UUID, Row]:
    """What the customers hold in the fields of the run, without the own fields that their kind does not have. Locks
    them."""
    found: dict[uuid.UUID, Row] = {}
    locked = Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    kinds = {}
    for row in locked.values("pk", "kind", *run.params["values"]):
        key = row.pop("pk")
        kinds[key] = row.pop("kind")
        found[key] = {name: plain(value) for name, value in row.items()}
    holding = held(found, list(own.values()))
    for key, row in found.items():
        row |= {
            name: holding[key].get(name, []) if key in holding else []
            for name, spec in own.items()
            if spec.only in ("", kinds[key])
        }
    return found


def plain(value: Any) -> Any:
    """As it is kept with a run: a day as text."""
    return value.isoformat() if isinstance(value, date) else value


def _same(one: Any, other: Any) -> bool:
    """The cells of a choice of several have no order."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return bool(one == other)


def _set(
    keys: Sequence[uuid.UUID], values: Row, own: Mapping[str, Spec], *, actor: Membership, **line: Any
) -> None:
    mine = {name: cells for name, cells in values.items() if name in own}
    columns = {name: value for name, value in values.items() if name not in own}
    replace(dict.fromkeys(keys, mine), own)
    book.change_rows(keys, **columns)
    params: dict[str, Any] = {"fields": list(columns)}
    if mine:
        params["own"] = [[own[name].label_zh, own[name].label_en] for name in mine]
    timeline.record_all(keys, EDITED, actor=actor, params=params, **line)
