"""The contact log, within the reader's reach."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from customers.models import Customer
from customers.queries.among import Among, reaches_few
from customers.queries.timeline import counted
from interactions.models import Interaction, Plan
from tenancy.access import Viewer
from tenancy.days import start_of_day

VIEW = "interactions.view_interaction"
READ_ALONG = ("customer", "by", "person")
"""With each contact of the log."""
VIEW_PLAN = "interactions.view_plan"


@dataclass(frozen=True)
class LogFilter:
    """What to show of the log; empty fields do not filter. `since` and `until` are days of the organisation."""

    kind: str = ""
    by: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None


def contact_log(viewer: Viewer, wanted: LogFilter | None = None) -> QuerySet[Interaction]:
    rows, wanted = _within(viewer), wanted or LogFilter()
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.by:
        rows = rows.filter(by=wanted.by)
    if wanted.since:
        rows = rows.filter(at__gte=start_of_day(wanted.since))
    if wanted.until and wanted.until < date.max:
        rows = rows.filter(at__lt=start_of_day(wanted.until + timedelta(days=1)))
    return rows


def _within(viewer: Viewer) -> QuerySet[Interaction]:
    """Contacts of active customers within reach."""
    rows = Interaction.objects.active()
    if reaches_few(viewer, VIEW):
        return rows.filter(Among("customer_id", Customer.objects.active().visible_to(viewer, VIEW)))
    return rows.visible_to(viewer, VIEW).filter(customer__archived_at=None)


def contacts_of(viewer: Viewer, customer_id: uuid.UUID) -> QuerySet[Interaction]:
    rows = Interaction.objects.active().visible_to(viewer, VIEW).filter(customer=customer_id)
    return rows.select_related("by", "person")


def open_plans_of(viewer: Viewer, customer_id: uuid.UUID) -> QuerySet[Plan]:
    rows = Plan.objects.open().visible_to(viewer, VIEW_PLAN).filter(customer=customer_id)
    return rows.select_related("owner").in_order()


def contact_count(viewer: Viewer) -> RawSQL:
    """Of a customer in a query: how many contacts there are, for the tab."""
    return counted(
        "interactions_interaction r", "r.customer_id = customers_customer.id AND r.archived_at IS NULL"
    )
