"""What stands in a cell of a file."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.custom import Spec, loaded
from customers.enums import CustomType
from customers.queries.tags import tags_read
from customers.registry import Fact

# What a spreadsheet would run: also behind spaces and unseen characters, and in full width. Real numbers are left alone.
_FORMULA = re.compile(
    "[\\s\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\x00-\\x1f]*[=+\\-@＝＋－＠\t\r|]"
)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")

Cell = str | int | float | Decimal | bool | date | None
Read = Callable[[dict[str, Any]], Cell]


def escaped(text: str) -> str:
    """A text cell that a spreadsheet shows instead of executing."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def reader(fact: Fact, phones: Mapping[Any, str]) -> Read:
    """How the cell of this column is read from a row. `phones` is filled anew for each batch."""
    if fact.type == "phone":
        return lambda row: phones.get(row["pk"])
    if fact.type == "tags":
        return lambda row: _("; ").join(str(tag) for tag in tags_read(row[fact.path])) or None
    path = f"{fact.path}__name" if fact.type == "member" else fact.path
    convert = _converter(fact)
    return lambda row: None if row[path] is None or row[path] == fact.empty else convert(row[path])


def _own(spec: Spec) -> Callable[[Any], Cell]:
    """A value of a custom field: numbers and dates as such, choices as text."""
    labels, many = spec.labels(), spec.type in CustomType.WITH_CHOICES

    def convert(held: Any) -> Cell:
        value = loaded(spec, held if many else [held])
        if isinstance(value, list):
            return _("; ").join(labels.get(one, "") for one in value) or None
        return (_("Yes") if value else _("No")) if isinstance(value, bool) else value

    return convert


def _converter(fact: Fact) -> Callable[[Any], Cell]:
    if fact.spec:
        return _own(fact.spec)
    if fact.type == "choice":
        labels = {value: str(label) for value, label in fact.choices.choices if value != ""}
        return lambda value: labels.get(value)
    if fact.type == "boolean":
        words = {True: _("Yes"), False: _("No")}
        return lambda value: words.get(value)
    if fact.type == "datetime":
        zone = timezone.get_current_timezone()
        return lambda value: value.astimezone(zone).replace(tzinfo=None)
    if fact.type in ("date", "number"):
        return lambda value: value if isinstance(value, date | int | float | Decimal) else str(value)
    return lambda value: str(value) or None


def as_text(cell: Cell) -> str:
    """The cell in a file that knows nothing but text."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    return escaped(cell) if isinstance(cell, str) else str(cell)
