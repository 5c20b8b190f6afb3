"""Pages of a long list by the last row seen, never by counting from the front."""

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Value

FORWARD, BACKWARD = "after", "before"


@dataclass(frozen=True)
class Order:
    """The columns of a list's order, all in one direction, the last of them unique. None is ever NULL."""

    paths: tuple[str, ...]
    descending: bool = False

    def terms(self, *, reverse: bool = False) -> list[str]:
        sign = "-" if self.descending != reverse else ""
        return [f"{sign}{path}" for path in self.paths]


@dataclass(frozen=True)
class Page:
    """Rows (as dicts) and the cursors of the pages before and after them ("" where there is none)."""

    rows: list[dict[str, Any]]
    before: str
    after: str


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


def page(
    rows: QuerySet, order: Order, columns: Sequence[str], *, cursor: str, direction: str, size: int
) -> Page:
    """One page of `rows` in `order` with `columns` (paths). A cursor that was tampered with gives the first page."""
    backward = direction == BACKWARD
    values = decode(cursor, _fields(rows, order)) if cursor else None
    if values is None:
        backward = False
    else:
        rows = rows.filter(_beyond(rows, order, values, backward=backward))
    wanted = dict.fromkeys((*columns, *order.paths))
    found = list(rows.order_by(*order.terms(reverse=backward)).values(*wanted)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    earlier = more if backward else values is not None
    later = True if backward else more
    return Page(
        found,
        encode(found[0], order) if found and earlier else "",
        encode(found[-1], order) if found and later else "",
    )


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
        texts = json.loads(base64.urlsafe_b64decode(cursor[:2000] + "=" * (-len(cursor) % 4)))
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
        if abs(number) >= 2**31:
            raise ValueError
        return number
    return text.encode("utf-8").decode()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


def capped_count(rows: QuerySet, most: int = 10_000) -> int:
    """How many rows there are, at most `most` + 1, which stands for more."""
    return rows.order_by()[: most + 1].count()
