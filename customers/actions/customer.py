"""What happens to a customer: created, edited. Rows of the book change hands in `ownership`, end in `archive`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from customers import normalise
from customers.actions import timeline
from customers.actions.aliases import AliasInput, save_aliases
from customers.actions.codes import take_codes
from customers.actions.custom_values import save_custom_values
from customers.actions.ownership import change_owners, refuse_beyond_caps
from customers.actions.points import PointInput, save_points
from customers.actions.search import refresh_search
from customers.custom import CustomInput, Spec
from customers.enums import CustomerKind, OwnershipKind
from customers.models import ContactPerson, Customer, CustomerNeeds
from customers.models.customer import EDITABLE
from customers.pinyin import sort_key
from customers.regions import region_of_province
from customers.signals import customers_changed, customers_created
from customers.text import clean_line
from tenancy.context import current_organization
from tenancy.models import Membership


class StaleWrite(Exception):
    """The row was saved by somebody else since it was read."""


@dataclass
class PersonInput:
    """A contact person to add to a company."""

    name: str
    title: str = ""
    role: str = ""
    points: Sequence[PointInput] = field(default_factory=list)


@transaction.atomic
def create_customer(
    customer: Customer,
    *,
    actor: Membership | None,
    points: Sequence[PointInput] = (),
    people: Sequence[PersonInput] = (),
    needs: Mapping[str, str] | None = None,
    aliases: Sequence[AliasInput] = (),
    custom: CustomInput | None = None,
    despite: Sequence[str] = (),
    over_cap: bool = False,
) -> Customer:
    """Insert `customer` (unsaved; its `id` may be given) with its details; a code is drawn unless it brings one.

    `despite`: codes of the duplicate warnings that the person has overruled; they are recorded.
    Afterwards: found by search, a line on its timeline, `customers_created`.
    Raises CapReached when its owner may own no more, unless `over_cap`.
    """
    if not over_cap:
        refuse_beyond_caps({customer.owner_id: 1})
    set_derived(customer)
    customer.created_by = actor
    if not customer.code:
        [customer.code] = take_codes(1)
    customer.save(force_insert=True)
    save_points(customer, points)
    if needs:
        CustomerNeeds.objects.create(id=customer.pk, customer=customer, **needs)
    if custom:
        save_custom_values(customer, custom.values, custom.specs)
    if aliases:
        save_aliases(customer, aliases)
    for position, person in enumerate(people):
        _add_person(customer, person, position)
    refresh_search([customer.pk])
    timeline.record(customer.pk, "customer.created", actor=actor, params=_overruled(despite))
    customers_created.send(Customer, ids=[customer.pk])
    return customer


@transaction.atomic
def edit_customer(
    customer: Customer,
    *,
    actor: Membership | None,
    points: Sequence[PointInput] | None = None,
    aliases: Sequence[AliasInput] | None = None,
    custom: CustomInput | None = None,
    despite: Sequence[str] = (),
    over_cap: bool = False,
) -> Customer:
    """Store an edited customer, whose `version` is the next one. `points` None leaves the contact details alone,
    `aliases` None the other names.

    Afterwards: search document anew, a line that names the changed fields, `customers_changed`.
    Raises StaleWrite when the stored version is another than the one that was edited, and CapReached when its new owner
    may own no more, unless `over_cap`.
    """
    set_derived(customer)
    changed = _changed(customer)
    change_owners(
        {customer.pk: customer.owner_id},
        kind=OwnershipKind.ASSIGNED,
        actor=actor,
        follow=False,
        over_cap=over_cap,
    )
    customer.save(force_update=True)
    if points is not None and save_points(customer, points):
        changed.append("points")
    if aliases is not None and save_aliases(customer, aliases):
        changed.append("aliases")
    own = save_custom_values(customer, custom.values, custom.specs) if custom else []
    refresh_search([customer.pk])
    if changed or own or despite:
        params = {"fields": changed, **_own(own), **_overruled(despite)}
        timeline.record(customer.pk, "customer.edited", actor=actor, params=params)
    customers_changed.send(Customer, ids=[customer.pk])
    return customer


def _changed(customer: Customer) -> list[str]:
    """What differs from the stored row, which is locked. Raises StaleWrite."""
    stored = Customer.objects.select_for_update().get(pk=customer.pk)
    if stored.version + 1 != customer.version:
        raise StaleWrite
    return changed_fields(stored, customer)


def set_derived(customer: Customer) -> None:
    """Clean the name and fill what follows from other fields: the sort key, the region and the blind indexes."""
    uid = current_organization().uid
    customer.name = clean_line(customer.name)
    customer.name_key = sort_key(customer.name, person=customer.kind == CustomerKind.PERSON)
    if not customer.region:
        customer.region = region_of_province(customer.province)
    customer.identity_index = normalise.identity_index(customer.identity_number, uid)
    customer.bank_index = normalise.bank_index(customer.bank_account, uid)


_TOLD_AS = {"birthday_typed": "birthday"}


def changed_fields(before: Customer, after: Customer) -> list[str]:
    """Names of the fields that differ, in the order of the model."""
    names = [name for name in EDITABLE if getattr(before, name) != getattr(after, name)]
    return list(dict.fromkeys(_TOLD_AS.get(name, name) for name in names))


def _own(changed: Sequence[Spec]) -> dict:
    return {"own": [[spec.label_zh, spec.label_en] for spec in changed]} if changed else {}


def _overruled(despite: Sequence[str]) -> dict:
    return {"despite": sorted(despite)} if despite else {}


def _add_person(customer: Customer, wanted: PersonInput, position: int) -> None:
    person = ContactPerson.objects.create(
        customer=customer,
        name=clean_line(wanted.name),
        title=clean_line(wanted.title),
        role=wanted.role,
        position=position,
    )
    save_points(customer, wanted.points, person=person)
