"""What stands in a cell of a file."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.custom import Spec, number_of
from customers.enums import CustomType
from customers.models.labels import in_language
from customers.registry import Fact

# What a spreadsheet would run: also behind spaces and unseen characters, and in full width. Real numbers are left alone.
_FORMULA = re.compile(
    "[\\s\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\x00-\\x1f]*[=+\\-@＝＋－＠\t\r|]"
)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")

Cell = str | int | float | Decimal | bool | date | None
Read = Callable[[dict[str, Any]], Cell]
Convert = Callable[[Any], Cell]


def escaped(text: str) -> str:
    """A text cell that a spreadsheet shows instead of executing."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unescaped(text: str) -> str:
    """The text that `escaped`, or another program that does the same, has made this of."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


def reader(fact: Fact, phones: Mapping[Any, str]) -> Read:
    """How the cell of this column is read from a row. `phones` is filled anew for each batch.

    What is the same for every row, words of the language among it, is found here, once.
    """
    if fact.type == "phone":
        return lambda row: phones.get(row["pk"])
    path = fact.read_path
    convert, empty = _converter(fact), fact.empty
    if empty is None:
        return lambda row: None if (held := row[path]) is None else convert(held)
    return lambda row: None if (held := row[path]) is None or held == empty else convert(held)


def _converter(fact: Fact) -> Convert:
    if fact.spec:
        return _own(fact.spec)
    if fact.type == "tags":
        return _tags()
    if fact.type == "choice":
        return {value: str(label) for value, label in fact.choices.choices if value != ""}.get
    if fact.type == "boolean":
        return {True: _("Yes"), False: _("No")}.get
    if fact.type == "datetime":
        zone = timezone.get_current_timezone()
        return lambda value: value.astimezone(zone).replace(tzinfo=None)
    if fact.type in ("date", "number"):
        return lambda value: value if isinstance(value, date | int | float | Decimal) else str(value)
    return lambda value: str(value) or None


def _own(spec: Spec) -> Convert:
    """A value of a custom field, as `value_expression` reads it: numbers and dates as such, choices as text."""
    if spec.type in CustomType.WITH_CHOICES:
        return _choices(spec)
    if spec.type == CustomType.NUMBER:
        return number_of
    if spec.type == CustomType.BOOLEAN:
        return {1: _("Yes"), 0: _("No")}.get
    return lambda value: value


def _choices(spec: Spec) -> Convert:
    """The labels of what was chosen, in the order in which they are offered."""
    between = _("; ")
    placed = {choice: (place, label) for place, (choice, label) in enumerate(spec.labels().items())}

    def convert(held: Any) -> Cell:
        chosen = sorted(placed[one] for one in held if one in placed)
        return between.join(label for _place, label in chosen) or None

    return convert


def _tags() -> Convert:
    """The labels of what `tags_along` reads."""
    between, label = _("; "), cache(in_language)
    return lambda held: between.join(label(one["label_zh"], one["label_en"]) for one in held) or None


def as_text(cell: Cell) -> str:
    """The cell in a file that knows nothing but text."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return escaped(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
