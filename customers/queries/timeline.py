"""The story of one customer, newest first, as far as the reader's rights go."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField
from django.db.models.expressions import RawSQL
from django.urls import NoReverseMatch
from django.utils.functional import Promise

from customers.models import Customer, TimelineEntry
from customers.queries.keyset import FORWARD, Order, Page, page
from customers.registry import TimelineKind, timeline_kinds
from tenancy.access import Viewer
from tenancy.links import organization_url

MOST_COUNTED = 99
NEWEST = Order(("at", "pk"), descending=True)
_COLUMNS = ("pk", "kind", "at", "actor__name", "subject_id", "params", "text")


@dataclass(frozen=True)
class Line:
    """One line in words."""

    icon: str
    label: str | Promise
    title: str
    moment: datetime
    actor: str
    body: str
    url: str


def readable_kinds(viewer: Viewer) -> list[TimelineKind]:
    """The kinds that the viewer may read; an entry of another kind does not exist for them."""
    return [kind for kind in timeline_kinds if viewer.can(kind.permission)]


def timeline_page(
    customer: Customer,
    viewer: Viewer,
    *,
    chosen: Collection[str] = (),
    cursor: str = "",
    direction: str = FORWARD,
    size: int = 20,
) -> tuple[list[Line], Page]:
    """One page of lines, of the `chosen` kinds or of all that the viewer may read. One query."""
    kinds = {kind.key: kind for kind in readable_kinds(viewer)}
    wanted = [key for key in chosen if key in kinds] or list(kinds)
    rows = TimelineEntry.objects.filter(customer=customer, kind__in=wanted)
    found = page(rows, NEWEST, _COLUMNS, cursor=cursor, direction=direction, size=size)
    return [_line(kinds[row["kind"]], row) for row in found.rows], found


def kind_counts(customer: Customer, viewer: Viewer) -> dict[str, int]:
    """How many lines of each kind there are, of those that the viewer may read. One query."""
    kinds = [kind.key for kind in readable_kinds(viewer)]
    rows = TimelineEntry.objects.filter(customer=customer, kind__in=kinds).order_by()
    return dict(rows.values_list("kind").annotate(n=Count("id")))


def line_count(viewer: Viewer) -> RawSQL:
    """Of a customer in a query: how many lines the viewer may read, counted no further than a tab can show."""
    kinds = [kind.key for kind in readable_kinds(viewer)]
    return counted(
        "customers_timelineentry r", "r.customer_id = customers_customer.id AND r.kind = ANY(%s)", kinds
    )


def counted(table: str, condition: str, *values: Any) -> RawSQL:
    """Of a customer in a query: the rows `r` of `table` under `condition`, at most `MOST_COUNTED` + 1, for a tab's badge.

    Written out: of the customer's page every part is built for each request, and the ORM takes longer to build such a
    count than the database to answer it.
    """
    mine = f"r.organization_id = customers_customer.organization_id AND {condition}"
    sql = f"SELECT count(*) FROM (SELECT FROM {table} WHERE {mine} LIMIT {MOST_COUNTED + 1}) counted"  # noqa: S608
    return RawSQL(sql, values, output_field=IntegerField())  # noqa: S611 - made of constants


def _line(kind: TimelineKind, row: dict[str, Any]) -> Line:
    title = kind.sentence(row["params"])
    actor = row["actor__name"] or ""
    return Line(kind.icon, kind.label, title, row["at"], actor, row["text"], _url(kind, row))


def _url(kind: TimelineKind, row: dict[str, Any]) -> str:
    if not kind.url_name or not row["subject_id"]:
        return ""
    try:
        return organization_url(kind.url_name, pk=row["subject_id"])
    except NoReverseMatch:
        return ""
