"""The customers one may log a contact with, and those one is likely to mean."""

import uuid

from django.db.models import QuerySet

from customers.models import ContactPerson, Customer
from customers.queries.field_policy import if_collected
from customers.queries.search import found_by
from customers.rights import VIEW
from interactions.models import Interaction
from tenancy.access import Viewer
from tenancy.member_choice import colleagues
from tenancy.models import Membership

ADD = "interactions.add_interaction"
MOST = 8
RECENT = 5
_LOOKED_BACK = 40


def loggable(viewer: Viewer, permission: str = ADD) -> QuerySet[Customer]:
    """Customers that the viewer sees and on which `permission` may be used."""
    return Customer.objects.active().visible_to(viewer, VIEW).visible_to(viewer, permission)


def choices(viewer: Viewer, text: str = "", permission: str = ADD) -> list[Customer]:
    """What to choose from: what matches `text`; without it, whom one was in touch with last, then own ones. With their
    `place`."""
    rows = loggable(viewer, permission).only("id", "organization_id", "name", "kind")
    rows = rows.annotate(place=if_collected("city"))
    if text.strip():
        return list(found_by(rows, text, viewer, VIEW).order_by("-score", "-pk")[:MOST])
    return _recent(viewer, rows)


def _recent(viewer: Viewer, rows: QuerySet[Customer]) -> list[Customer]:
    mine = Interaction.objects.active().filter(by=viewer.membership).order_by("-at", "-id")
    recent = list(dict.fromkeys(mine.values_list("customer_id", flat=True)[:_LOOKED_BACK]))[:RECENT]
    found = {customer.pk: customer for customer in rows.filter(pk__in=recent)}
    chosen = [found[key] for key in recent if key in found]
    if len(chosen) < RECENT:
        own = rows.filter(owner=viewer.membership).exclude(pk__in=found).order_by("-updated_at", "-pk")
        chosen += own[: RECENT - len(chosen)]
    return chosen


def people_of(customer_id: uuid.UUID | None) -> QuerySet[ContactPerson]:
    """Whom one can talk to at the customer now."""
    if customer_id is None:
        return ContactPerson.objects.none()
    return ContactPerson.objects.filter(customer=customer_id, left_on=None)


def near_colleagues(viewer: Viewer) -> QuerySet[Membership]:
    """Those of the viewer's own department: whom one is likely to take along."""
    return colleagues(viewer).filter(department=viewer.membership.department_id)


def other_colleagues(viewer: Viewer) -> QuerySet[Membership]:
    near = near_colleagues(viewer).order_by().values("pk")
    return colleagues(viewer).exclude(pk__in=near)
