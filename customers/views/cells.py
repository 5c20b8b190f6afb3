"""The cells of the customer list, ready to print: made in one pass, since fifty rows weigh more than their queries."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypedDict

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.custom import Spec, Value, loaded
from customers.enums import CustomType, Tier
from customers.models import Tag
from customers.queries.addresses import RowAddress
from customers.queries.tags import tags_read
from customers.registry import Fact, QuickAction
from workspace.templatetags.shell import badge, icon

_CLASSES = {
    "number": "num",
    **dict.fromkeys(("date", "datetime", "phone"), "cell-whole"),
    "tags": "fact-wide",
}
TONES = {Tier.KEY: "green", Tier.ORDINARY: "neutral", Tier.POTENTIAL: "blue"}


class Row(TypedDict):
    """A dict: a template reads its keys at half the price of attributes."""

    key: Any
    name: str
    note: str
    html: SafeString


def rows_for(
    found: Sequence[dict[str, Any]],
    columns: Sequence[Fact],
    phones: dict[Any, str],
    *,
    ticked: bool = False,
    action: QuickAction | None = None,
    notes: Mapping[Any, str] = MappingProxyType({}),
    editable: Collection[str] = (),
    reading: Collection[Any] = (),
) -> list[Row]:
    """`ticked`: each row has a box to choose it. `action` stands at the end of each. `notes`: why a row was found.
    `reading`: the keys of those that can be read and no more."""
    page = RowAddress("customers:detail")
    writers = [_cell_of(fact, fact.key in editable, _reader(fact, phones)) for fact in columns]
    plain = [_cell_of(fact, False, _reader(fact, phones)) for fact in columns] if reading else []
    if action:
        writers.append(_end_of(action))
        plain.append(lambda data, url: "<td></td>")
    rows = []
    for data in found:
        key, url, note = data["pk"], page.of(data["pk"]), notes.get(data["pk"], "")
        cells = [write(data, url) for write in (plain if key in reading else writers)]
        # Labels and contents have been escaped where they were made.
        html = mark_safe(f"<tr>{_head(data, url, note, ticked)}{''.join(cells)}</tr>")  # noqa: S308
        rows.append(Row(key=key, name=data["name"], note=note, html=html))
    return rows


def _head(data: dict[str, Any], url: str, note: str, ticked: bool) -> str:
    """The box to choose a row, and its name, with what it was found by."""
    name = escape(data["name"])
    box = (
        f'<td class="cell-check"><input type="checkbox" class="form-check-input" name="ids" value="{data["pk"]}"'
        f' aria-label="{name}"></td>'
    )
    below = f'<span class="row-sub d-block">{escape(note)}</span>' if note else ""
    return f'{box if ticked else ""}<th scope="row" class="cell-main"><a href="{url}">{name}</a>{below}</th>'


def _cell_of(
    fact: Fact, editable: bool, read: Callable[[dict[str, Any]], Any]
) -> Callable[[dict[str, Any], str], str]:
    """Writes the cell of a row, given its address; a phone leaves out what has nothing to say."""
    label = escape(str(fact.label))
    kind = f' class="{_CLASSES[fact.type]}"' if fact.type in _CLASSES else ""
    fixed = f'<td data-label="{label}"{kind}>'
    nothing = f'<td data-label="{label}" class="cell-phone-hide">{_NOTHING}</td>'

    def plain(data: dict[str, Any], url: str) -> str:
        content = read(data)
        return f"{fixed}{content}</td>" if content != "" else nothing

    if not editable:
        return plain
    only = fact.spec.only if fact.spec else ""
    opening = f'<td data-label="{label}"{kind} data-edit="{escape(fact.key)}">'
    ending = f'cells/{escape(fact.key)}/" aria-label="{escape(_("Edit"))} · {label}"></a></td>'

    def written(data: dict[str, Any], url: str) -> str:
        if only and data["kind"] != only:
            return plain(data, url)
        content = read(data)
        return f'{opening}{content if content != "" else _NOTHING}<a class="cell-edit" href="{url}{ending}'

    return written


_NOTHING = '<span class="quiet">—</span>'


def _end_of(action: QuickAction) -> Callable[[dict[str, Any], str], str]:
    """Writes the cell of the quick action."""
    address, label = RowAddress(action.url_name), escape(str(action.label))
    ending = f'" title="{label}">{icon(action.icon)}</a></td>'

    def write(data: dict[str, Any], url: str) -> str:
        return (
            f'<td class="cell-end"><a class="btn-quiet" href="{address.of(data["pk"])}" data-open-in-dialog'
            f' aria-label="{label} · {escape(data["name"])}{ending}'
        )

    return write


def _reader(fact: Fact, phones: Mapping[Any, str]) -> Callable[[dict[str, Any]], SafeString | str]:
    if fact.type == "phone":
        return lambda row: escape(phones.get(row["pk"], ""))
    if fact.type == "tags":
        return lambda row: tag_badges(tags_read(row[fact.path]))
    path = fact.read_path
    show = display(fact)
    return lambda row: show(row[path])


def tag_badges(tags: Iterable[Tag]) -> SafeString:
    found = [_tag_badge(str(tag), tag.tone) for tag in tags]
    # The labels have been escaped by the badges.
    return mark_safe(f'<span class="badges">{" ".join(found)}</span>' if found else "")  # noqa: S308


@lru_cache(maxsize=2048)
def _tag_badge(label: str, tone: str) -> SafeString:
    return badge(label, tone)


def display(fact: Fact) -> Callable[[Any], SafeString | str]:
    """How a value of this fact is written; "" for nothing."""
    if fact.spec:
        return _custom(fact.spec)
    if fact.type == "choice":
        labels = _labels(fact)
        return lambda value: labels.get(value, "")
    if fact.type == "boolean":
        words = {True: _("Yes"), False: _("No")}
        return lambda value: words.get(value, "")
    if fact.type in ("date", "datetime"):
        return _moments(fact, timezone.localdate())
    if fact.unit:
        return lambda value: "" if value is None else f"{value}{fact.unit}"
    return lambda value: "" if value is None or value == fact.empty else conditional_escape(value)


def _custom(spec: Spec) -> Callable[[Any], SafeString | str]:
    labels = spec.labels()
    many = spec.type in CustomType.WITH_CHOICES

    def show(held: Any) -> SafeString | str:
        value = loaded(spec, held if many else [held])
        return conditional_escape(custom_text(value, labels))

    return show


def custom_text(value: Value, labels: Mapping[Any, str]) -> str:
    """A value of a custom field in words; "" for nothing. `labels`: of its choices."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return _(", ").join(labels.get(one, "") for one in value)
    if isinstance(value, Decimal):
        return number_format(value, force_grouping=True)
    return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else value


def _moments(fact: Fact, today: date) -> Callable[[Any], str]:
    def show(value: date | datetime | None) -> str:
        return "" if value is None or value == fact.empty else moment_text(value, today)

    return show


def _labels(fact: Fact) -> dict[str, SafeString | str]:
    words = {value: escape(str(label)) for value, label in fact.choices.choices if value != ""}
    return {value: badge(word, TONES[value]) if value in TONES else word for value, word in words.items()}


def moment_text(value: date | datetime, today: date) -> str:
    """A day, or the hour when it is today."""
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        if local.date() == today:
            return date_format(local, "TIME_FORMAT")
        value = local.date()
    return _day_text(
        value, "MONTH_DAY_FORMAT" if value.year == today.year else "SHORT_DATE_FORMAT", get_language()
    )


@lru_cache(maxsize=4096)
def _day_text(day: date, form: str, language: str) -> str:
    """Lists share their days: each is put into words once, in each language."""
    return date_format(day, form)
