"""Customers of the demo organisations that were entered twice, waiting in the queue."""

import re

from django.utils import timezone

from customers import normalise
from customers.actions.customer import create_customer
from customers.actions.duplicates import compare_pairs
from customers.actions.points import PointInput
from customers.enums import CustomerKind, PointKind
from customers.models import ContactPoint, Customer, TimelineEntry

_FORMS = re.compile(r"(股份)?有限(责任)?公司$|,? (Ltd|Limited|GmbH|Inc|Group|LLC|plc)\.?$")
_EACH = 3


def enter_some_twice() -> None:
    pairs = []
    for kind in (CustomerKind.COMPANY, CustomerKind.PERSON):
        rows = Customer.objects.filter(kind=kind, points__kind=PointKind.PHONE, points__person=None)
        for customer in rows.select_related("owner").distinct().order_by("-pk")[:_EACH]:
            pairs.append((customer, _again(customer)))
    compare_pairs([tuple(sorted((one.pk, other.pk))) for one, other in pairs], timezone.now())
    # It was long ago: the list keeps its order.
    twins = [twin for _one, twin in pairs]
    TimelineEntry.objects.filter(customer__in=twins).delete()
    for one, twin in pairs:
        Customer.objects.filter(pk=twin.pk).update(updated_at=one.updated_at, created_at=one.created_at)


def _again(customer: Customer) -> Customer:
    """The same one, known by a shorter name and the same phone."""
    phone = (
        ContactPoint.objects.filter(customer=customer, kind=PointKind.PHONE, person=None)
        .order_by("position")
        .first()
    )
    assert phone is not None
    twin = Customer(
        kind=customer.kind,
        name=_FORMS.sub("", customer.name) or customer.name,
        city=customer.city,
        tier=customer.tier,
        source=customer.source,
        owner=customer.owner,
    )
    value = normalise.point(PointKind.PHONE, phone.value)
    return create_customer(twin, actor=customer.owner, points=[PointInput(PointKind.PHONE, value)])
