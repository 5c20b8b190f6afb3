"""The cells of the customer list, ready to print: made in one pass, since fifty rows weigh more than their queries."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from customers.enums import CustomerKind, Tier
from customers.queries.addresses import RowAddress
from customers.registry import Fact
from workspace.templatetags.shell import badge, icon

TONES = {Tier.KEY: "green", Tier.ORDINARY: "neutral", Tier.POTENTIAL: "blue"}
EMPTY = mark_safe('<span class="quiet">—</span>')


class Row(NamedTuple):
    key: Any
    name: str
    url: str
    icon: SafeString
    cells: list[tuple[str, SafeString | str, str]]  # label, content, class
    action: str
    archived: bool


def rows_for(
    found: Sequence[dict[str, Any]], columns: Sequence[Fact], phones: dict[Any, str], action: str = ""
) -> list[Row]:
    """`action`: the url name of the quick action that stands at the end of each row."""
    page, act = RowAddress("customers:detail"), RowAddress(action) if action else None
    icons = {CustomerKind.COMPANY: icon("building", "icon-sm"), CustomerKind.PERSON: icon("user", "icon-sm")}
    shown = [(str(fact.label), _reader(fact, phones), "num" if fact.type == "number" else "") for fact in columns]
    return [
        Row(
            data["pk"],
            data["name"],
            page.of(data["pk"]),
            icons.get(data["kind"], ""),
            [_cell(label, read(data), css) for label, read, css in shown],
            act.of(data["pk"]) if act else "",
            data["archived_at"] is not None,
        )
        for data in found
    ]


def _cell(label: str, content: SafeString | str, css: str) -> tuple[str, SafeString | str, str]:
    return (label, content, css) if content != "" else (label, EMPTY, "cell-phone-hide")


def _reader(fact: Fact, phones: dict[Any, str]) -> Callable[[dict[str, Any]], SafeString | str]:
    if fact.type == "phone":
        return lambda row: phones.get(row["pk"], "")
    path = f"{fact.path}__name" if fact.type == "member" else fact.path
    show = display(fact)
    return lambda row: show(row[path])


def display(fact: Fact) -> Callable[[Any], SafeString | str]:
    """How a value of this fact is written; "" for nothing."""
    if fact.type == "choice":
        labels = _labels(fact)
        return lambda value: labels.get(value, "")
    if fact.type == "boolean":
        words = {True: _("Yes"), False: _("No")}
        return lambda value: words.get(value, "")
    if fact.type in ("date", "datetime"):
        today = timezone.localdate()
        return lambda value: "" if value is None or value == fact.empty else moment_text(value, today)
    return lambda value: "" if value is None or value == fact.empty else conditional_escape(value)


def _labels(fact: Fact) -> dict[str, SafeString | str]:
    words = {value: str(label) for value, label in fact.choices.choices if value != ""}
    return {value: badge(word, TONES[value]) if value in TONES else word for value, word in words.items()}


def moment_text(value: date | datetime, today: date) -> str:
    """A day, or the hour when it is today."""
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        if local.date() == today:
            return date_format(local, "TIME_FORMAT")
        value = local.date()
    return date_format(value, "MONTH_DAY_FORMAT" if value.year == today.year else "SHORT_DATE_FORMAT")
