"""Whose data is due for verification, and what there is to verify."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.actions.health_count import SOON
from customers.birthdays import Birthday
from customers.enums import CustomerKind
from customers.models import ContactPoint, Customer, CustomerHealth, Verification
from customers.postal import address_text
from customers.queries.field_policy import hidden_fields
from customers.queries.keyset import Order, beyond, encode
from customers.rights import VIEW
from tenancy.access import Viewer

IN_ORDER = Order(("due_on", "customer_id"))
OVERDUE, SOON_DUE = "overdue", "soon"


def due_rows(
    viewer: Viewer,
    when: str = OVERDUE,
    *,
    owner: uuid.UUID | None = None,
    tier: str = "",
    today: date | None = None,
) -> QuerySet[CustomerHealth]:
    """Figures of customers within reach that are overdue, or will be due within a month."""
    rows = CustomerHealth.objects.visible_to(viewer, VIEW)
    if when == SOON_DUE:
        today = today or timezone.localdate()
        rows = rows.filter(overdue=False, due_on__gte=today, due_on__lte=today + SOON)
    else:
        rows = rows.filter(overdue=True)
    if owner:
        rows = rows.filter(owner=owner)
    return rows.filter(customer__tier=tier) if tier else rows


def place_of(health: CustomerHealth) -> str:
    """Where a customer stands in the work list, as the text by which one goes on from there."""
    return encode({"due_on": health.due_on, "customer_id": health.customer_id}, IN_ORDER)


def next_due(rows: QuerySet[CustomerHealth], place: str) -> uuid.UUID | None:
    """The customer that follows `place` in the work list; from the front again when it was the last."""
    later = beyond(rows, IN_ORDER, place) if place else rows
    ordered = IN_ORDER.terms()
    found = later.order_by(*ordered).values_list("customer_id", flat=True).first()
    return found or rows.order_by(*ordered).values_list("customer_id", flat=True).first()


@dataclass(frozen=True)
class Thing:
    """One detail to hold against the truth. `key` is a field's name, or the kind and the key of a contact detail or
    a person ("phone:0190…")."""

    key: str
    label: str
    text: str = ""
    icon: str = ""
    point: ContactPoint | None = None


def things_of(customer: Customer) -> list[Thing]:
    """What is stored, is collected, and can be wrong. Three queries."""
    hidden = hidden_fields()
    points = list(ContactPoint.objects.collected().filter(customer=customer).select_related("person"))
    found = [Thing("name", _("Name"), customer.name, icon="id")]
    found += [_point(point) for point in points if point.person is None]
    if customer.kind == CustomerKind.COMPANY:
        for person in customer.people.filter(left_on=None).order_by("position", "id"):
            text = " · ".join(
                filter(None, (person.name, person.title, person.get_role_display() if person.role else ""))
            )
            found.append(Thing(f"person:{person.pk}", _("Contact person"), text, "user"))
            found += [_point(point) for point in points if point.person_id == person.pk]
    if address := address_text(customer, hidden):
        found.append(Thing("address", _("Address"), address, icon="map-pin"))
    birthday = Birthday.of(customer.birthday, customer.birthday_typed)
    if customer.kind == CustomerKind.PERSON and birthday and "birthday" not in hidden:
        found.append(Thing("birthday", _("Birthday"), birthday.words(), icon="cake"))
    if customer.industry and "industry" not in hidden:
        found.append(Thing("industry", _("Industry"), customer.industry, icon="building-factory-2"))
    return found


ICONS = {"phone": "phone", "email": "mail", "wechat": "brand-wechat"}


def _point(point: ContactPoint) -> Thing:
    label = point.get_kind_display()
    if point.person:
        label = f"{point.person.name} · {label}"
    return Thing(f"{point.kind}:{point.pk}", label, "", ICONS[point.kind], point)


def thing_label(key: str) -> str:
    """What a recorded key means, in the reader's language."""
    labels = {
        "name": _("Name"),
        "phone": _("Phone"),
        "email": pgettext("contact detail", "Email"),
        "wechat": _("WeChat"),
        "person": _("Contact person"),
        "address": _("Address"),
        "birthday": _("Birthday"),
        "industry": _("Industry"),
    }
    return labels.get(key, key)


def verifications_of(customer: Customer, most: int = 3) -> list[Verification]:
    rows = Verification.objects.filter(customer=customer, taken_back_at=None).select_related("by")
    return list(rows.order_by("-at", "-id")[:most])
