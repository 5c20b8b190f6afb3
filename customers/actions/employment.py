"""One human who is a contact person of several companies."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions.customer import create_customer
from customers.actions.person import save_person
from customers.actions.points import PointInput
from customers.enums import CustomerKind
from customers.models import ContactPerson, ContactPoint, Customer, Employment
from tenancy.errors import Refused
from tenancy.models import Membership


class NotOneHuman(Refused):
    """A company is nobody's colleague, and nobody works twice at the same place."""


@transaction.atomic
def employ(
    person: ContactPerson, *, company: Customer, individual: Customer, actor: Membership
) -> Employment:
    """Make `individual` (a person of the registry) a contact person of `company`; `person` (unsaved) brings title
    and role. The name is the individual's own; how to reach them stands on their own page. Raises NotOneHuman."""
    if individual.kind != CustomerKind.PERSON or company.kind != CustomerKind.COMPANY:
        raise NotOneHuman(_("Choose a person and a company."))
    current = Employment.objects.filter(company=company, individual=individual, person__left_on=None)
    if current.exists():
        raise NotOneHuman(_("This person is a contact person of this company already."))
    person.customer, person.name = company, individual.name[:80]
    save_person(person, points=[], actor=actor)
    return Employment.objects.create(person=person, company=company, individual=individual)


@transaction.atomic
def register_person(person: ContactPerson, *, actor: Membership) -> Customer:
    """Give a contact person a page of their own, with their contact details as far as they are collected, so that other
    companies can name them too. Asked twice it answers the same page."""
    known = Employment.objects.select_for_update().filter(person=person).select_related("individual").first()
    if known:
        return known.individual
    company = person.customer
    individual = Customer(kind=CustomerKind.PERSON, name=person.name, owner=company.owner, tier=company.tier)
    points = [
        PointInput(point.kind, point.value, point.label, point.is_primary)
        for point in ContactPoint.objects.collected().filter(person=person)
    ]
    create_customer(individual, actor=actor, points=points)
    Employment.objects.create(person=person, company=company, individual=individual)
    return individual


@transaction.atomic
def leave(employment: Employment, *, actor: Membership) -> ContactPerson:
    """They work there no longer: not proposed as a contact from today on; what was said with them stays."""
    person = employment.person
    person.left_on = timezone.localdate()
    return save_person_alone(person, actor=actor)


@transaction.atomic
def come_back(employment: Employment, *, actor: Membership) -> ContactPerson:
    """Undo leaving."""
    employment.person.left_on = None
    return save_person_alone(employment.person, actor=actor)


def save_person_alone(person: ContactPerson, *, actor: Membership) -> ContactPerson:
    """Store the person and leave their contact details as they are."""
    kept = [
        PointInput(point.kind, None, point.label, point.is_primary, point.pk)
        for point in ContactPoint.objects.filter(person=person)
    ]
    return save_person(person, points=kept, actor=actor)
