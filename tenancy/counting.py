"""Numbers beside long lists: exact as far as anybody reads, then "1,000+"; counting never grows with the organisation."""

from django.db.models import IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import number_format

MOST_COUNTED = 1_000
COUNTED_FAR = 10_000
"""As far as is counted what somebody decides by: whom a rule would reach, what one person owns."""


def capped_count(rows: QuerySet, most: int = MOST_COUNTED) -> int:
    """How many rows there are, at most `most` + 1, which stands for more."""
    return rows.order_by().values("pk")[: most + 1].count()


def count_of(rows: QuerySet, most: int = MOST_COUNTED) -> Coalesce:
    """In a query of something else: the number of `rows` (which may name it by OuterRef), at most `most` + 1."""
    return Coalesce(_CountOf(rows.order_by().values("pk")[: most + 1]), 0)


def capped(count: int, most: int = MOST_COUNTED) -> str:
    """A number counted as far as `most`, as people read it."""
    shown = number_format(min(count, most), force_grouping=True)
    return f"{shown}+" if count > most else shown


class _CountOf(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
