"""Customers with contacts and plans, made as the product makes them."""

from datetime import date, timedelta

from django.utils import timezone

from customers.enums import Tier
from customers.models import ContactPerson, Customer
from interactions.actions import rollup
from interactions.actions.interaction import log_contact
from interactions.actions.plan import make_plan
from interactions.models import Interaction, Plan
from tenancy.models import Membership

_codes = iter(range(1, 10**9))


def customer_of(owner: Membership | None, name: str = "王小明", **fields) -> Customer:
    """A customer with its figures, as if made on the page."""
    fields = {"code": f"T{next(_codes):06d}", "name_key": name.lower(), "tier": Tier.ORDINARY} | fields
    customer = Customer.objects.create(name=name, owner=owner, **fields)
    rollup.add_new([customer.pk])
    return customer


def person_of(customer: Customer, name: str = "李经理") -> ContactPerson:
    return ContactPerson.objects.create(customer=customer, name=name)


def contact_with(customer: Customer, by: Membership, *, days_ago: float = 0, **fields) -> Interaction:
    at = timezone.now() - timedelta(days=days_ago)
    contact = Interaction(customer=customer, at=at, **{"summary": "谈了续约", **fields})
    return log_contact(contact, actor=by)


def plan_for(customer: Customer, owner: Membership, due_on: date | None = None, **fields) -> Plan:
    plan = Plan(customer=customer, owner=owner, due_on=due_on or timezone.localdate(), **fields)
    return make_plan(plan, actor=owner)
