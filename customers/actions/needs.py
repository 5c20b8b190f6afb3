"""What a customer wants."""

from django.db import transaction

from customers.actions import timeline
from customers.fields import NEEDS
from customers.models import Customer, CustomerNeeds
from tenancy.models import Membership


def needs_of(customer: Customer) -> CustomerNeeds:
    """The customer's needs; an unsaved, empty row while nothing is known."""
    found = CustomerNeeds.objects.filter(customer=customer).first()
    return found or CustomerNeeds(id=customer.pk, customer=customer)


@transaction.atomic
def save_needs(needs: CustomerNeeds, *, actor: Membership) -> CustomerNeeds:
    """Store what was found out, with a line on the timeline that names the fields that changed."""
    stored = CustomerNeeds.objects.filter(pk=needs.pk).first() or CustomerNeeds()
    changed = [name for name in NEEDS if getattr(stored, name) != getattr(needs, name)]
    if changed:
        needs.save(force_insert=needs._state.adding)
        timeline.record(needs.customer_id, "customer.edited", actor=actor, params={"fields": changed})
    return needs
