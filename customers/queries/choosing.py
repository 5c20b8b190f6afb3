"""Customers to choose another one from, while somebody types a part of the name."""

from django.db.models import QuerySet

from customers.models import Customer
from customers.queries.field_policy import if_collected
from customers.queries.search import found_by
from customers.rights import VIEW
from tenancy.access import Viewer

MOST = 8


def choosable(viewer: Viewer, customer: Customer, kind: str = "") -> QuerySet[Customer]:
    """Whom the viewer sees, of one kind when asked, but `customer` itself. With their `place`."""
    rows = Customer.objects.active().visible_to(viewer, VIEW).exclude(pk=customer.pk)  # type: ignore[attr-defined]
    rows = rows.annotate(place=if_collected("city"))
    return rows.filter(kind=kind) if kind else rows


def choices_for(viewer: Viewer, customer: Customer, text: str = "", kind: str = "") -> list[Customer]:
    """What matches `text`; without it the viewer's own, last changed first."""
    rows = choosable(viewer, customer, kind).only("id", "organization_id", "name", "kind", "code")
    if text.strip():
        return list(found_by(rows, text, viewer, VIEW).order_by("-score", "-pk")[:MOST])
    return list(rows.filter(owner=viewer.membership).order_by("-updated_at", "-pk")[:MOST])
