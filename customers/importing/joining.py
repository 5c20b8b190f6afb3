"""Rows that name another contact person of a customer further up in the file: what they bring becomes part of its first row.

The first row's payload grows, so that applying and reverting know of one row for each customer. Done once all rows are kept;
a killed worker's successor begins anew and passes over what is done.
"""

import uuid
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from customers.enums import RowOutcome
from customers.importing import rows
from customers.importing.contacts import KINDS, add, contact_of, contacts_of
from customers.importing.limits import MAX_PEOPLE
from customers.importing.values import Values
from customers.models import ContactPerson, ImportRow
from tenancy.context import current_organization, current_organization_id
from tenancy.db import arrays
from workspace.progress import Progress

AT_ONCE = 1500
_NAMED_BY = frozenset(("contact_name", "surname", "given_name"))
REPEATED, JOINED, TOO_MANY = "same_as_row", "person_of_row", "too_many_people"

_NEXT = """
SELECT id, number, target_id, CASE WHEN problems->-1->>0 = 'same_as_row' THEN payload END,
    CASE WHEN problems->-1->>0 IN ('same_as_row', 'person_of_row', 'too_many_people') THEN (problems->-1->>2)::int END
FROM customers_importrow
WHERE organization_id = %s AND batch_id = %s AND number > %s AND outcome IN ('skip', 'error', 'person')
ORDER BY number LIMIT %s
"""
_GROW = """
UPDATE customers_importrow r SET payload = decode(u.payload, 'hex')
FROM unnest(%(ids)s::uuid[], %(payloads)s::text[]) AS u(id, payload)
WHERE r.organization_id = %(organization)s AND r.id = u.id
"""
_JOIN = """
UPDATE customers_importrow r SET target_id = u.target,
    outcome = CASE u.code WHEN 'person_of_row' THEN 'person' ELSE r.outcome END,
    problems = (r.problems - -1) || jsonb_build_array(jsonb_build_array(u.code, NULL, u.first))
FROM unnest(%(ids)s::uuid[], %(targets)s::uuid[], %(codes)s::text[], %(firsts)s::int[]) AS u(id, target, code, first)
WHERE r.organization_id = %(organization)s AND r.id = u.id
"""
_LEAVE = """
UPDATE customers_importrow r SET outcome = 'skip', target_id = NULL,
    problems = (r.problems - -1) || jsonb_build_array(jsonb_build_array('row_left', NULL, f.number))
FROM customers_importrow w CROSS JOIN LATERAL (
    SELECT number, outcome FROM customers_importrow
    WHERE organization_id = %(organization)s AND batch_id = %(batch)s AND number = (w.problems->-1->>2)::int LIMIT 1) f
WHERE w.organization_id = %(organization)s AND w.batch_id = %(batch)s AND w.outcome = 'person'
    AND f.outcome NOT IN ('new', 'update') AND r.organization_id = %(organization)s AND r.id = w.id
"""


@dataclass(frozen=True)
class _Repeated:
    """A row that makes no customer. `payload`: None once it has been looked at; `earlier`: the same customer's."""

    id: uuid.UUID
    number: int
    target: uuid.UUID | None
    payload: memoryview | None
    earlier: int | None


@dataclass
class _First:
    id: uuid.UUID
    number: int
    customer: uuid.UUID
    """Its own key, unless it is about somebody known."""
    values: Values
    known: set[str] = field(default_factory=set)
    """The names of those who are contact persons of the customer already."""
    has_grown: bool = False

    def take(self, values: Values) -> str:
        """Add what the values of another row bring, if they name somebody new. Answers the code of what became of it."""
        contact = contact_of(values)
        if contact is None or contact.name in self.known:
            return REPEATED
        if len(self.known) >= MAX_PEOPLE:
            return TOO_MANY
        self.known.add(contact.name)
        add(self.values, contact)
        for kind in KINDS:
            if kind in values:
                self.values[kind] = list(dict.fromkeys([*self.values.get(kind, ()), *values[kind]]))
        self.has_grown = True
        return JOINED


class _Firsts:
    """Which row of its customer is the first, for every repeated row of the file: 16 bytes each."""

    def __init__(self) -> None:
        self._numbers, self._firsts = array("l"), array("l")

    def add(self, number: int, earlier: int) -> None:
        """Repeated rows in the order of the file, each with the earlier one that it is like."""
        self._numbers.append(number)
        self._firsts.append(self.of(earlier))

    def of(self, number: int) -> int:
        place = bisect_left(self._numbers, number)
        there = place < len(self._numbers) and self._numbers[place] == number
        return self._firsts[place] if there else number


def brings_people(mapping: Sequence[str]) -> bool:
    return not _NAMED_BY.isdisjoint(mapping)


def join_people(batch: uuid.UUID, progress: Progress) -> None:
    """Add the contact persons that repeated rows name to the first rows of their customers."""
    firsts, after = _Firsts(), 0
    while True:
        with progress.batch():
            found = _next(batch, after)
            if not found:
                return
            for row in found:
                if row.earlier is not None:
                    firsts.add(row.number, row.earlier)
            _join(batch, [row for row in found if row.payload is not None], firsts)
            after = found[-1].number
            progress.checkpoint(stage="check")


def leave_people(batch: uuid.UUID) -> None:
    """Say of the rows whose first row was not imported that they were not either."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, {"organization": current_organization_id(), "batch": batch})


def _next(batch: uuid.UUID, after: int) -> list[_Repeated]:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [current_organization_id(), batch, after, AT_ONCE])
        return [_Repeated(*row) for row in cursor]


def _join(batch: uuid.UUID, found: list[_Repeated], firsts: _Firsts) -> None:
    uid = current_organization().uid
    known = _read(batch, {firsts.of(row.number) for row in found}, uid)
    joined: list[tuple[_Repeated, _First, str]] = []
    for row in found:
        first = known.get(firsts.of(row.number))
        # What is recognised as another customer of the registry is not that of its first row after all.
        if first is None or row.target not in (None, first.customer):
            continue
        code = first.take(rows.unseal(bytes(row.payload or b""), uid, row.id)[1])
        if code != REPEATED:
            joined.append((row, first, code))
    if joined:
        _write(joined, [first for first in known.values() if first.has_grown], uid)


def _read(batch: uuid.UUID, numbers: set[int], uid: uuid.UUID) -> dict[int, _First]:
    """Those of the rows that are going to be imported, by their numbers."""
    found = ImportRow.objects.filter(
        batch=batch, number__in=numbers, outcome__in=(RowOutcome.NEW, RowOutcome.UPDATE)
    )
    firsts: dict[int, _First] = {}
    for pk, number, target, payload in found.values_list("pk", "number", "target_id", "payload"):
        values = rows.unseal(bytes(payload), uid, pk)[1]
        firsts[number] = _First(
            pk, number, target or pk, values, {contact.name for contact in contacts_of(values)}
        )
    there = {first.customer: first for first in firsts.values() if first.customer != first.id}
    people = ContactPerson.objects.filter(customer__in=there) if there else ContactPerson.objects.none()
    for customer, name in people.values_list("customer_id", "name"):
        there[customer].known.add(name)
    return firsts


def _write(joined: Sequence[tuple[_Repeated, _First, str]], grown: Sequence[_First], uid: uuid.UUID) -> None:
    organization: dict[str, Any] = {"organization": current_organization_id()}
    with connection.cursor() as cursor:
        cursor.execute(
            _GROW,
            organization
            | {
                "ids": arrays.keys(first.id for first in grown),
                "payloads": arrays.blobs(rows.seal(None, first.values, uid, first.id) for first in grown),
            },
        )
        cursor.execute(
            _JOIN,
            organization
            | {
                "ids": arrays.keys(row.id for row, _, _ in joined),
                "targets": arrays.keys(first.customer for _, first, _ in joined),
                "codes": arrays.texts(code for _, _, code in joined),
                "firsts": arrays.plain(first.number for _, first, _ in joined),
            },
        )
