"""Of a few members' rows: found first, then sorted.

In an order that an index has, the planner tries the whole organisation's rows one by one until a page is full; of a few
members' rows that is thousands of others. The keys of theirs are found first: what that takes does not grow with the
organisation.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, QuerySet

from tenancy.access import Viewer

FEW = 20
"""Members; whoever reaches more of them reaches a good part of the organisation."""


def reaches_few(viewer: Viewer, permission: str, *, alone: bool = True) -> bool:
    """`alone`: also of who reaches nothing but one member's own rows, for which there are indexes in most orders."""
    reach = viewer.reach(permission)
    if reach is None or reach.everyone or len(reach.members) > FEW:
        return False
    return alone or len(reach.members) > 1 or bool(reach.shared)


class Among(Func):
    """Whether the key at the end of `path` is one of `customers`, whose keys are found first."""

    template, arg_joiner = "(%(expressions)s))", " = ANY("
    output_field = BooleanField()
    conditional = True

    def __init__(self, path: str, customers: QuerySet[Any]) -> None:
        super().__init__(F(path), ArraySubquery(customers.order_by().values("pk")))
