"""What a row adds to a customer that is there: contact persons, contact details and other names it does not have yet."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from customers.importing import columns
from customers.importing.contacts import KINDS, contacts_of
from customers.importing.preparing import Changed, Recipe
from customers.models import ContactPerson, ContactPoint, Customer, CustomerAlias

Indexes = dict[uuid.UUID | None, dict[str, list[bytes]]]
"""Contact person, None for the customer itself → kind of detail → blind indexes."""


def points_of(customers: dict[uuid.UUID, Customer]) -> dict[uuid.UUID, Indexes]:
    found: dict[uuid.UUID, Indexes] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    stored = ContactPoint.objects.filter(customer__in=list(customers)).order_by()
    for customer, person, kind, index in stored.values_list(
        "customer_id", "person_id", "kind", "value_index"
    ):
        found[customer][person][kind].append(bytes(index))
    return found


def names_of(customers: dict[uuid.UUID, Customer]) -> dict[uuid.UUID, set[str]]:
    """How each is called already, its own name included."""
    found = {key: {customer.name} for key, customer in customers.items()}
    for key, name in CustomerAlias.objects.filter(customer__in=found).values_list("customer_id", "name"):
        found[key].add(name)
    return found


def people_of(customers: dict[uuid.UUID, Customer]) -> dict[uuid.UUID, dict[str, ContactPerson]]:
    found: dict[uuid.UUID, dict[str, ContactPerson]] = {key: {} for key in customers}
    for person in ContactPerson.objects.filter(customer__in=found):
        found[person.customer_id].setdefault(person.name, person)
    return found


@dataclass
class People:
    """The contact persons of one row. `titles`: of known ones, by key, before and after; `details`: by key, what it brings."""

    new: list[ContactPerson] = field(default_factory=list)
    titled: list[ContactPerson] = field(default_factory=list)
    titles: dict[str, list[str]] = field(default_factory=dict)
    details: dict[uuid.UUID, dict[str, list[str]]] = field(default_factory=dict)


def people_of_row(one: Changed, known: dict[str, ContactPerson]) -> People:
    found = People()
    for contact in contacts_of(one.values):
        person = known.get(contact.name)
        if person is None:
            person = ContactPerson(
                customer_id=one.target, name=contact.name, title=contact.title, position=len(known)
            )
            known[contact.name] = person
            found.new.append(person)
        elif contact.title and contact.title != person.title:
            found.titles[str(person.pk)] = [person.title, contact.title]
            person.title = contact.title
            found.titled.append(person)
        found.details[person.pk] = contact.details
    return found


def new_aliases(one: Changed, recipe: Recipe, known: set[str]) -> list[columns.Alias]:
    brought = recipe.aliases(one.target, one.values, start=len(known))
    fresh = [alias for alias in brought if alias.name not in known]
    known.update(alias.name for alias in fresh)
    return fresh


def new_points(
    one: Changed, recipe: Recipe, stored: Indexes, theirs: Mapping[uuid.UUID, dict[str, list[str]]]
) -> list[columns.Point]:
    """`theirs`: what the row brings for the contact persons. What one of them has is not the customer's as well."""
    fresh: list[columns.Point] = []
    place = sum(len(indexes) for kinds in stored.values() for indexes in kinds.values())
    each = [(person, details) for person, details in theirs.items() if details]
    for person, details in [(None, one.values), *each]:
        for kind in KINDS:
            for value in details.get(kind, ()):
                held, first = stored[person][kind], not stored[person][kind]
                point = recipe.point(one.target, kind, value, first=first, position=place, person=person)
                known = held if person else [index for kinds in stored.values() for index in kinds[kind]]
                if point.value_index not in known:
                    held.append(point.value_index)
                    fresh.append(point)
                    place += 1
    return fresh
