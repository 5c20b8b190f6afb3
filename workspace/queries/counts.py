"""The numbers of the frame: unread notes, and how many wait behind the lines of the navigation. One statement."""

from collections.abc import Iterable
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from tenancy.access import Viewer
from tenancy.counting import capped
from tenancy.models import Organization
from workspace.queries.notification import MOST_COUNTED, unread_of
from workspace.registry import navigation

UNREAD = "unread"


class CountUpTo(Subquery):
    """How many rows there are, at most MOST_COUNTED, which stands for more."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet) -> None:
        super().__init__(rows.order_by().values("pk")[:MOST_COUNTED])


def counts_for(viewer: Viewer, places: Iterable[str]) -> dict[str, int]:
    """Unread notes under UNREAD, and under the keys of those `places` that count something."""
    counted = {f"place_{number}": key for number, key in enumerate(places) if navigation[key].count}
    asked: dict[str, Any] = {name: navigation[key].count(viewer) for name, key in counted.items()}  # type: ignore[misc]
    rows = Organization.objects.filter(pk=viewer.organization.pk)
    found = rows.annotate(unread=CountUpTo(unread_of(viewer)), **asked).values("unread", *asked).get()
    return {UNREAD: found["unread"], **{key: found[name] or 0 for name, key in counted.items()}}


def shown(count: int) -> str:
    """One of them as people read it: "99+" for as many as are counted."""
    return capped(count, MOST_COUNTED - 1)
