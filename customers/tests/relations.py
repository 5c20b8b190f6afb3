"""What tests of relations share."""

from customers.models import Customer
from customers.queries.relations import Related, relations_along, with_relations
from tenancy.access import Viewer


def relations_of(customer: Customer, viewer: Viewer) -> list[Related]:
    """The relations as the customer's page tells them."""
    return relations_along(with_relations(Customer.objects.filter(pk=customer.pk)).get(), viewer)
