"""Contact details of a customer or of one of its contact persons."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from customers import normalise
from customers.models import ContactPerson, ContactPoint, Customer
from tenancy.context import current_organization


@dataclass
class PointInput:
    """A contact detail to store. `value` is normalised; None keeps what the row `id` holds, without showing it."""

    kind: str
    value: str | None
    label: str = ""
    is_primary: bool = False
    id: uuid.UUID | None = None


def save_points(
    customer: Customer, points: Sequence[PointInput], *, person: ContactPerson | None = None
) -> bool:
    """Make these the contact details of the customer itself, or of `person`; answers whether anything changed.

    The first of a kind is its primary one unless another says so. A value that is kept keeps its kind. What is stored of
    a kind that is no longer collected stays as it is: whoever says what there is to be has not seen it.
    """
    rows = ContactPoint.objects.collected().filter(customer=customer, person=person)
    stored = {point.pk: point for point in rows}
    for wanted in points:
        if not wanted.value and wanted.id in stored:
            wanted.kind = stored[wanted.id].kind
    kept: set[uuid.UUID] = set()
    changed, position = False, -1
    for wanted in _with_primaries(points):
        row = stored.get(wanted.id) if wanted.id else None
        if row is None and not wanted.value:
            continue
        if row is None:
            row = ContactPoint(customer=customer, person=person, kind=wanted.kind)
        # A row stays in its place as long as that is behind the one before it: gaps are no change.
        position = max(position + 1, row.position)
        changed |= _store(row, wanted, position)
        kept.add(row.pk)
    gone = [key for key in stored if key not in kept]
    if gone:
        ContactPoint.objects.filter(pk__in=gone).delete()
    return changed or bool(gone)


def set_point_value(row: ContactPoint, value: str) -> None:
    """Put a normalised value on the row, with what finds it."""
    uid = current_organization().uid
    row.value = value
    row.value_index = normalise.value_index(row.kind, value, uid)
    row.tail_index = normalise.tail_index(row.kind, value, uid)


def _store(row: ContactPoint, wanted: PointInput, position: int) -> bool:
    before = (row.label, row.is_primary, row.position, row.kind)
    adding = row._state.adding
    new_value = bool(wanted.value) and (adding or row.kind != wanted.kind or row.value != wanted.value)
    row.label, row.is_primary, row.position, row.kind = wanted.label, wanted.is_primary, position, wanted.kind
    if new_value:
        set_point_value(row, wanted.value or "")
    if adding or new_value or before != (row.label, row.is_primary, row.position, row.kind):
        row.save(force_insert=adding)
        return True
    return False


def _with_primaries(points: Sequence[PointInput]) -> list[PointInput]:
    for kind in {point.kind for point in points}:
        same = [point for point in points if point.kind == kind]
        chosen = next((point for point in same if point.is_primary), same[0])
        for point in same:
            point.is_primary = point is chosen
    return list(points)
