"""The story of one customer, newest first, as far as the reader's rights go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch
from django.utils.functional import Promise

from customers.models import Customer, TimelineEntry
from customers.queries.keyset import FORWARD, Order, Page, page
from customers.registry import TimelineKind, timeline_kinds
from tenancy.access import Viewer
from tenancy.links import organization_url

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
    chosen: str = "",
    cursor: str = "",
    direction: str = FORWARD,
    size: int = 20,
) -> tuple[list[Line], Page]:
    """One page of lines, of the `chosen` kind or of all that the viewer may read. One query."""
    kinds = {kind.key: kind for kind in readable_kinds(viewer)}
    wanted = [chosen] if chosen in kinds else list(kinds)
    rows = TimelineEntry.objects.filter(customer=customer, kind__in=wanted)
    found = page(rows, NEWEST, _COLUMNS, cursor=cursor, direction=direction, size=size)
    return [_line(kinds[row["kind"]], row) for row in found.rows], found


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
