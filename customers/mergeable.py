"""What is chosen when customers are merged: each value of the survivor, from one of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import CustomerKind
from customers.fields import NEEDS, OPTIONAL
from customers.models import Customer, CustomerNeeds
from customers.models.customer import EDITABLE

BOTH = "both"
"""The choice that joins two texts."""


@dataclass(frozen=True)
class Choice:
    """A value to choose: one or more columns that belong together, of the customer or of its needs."""

    key: str
    label: str | Promise
    columns: tuple[str, ...]
    model: type[models.Model] = Customer
    joins: bool = False
    secret: bool = False
    keeps: bool = False
    """Unless somebody chooses otherwise the survivor's stands, even when another is newer."""
    latest: bool = False
    """Of several days the last is proposed."""

    @property
    def on_needs(self) -> bool:
        return self.model is CustomerNeeds


_ADDRESS = (
    "country", "province", "city", "district", "street", "street2", "postcode", "area", "region", "distance",
)  # fmt: skip


def _plain(key: str, label: str | Promise | None = None, **more: Any) -> Choice:
    if label is None:
        label = OPTIONAL[key].label if key in OPTIONAL else _verbose_name(key)
    return Choice(key, label, (key,), **more)


def _verbose_name(key: str) -> str | Promise:
    field: Any = Customer._meta.get_field(key)
    return field.verbose_name


def _each(model: type[models.Model], names: Iterable[str]) -> list[Choice]:
    """Long texts can be joined."""
    fields = {name: model._meta.get_field(name) for name in names}
    return [_plain(name, model=model, joins=type(one) is models.TextField) for name, one in fields.items()]


_NAMED: tuple[Choice, ...] = (
    _plain("name", pgettext_lazy("of a customer", "Name")),
    _plain("kind", _("Kind"), keeps=True),
    Choice("owner", pgettext_lazy("of a customer", "Owner"), ("owner_id",), keeps=True),
    _plain("relationship", _("Relationship"), keeps=True),
    _plain("tier", _("Tier"), keeps=True),
    _plain("gender"),
    Choice("birthday", OPTIONAL["birthday"].label, ("birthday", "birthday_typed")),
    _plain("age_band"),
    _plain("industry"),
    _plain("business_category"),
    _plain("source"),
    _plain("last_order_on", latest=True),
    Choice("address", _("Address"), _ADDRESS),
    _plain("credit_rating"),
    _plain("credit_note", joins=True),
    _plain("identity_number", secret=True),
    _plain("bank_account", secret=True),
    _plain("remarks", joins=True),
)
_COLUMNS = {column for choice in _NAMED for column in choice.columns}
CHOICES: tuple[Choice, ...] = (
    *_NAMED,
    *_each(Customer, (name for name in EDITABLE if name not in _COLUMNS)),
    *_each(CustomerNeeds, NEEDS),
)
"""What is not named above is chosen by itself."""
BY_KEY = {choice.key: choice for choice in CHOICES}


@dataclass
class Side:
    """One of the customers that are merged, with its needs."""

    customer: Customer
    needs: CustomerNeeds

    def values(self, choice: Choice) -> tuple[Any, ...]:
        row: Any = self.needs if choice.on_needs else self.customer
        return tuple(getattr(row, column) for column in choice.columns)

    def has(self, choice: Choice) -> bool:
        return any(value not in (None, "") for value in self.values(choice))

    @property
    def weight(self) -> int:
        """How much is known: the number of values filled."""
        return sum(self.has(choice) for choice in CHOICES)


def sides_of(customers: Sequence[Customer]) -> list[Side]:
    """The customers with their needs, in the same order. One query."""
    found = {row.customer_id: row for row in CustomerNeeds.objects.filter(customer__in=customers)}
    return [Side(one, found.get(one.pk) or CustomerNeeds(id=one.pk, customer=one)) for one in customers]


def is_contested(choice: Choice, sides: Sequence[Side]) -> bool:
    """Whether at least two have it, and not the same."""
    return len({side.values(choice) for side in sides if side.has(choice)}) > 1


def default_of(choice: Choice, sides: Sequence[Side]) -> str:
    """Whose value is proposed, by key: the survivor's (the first of `sides`) unless it has none or an older one;
    of two names the longer, of two texts both, of two days of a last order the later."""
    filled = [side for side in sides if side.has(choice)]
    if not filled:
        return str(sides[0].customer.pk)
    if choice.joins and is_contested(choice, sides):
        return BOTH
    if choice.keeps and filled[0] is sides[0]:
        return str(sides[0].customer.pk)
    same_as_first = not is_contested(choice, sides) and filled[0] is sides[0]
    best = sides[0] if same_as_first else max(filled, key=lambda side: _preference(choice, side))
    return str(best.customer.pk)


def _preference(choice: Choice, side: Side) -> tuple[Any, ...]:
    """The greatest is proposed. `side` has a value."""
    first: Any = len(side.customer.name) if choice.key == "name" else 0
    if choice.latest:
        [first] = side.values(choice)
    return first, side.customer.updated_at


def chosen_values(choice: Choice, sides: Sequence[Side], wanted: str) -> tuple[Any, ...]:
    """The values of the side that `wanted` names; of BOTH the texts one below the other, as far as they fit."""
    if wanted == BOTH and choice.joins:
        field: Any = choice.model._meta.get_field(choice.columns[0])
        texts = dict.fromkeys(side.values(choice)[0].strip() for side in sides if side.has(choice))
        return ("\n\n".join(texts)[: field.max_length],)
    side = next((side for side in sides if str(side.customer.pk) == wanted), sides[0])
    return side.values(choice)


def survivor_of(sides: Sequence[Side], activity: Mapping[Any, int]) -> Side:
    """Who is proposed to stay: the one about whom most is known, then the one with most on its timeline, then the elder."""
    return min(
        sides,
        key=lambda side: (-side.weight, -activity.get(side.customer.pk, 0), side.customer.created_at),
    )


def to_json(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def from_json(choice: Choice, column: str, value: Any) -> Any:
    field: Any = choice.model._meta.get_field(column.removesuffix("_id"))
    if field.is_relation:
        field = field.target_field
    return value if value is None else field.to_python(value)


def mixes_kinds(customers: Sequence[Customer]) -> bool:
    """A person and a company: hardly ever the same."""
    return len({one.kind for one in customers}) > 1 and CustomerKind.PERSON in {one.kind for one in customers}
