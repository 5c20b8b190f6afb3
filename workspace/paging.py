"""Pages of what is newest first: by key, never by OFFSET."""

from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
SIZE = 50


class Page(NamedTuple):
    rows: list
    older: str  # value of `before` for the next page, "" on the last one


def newest_first(queryset: QuerySet[Row], before: str = "", size: int = SIZE) -> Page:
    """Rows with an id smaller than `before`; a `before` that is not an id is ignored."""
    try:
        queryset = queryset.filter(pk__lt=UUID(before))
    except ValueError:
        pass
    rows = list(queryset.order_by("-id")[: size + 1])
    return Page(rows[:size], str(rows[size - 1].pk) if len(rows) > size else "")
