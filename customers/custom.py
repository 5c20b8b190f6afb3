"""Values of custom fields between the page, the file and the row.

A value is a `str`, a `Decimal`, a `date`, a `bool`, or for choices a list of choice keys (`UUID`); None or [] is nothing.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from customers.enums import CustomType
from customers.models.custom_field import SCALE
from customers.models.labels import in_language

OWN = "x_"
"""Begins the names of an organisation's own fields in forms, addresses and files."""
LARGEST = Decimal(10) ** 13
DECIMALS = 4
LONGEST = 500
Value = str | Decimal | date | bool | list[uuid.UUID] | None


@dataclass(frozen=True)
class Choice:
    id: uuid.UUID
    label_zh: str
    label_en: str
    retired: bool = False

    def __str__(self) -> str:
        return in_language(self.label_zh, self.label_en)


@dataclass(frozen=True)
class Spec:
    """A custom field, read once for a request."""

    id: uuid.UUID
    key: str
    type: str
    label_zh: str
    label_en: str
    only: str = ""
    required: bool = False
    default_column: bool = False
    searchable: bool = False
    purpose_zh: str = ""
    purpose_en: str = ""
    choices: Sequence[Choice] = field(default_factory=tuple)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Spec":
        """A row of `queries.custom.SPECS`."""
        choices = tuple(
            Choice(uuid.UUID(one["id"]), one["label_zh"], one["label_en"], one["retired"])
            for one in row["choices"] or ()
        )
        return cls(**{**row, "id": uuid.UUID(row["id"]), "choices": choices})

    @property
    def name(self) -> str:
        return f"{OWN}{self.key}"

    @property
    def label(self) -> str:
        return in_language(self.label_zh, self.label_en)

    @property
    def purpose(self) -> str:
        return in_language(self.purpose_zh, self.purpose_en)

    @property
    def column(self) -> str:
        """The column of `CustomValue` that holds it."""
        return COLUMNS[CustomType(self.type)]

    def labels(self) -> dict[uuid.UUID, str]:
        return {choice.id: str(choice) for choice in self.choices}


@dataclass(frozen=True)
class CustomInput:
    """What was entered into the organisation's own fields `specs`: name of the field → value."""

    values: Mapping[str, Value]
    specs: Sequence[Spec]


COLUMNS = {
    CustomType.TEXT: "text",
    CustomType.NUMBER: "number",
    CustomType.BOOLEAN: "number",
    CustomType.DATE: "day",
    CustomType.CHOICE: "choice_id",
    CustomType.CHOICES: "choice_id",
}


def stored(spec: Spec, value: Value) -> list[Any]:
    """What the rows hold in `spec.column`; none for nothing."""
    if value is None or value == "" or value == []:
        return []
    if isinstance(value, bool):
        return [int(value)]
    if isinstance(value, Decimal):
        return [int(value * SCALE)]
    return list(value) if isinstance(value, list) else [value]


def cells(spec: Spec, value: Value) -> list[Any]:
    """What `stored` makes of it, as JSON can hold it."""
    return [as_json(cell) for cell in stored(spec, value)]


def as_json(cell: Any) -> Any:
    """A cell of `CustomValue` as JSON can hold it."""
    if isinstance(cell, uuid.UUID):
        return cell.hex
    return cell.isoformat() if isinstance(cell, date) else cell


def loaded(spec: Spec, cells: Sequence[Any]) -> Value:
    """The value that rows with these cells in `spec.column` stand for."""
    if spec.type in CustomType.WITH_CHOICES:
        order = [choice.id for choice in spec.choices]
        known = [uuid.UUID(str(cell)) for cell in cells if cell is not None]
        return sorted(known, key=lambda one: order.index(one) if one in order else len(order))
    cell = cells[0] if cells else None
    if cell is None:
        return None
    if spec.type == CustomType.NUMBER:
        return number_of(cell)
    if spec.type == CustomType.BOOLEAN:
        return bool(cell)
    if spec.type == CustomType.DATE and isinstance(cell, str):
        return date.fromisoformat(cell)
    return cell


def number_of(cell: int) -> Decimal:
    """12500 → 1.25, without trailing zeros."""
    whole, rest = divmod(cell, SCALE)
    return (Decimal(cell) / SCALE).normalize() if rest else Decimal(whole)
