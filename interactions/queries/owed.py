"""Who is owed a contact by the policy, and how well it is kept."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum
from django.db.models.functions import JSONObject
from django.utils import timezone

from customers.queries.among import Among, reaches_few
from interactions.models import ContactCompliance, CustomerContact
from tenancy.access import Viewer
from tenancy.models import Membership
from tenancy.related import with_related

VIEW = "interactions.view_interaction"
SOON = timedelta(days=7)


def owed_rows(viewer: Viewer) -> QuerySet[CustomerContact]:
    """Customers within reach that are owed a contact."""
    return _found_first(CustomerContact.objects.visible_to(viewer, VIEW).filter(owed=True), viewer)


def due_soon_rows(viewer: Viewer, today: date | None = None) -> QuerySet[CustomerContact]:
    today = today or timezone.localdate()
    rows = CustomerContact.objects.visible_to(viewer, VIEW)
    return _found_first(rows.filter(owed=False, due_on__gte=today, due_on__lte=today + SOON), viewer)


def _found_first(rows: QuerySet[CustomerContact], viewer: Viewer) -> QuerySet[CustomerContact]:
    """In the order of the day that it is due, those of a team would be sought among everybody's."""
    return (
        CustomerContact.objects.filter(Among("pk", rows)) if reaches_few(viewer, VIEW, alone=False) else rows
    )


def narrowed(
    rows: QuerySet[CustomerContact], *, owner: uuid.UUID | None = None, tier: str = ""
) -> QuerySet[CustomerContact]:
    if owner:
        rows = rows.filter(owner=owner)
    if tier:
        rows = rows.filter(customer__tier=tier)
    return with_related(rows, customer=["name", "tier"], owner=["name"])


@dataclass(frozen=True)
class Kept:
    """How well the policy is kept, as counted last night."""

    customers: int
    owed: int
    owner: Membership | None = None

    @property
    def percent(self) -> int:
        """Customers not owed a contact, of all; rounded down, so that 100 means none is owed."""
        return 100 if not self.customers else (self.customers - self.owed) * 100 // self.customers


def kept_as_json(viewer: Viewer) -> QuerySet:
    """`Kept` over everybody within reach, in a query of something else; no row before the first count."""
    rows = ContactCompliance.objects.visible_to(viewer, VIEW).filter(day=_latest(viewer).values("day"))
    sums = JSONObject(customers=Sum("customers"), owed=Sum("owed"))
    return rows.order_by().values("day").values_list(sums)


def compliance_by_owner(viewer: Viewer, most: int = 200) -> Sequence[Kept]:
    """One line for each owner within reach, the worst first."""
    rows = ContactCompliance.objects.visible_to(viewer, VIEW).filter(day=_latest(viewer).values("day"))
    found = [Kept(row.customers, row.owed, row.owner) for row in rows.select_related("owner")[:most]]
    return sorted(found, key=lambda kept: (kept.percent, -kept.owed))


def _latest(viewer: Viewer) -> QuerySet[ContactCompliance]:
    return ContactCompliance.objects.order_by("-day")[:1]
