"""Contact persons of a company."""

from collections.abc import Sequence

from django.db import transaction

from customers.actions import timeline
from customers.actions.health import refresh_health
from customers.actions.points import PointInput, save_points
from customers.actions.search import refresh_search
from customers.models import ContactPerson
from tenancy.models import Membership


@transaction.atomic
def save_person(
    person: ContactPerson, *, points: Sequence[PointInput], actor: Membership | None
) -> ContactPerson:
    """Add or change a contact person with their details; the customer is found by their name from then on."""
    adding = person._state.adding
    if adding:
        person.position = ContactPerson.objects.filter(customer=person.customer).count()
    person.save(force_insert=adding)
    save_points(person.customer, points, person=person)
    _tell(person, "added" if adding else "edited", actor)
    return person


@transaction.atomic
def remove_person(person: ContactPerson, *, actor: Membership | None) -> None:
    """Take a contact person and their details away. For somebody who has left, set `left_on` instead."""
    _tell(person, "removed", actor, refresh=False)
    customer = person.customer_id
    person.points.all().delete()
    person.delete()
    refresh_search([customer])
    refresh_health([customer])


def _tell(person: ContactPerson, what: str, actor: Membership | None, *, refresh: bool = True) -> None:
    if refresh:
        refresh_search([person.customer_id])
        refresh_health([person.customer_id])
    params = {"what": what, "name": person.name}
    timeline.record(person.customer_id, "customer.people_changed", actor=actor, params=params)
