"""Which customers the rows of a batch are: one statement for each kind of key, whatever the number of rows.

LATERAL with LIMIT: the planner then looks each key up in its index, and never reads the whole registry to join a thousand rows.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from customers.enums import DuplicatePolicy, MatchKey, RowOutcome
from customers.importing.options import SHARED_KEYS, Options
from customers.importing.values import Problem
from customers.likeness.names import called_alike
from customers.models import Customer
from customers.pinyin import sort_key
from customers.queries.merges import survivors_of
from tenancy.access import Reach
from tenancy.context import current_organization_id
from tenancy.db import arrays

_FOUND = """SELECT w.place, c.id, c.owner_id, c.archived_at IS NOT NULL, c.name, ARRAY(
    SELECT a.name FROM customers_customeralias a WHERE a.organization_id = %(organization)s AND a.customer_id = c.id) FROM"""
_COLUMNS = "id, owner_id, archived_at, name"
_BY_CODE = f"""{_FOUND} unnest(%(places)s::int[], %(wanted)s::text[]) w(place, wanted) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM customers_customer
    WHERE organization_id = %(organization)s AND code = w.wanted LIMIT 1) c"""  # noqa: S608
_BY_POINT = f"""{_FOUND} unnest(%(places)s::int[], %(wanted)s::text[]) w(place, wanted) CROSS JOIN LATERAL (
    SELECT customer_id FROM customers_contactpoint
    WHERE organization_id = %(organization)s AND value_index = decode(w.wanted, 'hex') LIMIT 20) p
    CROSS JOIN LATERAL (SELECT {_COLUMNS} FROM customers_customer
    WHERE organization_id = %(organization)s AND id = p.customer_id AND archived_at IS NULL LIMIT 1) c"""  # noqa: S608
_BY_IDENTITY = f"""{_FOUND} unnest(%(places)s::int[], %(wanted)s::text[]) w(place, wanted) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM customers_customer
    WHERE organization_id = %(organization)s AND identity_index = decode(w.wanted, 'hex')
        AND archived_at IS NULL LIMIT 2) c"""  # noqa: S608
_BY_NAME = f"""{_FOUND} unnest(%(places)s::int[], %(wanted)s::text[], %(names)s::text[], %(birthdays)s::date[])
    w(place, wanted, name, birthday) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM customers_customer
    WHERE organization_id = %(organization)s AND name_key = w.wanted AND name = w.name
        AND (w.birthday IS NULL OR birthday = w.birthday) AND archived_at IS NULL LIMIT 2) c"""  # noqa: S608


@dataclass(frozen=True)
class Found:
    id: uuid.UUID
    owner: uuid.UUID | None
    archived: bool
    names: tuple[str, ...]
    """Its own, then its other ones."""

    def is_called(self, name: str) -> bool:
        return any(called_alike(name, own) for own in self.names)


@dataclass(frozen=True)
class Verdict:
    """What is to happen with a row, and why."""

    outcome: str
    target: uuid.UUID | None = None
    problem: Problem | None = None


NEW = Verdict(RowOutcome.NEW)
Wanted = Sequence[tuple[str, Any]]


def find(rows: Sequence[Wanted]) -> list[dict[str, list[Found]]]:
    """For each row: kind of key → customers that have it."""
    by_kind: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for place, wanted in enumerate(rows):
        for kind, value in wanted:
            by_kind[kind].append((place, value))
    found: list[dict[str, list[Found]]] = [{} for _ in rows]
    for kind, pairs in by_kind.items():
        for place, pk, owner, archived, name, others in _select(kind, pairs):
            same = found[place].setdefault(kind, [])
            if all(one.id != pk for one in same):
                same.append(Found(pk, owner, archived, (name, *others)))
    _follow_merges(found)
    return found


def _follow_merges(found: list[dict[str, list[Found]]]) -> None:
    """Whoever is known by the code of a merged customer is the one that it has become."""
    gone = {one.id for by_kind in found for same in by_kind.values() for one in same if one.archived}
    became = survivors_of(gone) if gone else {}
    if not became:
        return
    rows = Customer.objects.filter(pk__in=set(became.values()))
    facts = {
        pk: Found(pk, owner, at is not None, (name,))
        for pk, owner, at, name in rows.values_list("pk", "owner_id", "archived_at", "name")
    }
    for by_kind in found:
        for kind, same in by_kind.items():
            today = (facts[became[one.id]] if one.id in became else one for one in same)
            by_kind[kind] = list({one.id: one for one in today}.values())


def _select(kind: str, pairs: list[tuple[int, Any]]) -> list[tuple]:
    if kind in (MatchKey.NAME, MatchKey.NAME_BIRTHDAY):
        return _select_by_name(pairs)
    values = [value for _, value in pairs]
    sql = {MatchKey.CODE: _BY_CODE, MatchKey.IDENTITY: _BY_IDENTITY}.get(MatchKey(kind), _BY_POINT)
    wanted = arrays.texts(values) if kind == MatchKey.CODE else arrays.blobs(values)
    return _run(sql, places=arrays.plain(place for place, _ in pairs), wanted=wanted)


def _select_by_name(pairs: list[tuple[int, tuple[str, str]]]) -> list[tuple]:
    # A name sorts by its reading, which differs between a person and a company.
    rows = [
        (place, key, name, birthday)
        for place, (name, birthday) in pairs
        for key in {sort_key(name), sort_key(name, person=True)}
    ]
    return _run(
        _BY_NAME,
        places=arrays.plain(row[0] for row in rows),
        wanted=arrays.texts(row[1] for row in rows),
        names=arrays.texts(row[2] for row in rows),
        birthdays=arrays.plain(row[3] or None for row in rows),
    )


def _run(sql: str, **params: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": current_organization_id(), **params})
        return cursor.fetchall()


def judge(found: dict[str, list[Found]], options: Options, reach: Reach | None, name: str) -> Verdict:
    """What happens to a row that is right in itself. `reach`: whose customers the importer may change; `name`: the row's."""
    taken = found.get(MatchKey.CODE)
    if taken and taken[0].archived:
        return Verdict(RowOutcome.ERROR, problem=["exists_archived", None, None])
    if options.policy == DuplicatePolicy.CREATE or (taken and MatchKey.CODE not in options.match):
        return Verdict(RowOutcome.ERROR, problem=["code_taken", None, None]) if taken else NEW
    fitting, shared = _fitting(found, options, name)
    if not fitting:
        return Verdict(RowOutcome.NEW, problem=["shared_contact", None, None]) if shared else NEW
    outside = RowOutcome.SKIP if options.policy == DuplicatePolicy.SKIP else RowOutcome.ERROR
    if len(fitting) > 1:
        return Verdict(outside, problem=["ambiguous", None, None])
    [customer] = fitting
    if reach is None or not reach.covers(customer.owner, customer.id):
        problem = (
            ["exists_other", None, str(customer.owner)] if customer.owner else ["exists_nobody", None, None]
        )
        return Verdict(outside, problem=problem)
    if options.policy == DuplicatePolicy.SKIP:
        return Verdict(RowOutcome.SKIP, customer.id, ["exists", None, None])
    return Verdict(RowOutcome.UPDATE, customer.id)


def _fitting(found: dict[str, list[Found]], options: Options, name: str) -> tuple[list[Found], bool]:
    """Who the row is, by the first of the keys that tells; and whether it only shares a phone or an address with somebody.

    A switchboard, a family or a salesperson's number stands for many: it tells only of customers that are called alike.
    """
    shared = False
    for kind in options.match:
        same = found.get(kind, [])
        if kind in SHARED_KEYS and not options.any_name:
            alike = [one for one in same if one.is_called(name)]
            shared, same = shared or len(alike) < len(same), alike
        if same:
            return same, False
    return [], shared
