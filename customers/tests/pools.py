"""What tests of pools share."""

from django.utils.formats import date_format

from customers.actions.pool import put_into_pool
from customers.models import (
    Customer,
)
from customers.tests.factories import CustomerFactory


def on(day) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def waiting(pool, *, owner=None, **fields) -> Customer:
    customer = CustomerFactory(owner=owner, **fields)
    put_into_pool([customer.pk], pool, actor=owner)
    return customer


def texts(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def owner_of(customer) -> object:
    return Customer.objects.get(pk=customer.pk).owner
