"""What a merge of customers does with the rows that point to them, on whichever floor they stand.

Every model with a key to Customer says so itself: `merge_rules = {"customer": MOVE}`, one rule for each such key.
`customers/tests/test_merge_rules.py` fails for a key without a rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.apps import apps
from django.db import models


@dataclass(frozen=True)
class Several:
    """Rows whose `key` leads to one with `column` = `value` hold one of several things: the same only if `thing` is too."""

    thing: str
    key: str
    column: str
    value: str


@dataclass(frozen=True)
class Mirrored:
    """Rows with one of `values` in `column` say the same when this key and the key `other` have changed places."""

    other: str
    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class MergeRule:
    """How the rows of one key follow a merge; made by `move`, `combine`, `rebuilt`, `by_field` and `keep`."""

    how: Literal["move", "combine", "keep"]
    same: tuple[str, ...] = ()
    """Fields by which a row is the same as one that the survivor has already: it stays where it is."""
    live: str = ""
    """Field that is NULL in rows that count; only among those two are the same."""
    person: str = ""
    """Key to a contact person of the same customer: the row and the person are never parted."""
    united: Several | None = None
    """Which rows stand side by side although they are the `same`."""
    mirrored: Mirrored | None = None
    """Which rows are the same as one that points the other way."""
    why: str = ""

    @property
    def moves(self) -> bool:
        return bool(self.how == "move" or self.same)


def move(*, person: str = "") -> MergeRule:
    """The rows become the survivor's."""
    return MergeRule("move", person=person)


def combine(
    *same: str,
    live: str = "",
    person: str = "",
    united: Several | None = None,
    mirrored: Mirrored | None = None,
) -> MergeRule:
    """The rows become the survivor's, but for those that are the `same` as one it has."""
    return MergeRule("combine", same=same, live=live, person=person, united=united, mirrored=mirrored)


def rebuilt(why: str) -> MergeRule:
    """One row for each customer, computed from others: made anew on the signals, for the survivor and the merged."""
    return MergeRule("combine", why=why)


def by_field(why: str) -> MergeRule:
    """One row for each customer with fields of its own: whoever merges chooses each, as of the customer's own fields."""
    return MergeRule("combine", why=why)


def keep(why: str) -> MergeRule:
    """The rows stay with the merged customer and are read through it: ledgers, consent, what was recorded of it alone."""
    return MergeRule("keep", why=why)


MOVE = move()
FILES = "workspace.attachment"
"""Files hang on a customer's folder, not on the customer: they move by themselves."""


@dataclass(frozen=True)
class CustomerKey:
    """A key to Customer and its rule."""

    model: Any
    field: Any
    rule: MergeRule | None


def customer_keys() -> Iterator[CustomerKey]:
    """Every key to Customer in the house, in the order of the floors, from the registry of models."""
    from customers.models import Customer

    for model in apps.get_models():
        rules = getattr(model, "merge_rules", {})
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Customer:
                yield CustomerKey(model, field, rules.get(field.name))


def moving_keys() -> Iterator[CustomerKey]:
    """Those keys to customers whose rows follow a merge."""
    return (key for key in customer_keys() if key.rule is not None and key.rule.moves)
