"""Pages of a long list by the last row seen, never by counting from the front."""

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import BooleanField, Count, F, Func, IntegerField, QuerySet, Value, Window

FORWARD, BACKWARD = "after", "before"
LONGEST = 3000
"""Room for a text of five hundred signs."""
COUNT = "count_of_all"
_ALL = Window(Count("pk"))


@dataclass(frozen=True)
class Order:
    """The columns of a list's order, all in one direction, the last of them unique. None is ever NULL."""

    paths: tuple[str, ...]
    descending: bool = False

    def terms(self, *, reverse: bool = False) -> list[str]:
        sign = "-" if self.descending != reverse else ""
        return [f"{sign}{path}" for path in self.paths]

    def terms_found_first(self, *, reverse: bool = False) -> list[Any]:
        """The same order, in which no index can be read."""
        first, *rest = self.terms(reverse=reverse)
        by = _Unindexed(self.paths[0])
        return [by.desc() if first.startswith("-") else by.asc(), *rest]


@dataclass(frozen=True)
class Page:
    """Rows (as dicts) and the cursors of the pages before and after them ("" where there is none).

    `count`: how many rows the list has, where reading its first page told; it need not be counted then.
    """

    rows: list[dict[str, Any]]
    before: str
    after: str
    count: int | None = None


class _Unindexed(Func):
    """The same value as no index has it."""

    function, arity = "GREATEST", 1


class _Beyond(Func):
    """(a, b) > (x, y): one comparison of whole rows, which an index on (a, b) serves."""

    template = "(%(mine)s) %(sign)s (%(theirs)s)"
    output_field = BooleanField()
    conditional = True

    def __init__(
        self, paths: Sequence[str], values: Sequence[Any], *, sign: str, fields: Sequence[Any]
    ) -> None:
        marks = [Value(value, output_field=field) for value, field in zip(values, fields, strict=True)]
        super().__init__(*(F(path) for path in paths), *marks)
        self.sign = sign

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **context: Any
    ) -> tuple[str, list[Any]]:
        parts, params = [], []
        for source in self.source_expressions:
            sql, found = compiler.compile(source)
            parts.append(sql)
            params.extend(found)
        half = len(parts) // 2
        return f"({', '.join(parts[:half])}) {self.sign} ({', '.join(parts[half:])})", params


@dataclass(frozen=True)
class Part:
    """Some of a list's rows, in an order of their own: the next part begins where this one ends.

    `among`: the same rows as one looks for them, where that is apart from what is read of them: an index gives the rows or
    their order, not both, and what is read of other tables is then read for one page alone.

    `are_few`: they are found first, then sorted. In an order that an index has, the planner tries everybody's rows one by
    one until a page is full; of a few members' rows that is thousands of others.

    `lanes`: where no index knows the first column of the order, a number from 1, its rows one number after the other: in
    each lane an index knows the order of the rest. The first of each are found, and the page among them.

    `counts`: to tell how many there are while the first page is read costs less than to look for them again.
    """

    rows: QuerySet
    order: Order
    among: QuerySet | None = None
    are_few: bool = False
    lanes: Sequence[QuerySet] = field(default_factory=tuple)
    counts: bool = False

    def first(self, most: int, *, behind: Sequence[Any] | None, backward: bool) -> QuerySet:
        """The first `most` rows, or those behind the values `behind`, one way or the other."""
        order, terms = self.order, self.order.terms(reverse=backward)
        if self.lanes:
            keys = self._first_of_lanes(terms, most, behind)
            return self.rows.filter(pk__in=keys).order_by(*terms)[:most]
        sought = self.rows if self.among is None else self.among
        if behind is not None:
            sought = sought.filter(_beyond(sought, order, behind, backward=backward))
        if self.are_few:
            keys = sought.order_by(*order.terms_found_first(reverse=backward))
        elif self.among is not None:
            keys = sought.order_by(*terms)
        else:
            return sought.order_by(*terms)[:most]
        return self.rows.filter(pk__in=keys.values("pk")[:most]).order_by(*terms)

    def first_counted(self, most: int) -> QuerySet:
        """The first `most` rows, each with how many there are of all as `COUNT`."""
        if not self.are_few:
            return self.rows.annotate(**{COUNT: _ALL}).order_by(*self.order.terms())[:most]
        sought = (self.rows if self.among is None else self.among).order_by(*self.order.terms_found_first())
        found = list(sought.values_list("pk", _ALL)[:most])
        count = Value(found[0][1] if found else 0, output_field=IntegerField())
        rows = self.rows.filter(pk__in=[key for key, _count in found])
        return rows.annotate(**{COUNT: count}).order_by(*self.order.terms())

    def _first_of_lanes(self, terms: Sequence[str], most: int, behind: Sequence[Any] | None) -> QuerySet:
        """The keys of so many rows of each lane behind the place `behind`, in the order of `terms`."""
        (_number_path, key_path), down = self.order.paths, terms[0].startswith("-")
        here, key = behind if behind is not None else (len(self.lanes) + 1 if down else 0, None)
        found = []
        for number, rows in enumerate(self.lanes, start=1):
            if (number > here) if down else (number < here):
                continue
            if number == here:
                rows = rows.filter(_beyond(rows, Order((key_path,)), [key], backward=down))
            found.append(rows.order_by(terms[1]).values("pk")[:most])
        return found[0].union(*found[1:], all=True) if found else self.rows.none()


def page(
    rows: QuerySet, order: Order, columns: Sequence[str], *, cursor: str, direction: str, size: int
) -> Page:
    """One page of `rows` in `order` with `columns` (paths). A cursor that was tampered with gives the first page."""
    return page_of_parts([Part(rows, order)], columns, cursor=cursor, direction=direction, size=size)


def page_of_parts(
    parts: Sequence[Part], columns: Sequence[str], *, cursor: str, direction: str, size: int
) -> Page:
    """One page of a list that is made of `parts`, one behind the other: one statement for each part that it touches; two
    for the first page of a few members' rows, with their count."""
    start, values = _place(parts, cursor)
    if values is None and len(parts) == 1 and parts[0].counts:
        return _first_counted(parts[0], columns, size)
    backward = direction == BACKWARD and values is not None
    found: list[tuple[int, dict[str, Any]]] = []
    behind = values
    for number in range(start, -1, -1) if backward else range(start, len(parts)):
        part, most = parts[number], size + 1 - len(found)
        rows, behind = part.first(most, behind=behind, backward=backward), None
        found += [(number, row) for row in rows.values(*dict.fromkeys((*columns, *part.order.paths)))]
        if len(found) > size:
            break
    more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    earlier = more if backward else values is not None
    later = True if backward else more
    return Page(
        [row for _number, row in found],
        _mark(parts, *found[0]) if found and earlier else "",
        _mark(parts, *found[-1]) if found and later else "",
    )


def _first_counted(part: Part, columns: Sequence[str], size: int) -> Page:
    found = list(part.first_counted(size + 1).values(*dict.fromkeys((*columns, *part.order.paths, COUNT))))
    count = found[0].pop(COUNT) if found else 0
    after = _mark([part], 0, found[size - 1]) if len(found) > size else ""
    return Page(found[:size], "", after, count)


def _place(parts: Sequence[Part], cursor: str) -> tuple[int, list[Any] | None]:
    """The part that a cursor stands in, and the values behind which it stands there."""
    number, inner = 0, cursor
    if len(parts) > 1:
        place, _dot, inner = cursor.partition(".")
        number = int(place) if place in map(str, range(len(parts))) else 0
    part = parts[number]
    values = decode(inner, _fields(part.rows, part.order)) if inner else None
    return (number, values) if values is not None else (0, None)


def _mark(parts: Sequence[Part], number: int, row: dict[str, Any]) -> str:
    inner = encode(row, parts[number].order)
    return f"{number}.{inner}" if len(parts) > 1 else inner


def beyond(rows: QuerySet, order: Order, cursor: str) -> QuerySet:
    """Those of `rows` behind the cursor; all of them when there is none, or none that can be read."""
    values = decode(cursor, _fields(rows, order)) if cursor else None
    return rows if values is None else rows.filter(_beyond(rows, order, values, backward=False))


def _beyond(rows: QuerySet, order: Order, values: Sequence[Any], *, backward: bool) -> _Beyond:
    sign = "<" if order.descending != backward else ">"
    return _Beyond(order.paths, values, sign=sign, fields=_fields(rows, order))


def _fields(rows: QuerySet, order: Order) -> list[Any]:
    found = []
    for path in order.paths:
        annotation = rows.query.annotations.get(path)
        if annotation is not None:
            found.append(annotation.output_field)
            continue
        found.append(_field_at(rows.model, path))
    return found


def _field_at(model: Any, path: str) -> Any:
    """The field that a path ends at; of a key the field that it holds."""
    field: Any = None
    for name in path.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name.removesuffix("_id"))
        model = field.related_model
    return field.target_field if field.is_relation and path.endswith("_id") else field


def encode(row: dict[str, Any], order: Order) -> str:
    values = [row[path] for path in order.paths]
    texts = [value.isoformat() if isinstance(value, date) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts, ensure_ascii=False).encode()).decode().rstrip("=")


def decode(cursor: str, fields: Sequence[Any]) -> list[Any] | None:
    """The values that a cursor names; None when it is not one of this order."""
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor[:LONGEST] + "=" * (-len(cursor) % 4)))
        if not isinstance(texts, list) or len(texts) != len(fields):
            return None
        return [_value(text, field) for text, field in zip(texts, fields, strict=True)]
    except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError):
        return None


def _value(text: Any, field: Any) -> Any:
    kind = field.get_internal_type()
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError
    if kind == "UUIDField":
        return uuid.UUID(text)
    if kind == "DateTimeField":
        return _aware(datetime.fromisoformat(text))
    if kind == "DateField":
        return date.fromisoformat(text)
    if kind.endswith("IntegerField"):
        number = int(text)
        if abs(number) >= (2**63 if kind.startswith("Big") else 2**31):
            raise ValueError
        return number
    return text.encode("utf-8").decode()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)
