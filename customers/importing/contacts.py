"""The contact persons of a row: its own, and those of later rows that have become part of it."""

from collections.abc import Container
from typing import NamedTuple

from customers.enums import PointKind
from customers.importing.values import Values

KINDS = tuple(kind.value for kind in PointKind)
DETAILS = {f"contact_{kind}": kind for kind in KINDS}
"""Target → kind of contact detail."""
OF_CONTACT = frozenset(("contact_title", *DETAILS))
"""Targets of which a row without a contact person makes something else."""
_MORE = "more_people"


class Contact(NamedTuple):
    name: str
    title: str
    details: dict[str, list[str]]
    """Kind of contact detail → values."""


def contact_of(values: Values) -> Contact | None:
    """The one that the row itself names."""
    if not (name := values.get("contact_name")):
        return None
    details = {kind: values[target] for target, kind in DETAILS.items() if target in values}
    return Contact(name, values.get("contact_title", ""), details)


def contacts_of(values: Values) -> list[Contact]:
    own = contact_of(values)
    return [*([own] if own else ()), *map(_read, values.get(_MORE, ()))]


def _read(one: str | list) -> Contact:
    # Rows staged before contact persons had more than a name hold the name alone.
    return Contact(one, "", {}) if isinstance(one, str) else Contact(*one)


def add(values: Values, contact: Contact) -> None:
    values.setdefault(_MORE, []).append(contact)


def details_of(values: Values, kind: str) -> list[str]:
    """The customer's own and those of the row's contact person."""
    own = values.get(kind, [])
    return [*own, *theirs] if (theirs := values.get(f"contact_{kind}")) else own


def weight_of(values: Values) -> int:
    """About how many rows of the database it takes: the customer, its details, other names, contact persons and theirs."""
    listed = sum(len(value) for value in values.values() if isinstance(value, list))
    return 1 + listed + sum(len(found) for one in contacts_of(values) for found in one.details.values())


def field_of(target: str) -> str:
    """The field that decides whether the organisation collects what goes to the target."""
    return DETAILS.get(target, target)


def without(values: Values, hidden: Container[str]) -> Values:
    """Without what belongs to the `hidden` fields, also of the contact persons."""
    kept = {name: value for name, value in values.items() if field_of(name) not in hidden}
    if _MORE in kept:
        kept[_MORE] = [
            one._replace(details={kind: found for kind, found in one.details.items() if kind not in hidden})
            for one in map(_read, kept[_MORE])
        ]
    return kept
