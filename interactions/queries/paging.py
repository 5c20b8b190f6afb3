"""Pages by key over two sort columns, never by OFFSET."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
SIZE = 50


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """One page; `after` is the value of the parameter that leads to the next one, "" on the last."""

    rows: list[Row]
    after: str


def by_key(
    rows: QuerySet[Row], keys: Sequence[str], after: str = "", *, newest: bool = False, size: int = SIZE
) -> Slice[Row]:
    """A page of `rows` in the order of two `keys`, the second one unique; `newest` reverses both.

    An `after` that cannot be read gives the first page.
    """
    first, second = keys
    comparison = "lt" if newest else "gt"
    place = _decode(rows, first, after)
    if place is not None:
        value, key = place
        # The bound on the first column alone lets the index start there; the rest decides among equals.
        rows = rows.filter(**{f"{first}__{comparison}e": value}).filter(
            Q(**{f"{first}__{comparison}": value}) | Q(**{first: value, f"{second}__{comparison}": key})
        )
    sign = "-" if newest else ""
    found = list(rows.order_by(sign + first, sign + second)[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Slice(found[:size], _encode(getattr(last, first), getattr(last, second)) if last else "")


def _encode(value: date | datetime, key: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([value.isoformat(), str(key)]).encode()).decode().rstrip("=")


def _decode(rows: QuerySet, first: str, text: str) -> tuple[Any, UUID] | None:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if rows.model._meta.get_field(first).get_internal_type() == "DateTimeField":
            return _aware(datetime.fromisoformat(value)), UUID(key)
        return date.fromisoformat(value), UUID(key)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)
