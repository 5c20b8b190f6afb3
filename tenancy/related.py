"""What a list reads of the rows that its own rows point to."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

Rows = TypeVar("Rows", bound=Model)


def with_related(rows: QuerySet[Rows], **columns: Sequence[str]) -> QuerySet[Rows]:
    """`rows` with what they point to, of which no more than these columns are read (none named: all), since a customer has
    forty. Any other column costs a statement where it is asked for."""
    own = [field.name for field in rows.model._meta.concrete_fields]
    named = [f"{relation}__{column}" for relation, names in columns.items() for column in names]
    return rows.select_related(*columns).only(*own, *named)
