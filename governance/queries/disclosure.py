"""Who looked at what: disclosures searched, and counted by person and day."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import Customer, DisclosedCustomer, Disclosure
from customers.rights import VIEW
from governance.models import PrivacyPolicy
from tenancy.access import Viewer
from tenancy.context import current_organization_id
from tenancy.days import start_of_day
from tenancy.models import Membership

PERMISSION = "customers.view_disclosure"
SIZE = 50
DAYS = 30
STANDINGS = 50
_SEEN = """
SELECT coalesce(sum(customers), 0),
    (SELECT disclosures_per_day FROM governance_privacypolicy WHERE organization_id = %(organization)s LIMIT 1)
FROM customers_disclosure WHERE organization_id = %(organization)s AND by_id = %(member)s AND at >= %(since)s
"""


@dataclass(frozen=True)
class Looked:
    """What to look for; None or "" is not asked for."""

    person: uuid.UUID | None = None
    customer: uuid.UUID | None = None
    kind: str = ""


@dataclass(frozen=True)
class Standing:
    """How many customers one person saw in full on one day, by kind."""

    person: uuid.UUID
    name: str
    day: date
    revealed: int
    exported: int
    printed: int
    unusual: bool

    @property
    def total(self) -> int:
        return self.revealed + self.exported + self.printed


def disclosures_for(viewer: Viewer, looked: Looked, before: str = "") -> tuple[list[Disclosure], str]:
    """A page of disclosures, newest first, and the cursor of the next one ("" at the end). One query. A single
    customer's name is shown to whoever may see that customer."""
    rows = Disclosure.objects.visible_to(viewer, PERMISSION).select_related("by").order_by("-at", "-id")
    if looked.person:
        rows = rows.filter(by=looked.person)
    if looked.kind:
        rows = rows.filter(kind=looked.kind)
    if looked.customer:
        rows = rows.filter(
            Exists(DisclosedCustomer.objects.filter(disclosure=OuterRef("pk"), customer=looked.customer))
        )
    if cursor := _cursor(before):
        rows = rows.filter(at__lte=cursor[0]).filter(Q(at__lt=cursor[0]) | Q(pk__lt=cursor[1]))
    found = list(_with_customer(rows, viewer)[: SIZE + 1])
    more = len(found) > SIZE
    page = found[:SIZE]
    return page, f"{page[-1].at.isoformat()}_{page[-1].pk}" if more else ""


def _with_customer(rows: Any, viewer: Viewer) -> Any:
    about = DisclosedCustomer.objects.filter(disclosure=OuterRef("pk")).order_by("pk")
    seen = Customer.objects.visible_to(viewer, VIEW).filter(
        pk=OuterRef("only_customer"), organization=OuterRef("organization")
    )
    # Of an export it is not asked who is the first of a million.
    only = Case(When(customers=1, then=Subquery(about.values("customer")[:1])))
    return rows.annotate(only_customer=only).annotate(customer_name=Subquery(seen.values("name")[:1]))


def watched_members(viewer: Viewer) -> QuerySet[Membership]:
    """Those, former ones too, of whom the viewer may know what they looked at."""
    rows, reach = Membership.objects.order_by("name", "pk"), viewer.reach(PERMISSION)
    if reach is None:
        return rows.none()
    return rows if reach.everyone else rows.filter(pk__in=reach.members)


def standings(viewer: Viewer, usual: int) -> list[Standing]:
    """Person and day of the last month, those who saw most first. One query."""
    since = start_of_day(timezone.localdate() - timedelta(days=DAYS))
    rows = Disclosure.objects.visible_to(viewer, PERMISSION).filter(at__gte=since)
    kinds = {kind: Sum("customers", filter=Q(kind=kind), default=0) for kind in ("reveal", "export", "print")}
    counted = (
        rows.annotate(day=TruncDate("at"))
        .values("day", "by", "by__name")
        .annotate(**kinds, seen=Sum("customers"), times=Count("pk"))
        .order_by("-seen", "-day", "by")[:STANDINGS]
    )
    return [
        Standing(
            row["by"],
            row["by__name"],
            row["day"],
            row["reveal"],
            row["export"],
            row["print"],
            row["seen"] > usual,
        )
        for row in counted
    ]


def seen_since_midnight(member: uuid.UUID) -> tuple[date, int, int]:
    """Today, how many customers the member has seen in full so far, and how many are usual. One query."""
    today = timezone.localdate()
    values: dict[str, Any] = {
        "organization": current_organization_id(),
        "member": member,
        "since": start_of_day(today),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, values)
        seen, usual = cursor.fetchone()
    return today, seen, usual or PrivacyPolicy().disclosures_per_day


def _cursor(text: str) -> tuple[datetime, uuid.UUID] | None:
    moment, _line, key = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, uuid.UUID(key)) if timezone.is_aware(at) else None
    except ValueError:
        return None
