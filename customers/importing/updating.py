"""Customers that an import changes, and how a revert finds its way back: each row keeps what it replaced."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.actions.ownership import change_owners
from customers.actions.search import refresh_search
from customers.custom import Spec
from customers.enums import CustomerKind, OwnershipKind, RowOutcome, RowResult
from customers.fields import NEEDS
from customers.importing import columns, rows
from customers.importing.adding import (
    Indexes,
    names_of,
    new_aliases,
    new_points,
    people_of,
    people_of_row,
    points_of,
)
from customers.importing.consenting import consent_key, record_consents
from customers.importing.contacts import contacts_of
from customers.importing.outcomes import mark, mark_refused
from customers.importing.own import held, replace
from customers.importing.preparing import Changed, Recipe
from customers.importing.tags import Tags, held_tags, link
from customers.importing.values import Problem, Values
from customers.models import (
    ContactPerson,
    Customer,
    CustomerNeeds,
    TimelineEntry,
)
from customers.models.customer import EDITABLE
from customers.pinyin import sort_key
from customers.queries.caps import Room
from customers.signals import customers_changed
from tenancy.access import Reach
from tenancy.context import current_actor, current_organization_id
from tenancy.db import arrays

FIELDS = (*EDITABLE, "owner_id", *NEEDS)
_TOLD_AS = {"owner_id": "owner", "birthday_typed": "birthday", "titles": "people"}
_KEEP_UNDO = """
UPDATE customers_importrow r SET undo = decode(u.undo, 'hex'), result = u.result
FROM unnest(%(ids)s::uuid[], %(undos)s::text[], %(results)s::text[]) AS u(id, undo, result)
WHERE r.organization_id = %(organization)s AND r.id = u.id
"""
State = dict[str, Any]
"""A customer's fields as plain values: texts, ISO date, membership id as text, secrets decrypted."""


@dataclass(frozen=True)
class _Stored:
    """What there is already of the customers that the rows change."""

    customers: dict[uuid.UUID, Customer]
    points: dict[uuid.UUID, Indexes]
    names: dict[uuid.UUID, set[str]]
    people: dict[uuid.UUID, dict[str, ContactPerson]]
    """By their names."""
    needs: dict[uuid.UUID, CustomerNeeds]
    own: dict[str, Spec]
    holding: Mapping[uuid.UUID, Mapping[str, Any]]
    wearing: Collection[tuple[uuid.UUID, uuid.UUID]]

    def state(self, customer: Customer, names: Collection[str]) -> State:
        """The customer's state, with those of its own fields that are among `names`."""
        held_now = {name: self.holding[customer.pk].get(name, []) for name in self.own if name in names}
        return state_of(customer, self.needs.get(customer.pk)) | held_now


@dataclass
class _Written:
    """What the rows come to: undo by row, whole states by customer, details and names that are new."""

    undos: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)
    states: dict[uuid.UUID, State] = field(default_factory=dict)
    points: list[columns.Point] = field(default_factory=list)
    aliases: list[columns.Alias] = field(default_factory=list)
    people: list[ContactPerson] = field(default_factory=list)
    titled: list[ContactPerson] = field(default_factory=list)
    """Known ones that have another job title now."""
    tags: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)


def update_customers(
    batch: uuid.UUID, changed: Sequence[Changed], recipe: Recipe, reach: Reach | None, room: Room, tags: Tags
) -> None:
    """Write what the rows bring: an empty cell erases nothing, contact details, contact persons and tags are added to those
    that are there."""
    stored, written = _stored(changed, recipe), _Written()
    refused: dict[uuid.UUID, Problem] = {}
    for one in changed:
        customer = _within_reach(one, stored.customers.get(one.target), reach)
        if customer is None or reach is None:
            continue
        if _is_given_away(one, customer) and not room.take(uuid.UUID(one.values["owner"])):
            refused[one.id] = ["cap", None, one.values["owner"]]
        elif (named := tags.ids(one.values.get("tags", ()))) is None:
            refused[one.id] = ["tag_gone", None, None]
        else:
            # What is only shared no file takes from its owner.
            _bring(one, customer, named, stored, recipe, written, keeps=not reach.covers(customer.owner_id))
    mark_refused(refused)
    said = {one.id: (one.target, one.values["consent"]) for one in changed if "consent" in one.values}
    for row in record_consents({row: found for row, found in said.items() if row in written.undos}):
        written.undos[row]["consent"] = str(consent_key(row))
    _keep(written.undos, recipe)
    link(written.tags)
    if written.states:
        told = {one.target: written.undos[one.id] for one in changed if one.id in written.undos}
        told = {pk: undo for pk, undo in told.items() if pk in written.states}
        wanting = {pk for pk, undo in told.items() if touches_needs(undo)}
        ContactPerson.objects.bulk_create(written.people)
        ContactPerson.objects.bulk_update(written.titled, ["title"])
        save(written.states, recipe, written.points, written.aliases, batch=batch, with_needs=wanting)
        tell_edited(batch, told, recipe.own)


def _stored(changed: Sequence[Changed], recipe: Recipe) -> _Stored:
    locked = lock(one.target for one in changed)
    own = {name: spec for name, spec in recipe.own.items() if any(name in one.values for one in changed)}
    return _Stored(
        locked,
        points_of(locked),
        names_of(locked),
        people_of(locked) if any(contacts_of(one.values) for one in changed) else {},
        needs_of(locked) if any(name in one.values for one in changed for name in NEEDS) else {},
        own,
        held(locked, list(own.values())),
        held_tags([one.target for one in changed if "tags" in one.values]),
    )


def _within_reach(one: Changed, customer: Customer | None, reach: Reach | None) -> Customer | None:
    """The customer of the row, or None, and the row says why."""
    if customer is None or customer.archived_at:
        mark(one.id, outcome=RowOutcome.SKIP, problem=["gone", None, None])
        return None
    if reach is not None and reach.covers(customer.owner_id, customer.pk):
        return customer
    owner = customer.owner_id
    mark(
        one.id,
        outcome=RowOutcome.ERROR,
        problem=["exists_other", None, str(owner)] if owner else ["exists_nobody", None, None],
    )
    return None


def _bring(
    one: Changed,
    customer: Customer,
    tags: Iterable[uuid.UUID],
    stored: _Stored,
    recipe: Recipe,
    written: _Written,
    *,
    keeps: bool,
) -> None:
    """Work out what the row changes. `keeps`: the owner stays."""
    before = stored.state(customer, one.values)
    after = {**before, **_brought(one.values, stored.own)}
    if keeps:
        after["owner_id"] = before["owner_id"]
    people = people_of_row(one, stored.people.get(one.target, {}))
    points = new_points(one, recipe, stored.points[one.target], people.details)
    aliases = new_aliases(one, recipe, stored.names[one.target])
    fresh = [tag for tag in tags if (one.target, tag) not in stored.wearing]
    undo = {
        "fields": {name: [old, after[name]] for name, old in before.items() if old != after[name]},
        "points": [[str(point.id), point.value_index.hex()] for point in points],
        "aliases": [[str(alias.id), alias.name] for alias in aliases],
        "people": [[str(person.pk), person.title] for person in people.new],
        "titles": people.titles,
        "tags": [str(tag) for tag in fresh],
    }
    written.undos[one.id], written.tags[one.target] = undo, fresh
    if any(undo.values()):
        written.states[one.target] = after
        written.points += points
        written.aliases += aliases
        written.people += people.new
        written.titled += people.titled


def _is_given_away(one: Changed, customer: Customer) -> bool:
    owner = one.values.get("owner")
    return bool(owner) and owner != str(customer.owner_id)


def lock(ids: Any) -> dict[uuid.UUID, Customer]:
    """The customers, locked in the order of their keys."""
    wanted = Customer.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")
    return {customer.pk: customer for customer in wanted}


def needs_of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, CustomerNeeds]:
    return {row.customer_id: row for row in CustomerNeeds.objects.filter(customer__in=list(ids))}


def state_of(customer: Customer, needs: CustomerNeeds | None = None) -> State:
    """`needs`: what is stored of them; nothing when they do not matter."""
    known = needs or CustomerNeeds()
    state = {name: getattr(known if name in NEEDS else customer, name) for name in FIELDS}
    state |= {name: value.isoformat() for name, value in state.items() if isinstance(value, date)}
    state["owner_id"] = str(customer.owner_id) if customer.owner_id else None
    return state | {"code": customer.code}


def _brought(values: Values, own: Collection[str] = ()) -> State:
    brought = {name: values[name] for name in (*FIELDS, *own) if values.get(name)}
    if "birthday" in values or "birthday_typed" in values:
        # Whichever way it is given, a birthday replaces the whole of the one before.
        brought |= {"birthday": values.get("birthday"), "birthday_typed": values.get("birthday_typed", "")}
    if values.get("owner"):
        brought["owner_id"] = values["owner"]
    return brought


def _keep(undos: dict[uuid.UUID, dict[str, Any]], recipe: Recipe) -> None:
    results = [
        RowResult.AS_ANNOUNCED if any(undo.values()) else RowResult.UNCHANGED for undo in undos.values()
    ]
    params: dict[str, Any] = {
        "organization": current_organization_id(),
        "ids": arrays.keys(undos),
        "undos": arrays.blobs(rows.seal_undo(undo, recipe.uid, pk) for pk, undo in undos.items()),
        "results": arrays.texts(str(result) for result in results),
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_UNDO, params)


def save(
    states: dict[uuid.UUID, State],
    recipe: Recipe,
    added: Sequence[columns.Point] = (),
    called: Sequence[columns.Alias] = (),
    *,
    batch: uuid.UUID,
    kind: OwnershipKind = OwnershipKind.IMPORTED,
    with_needs: Collection[uuid.UUID] = (),
) -> None:
    """Store whole states of locked customers, add contact details and other names; then all that follows a change.

    `with_needs`: the customers whose needs are part of their state.
    """
    owners = {pk: uuid.UUID(state["owner_id"]) if state["owner_id"] else None for pk, state in states.items()}
    # The rows of the file have had their places counted one by one.
    change_owners(
        owners, kind=kind, actor=current_actor(), part_of=batch, line=False, follow=False, over_cap=True
    )
    _write(states, recipe, added, called, [pk for pk in states if pk in with_needs])
    holding = {
        pk: {name: state[name] for name in recipe.own if name in state} for pk, state in states.items()
    }
    replace(holding, recipe.own)
    refresh_search(states)
    customers_changed.send(Customer, ids=list(states))


def _write(
    states: dict[uuid.UUID, State],
    recipe: Recipe,
    added: Sequence[columns.Point],
    called: Sequence[columns.Alias],
    wanting: Sequence[uuid.UUID],
) -> None:
    ready = []
    for pk, state in states.items():
        person = state["kind"] == CustomerKind.PERSON
        derived = {"name_key": sort_key(state["name"], person=person)}
        ready.append({**state, **recipe.secrets(pk, state), **derived})
    common: dict[str, Any] = {"organization": current_organization_id(), "now": timezone.now()}
    with connection.cursor() as cursor:
        update = columns.update_customers_sql(columns.rare_columns(ready))
        cursor.execute(update, {**common, **columns.customer_params(list(states), ready)})
        if added:
            cursor.execute(columns.INSERT_POINTS, {**common, **columns.point_params(added)})
        if called:
            cursor.execute(columns.INSERT_ALIASES, {**common, **columns.alias_params(called)})
        if wanting:
            needs = columns.needs_params(wanting, [states[pk] for pk in wanting])
            cursor.execute(columns.STORE_NEEDS, {**common, **needs})


def tell_edited(batch: uuid.UUID, undos: dict[uuid.UUID, dict[str, Any]], own: Mapping[str, Spec]) -> None:
    """One line on the timeline of each customer whose fields the import has changed."""
    now, actor = timezone.now(), current_actor()
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            customer_id=customer,
            kind="customer.edited",
            at=now,
            actor=actor,
            subject_id=batch,
            params={"fields": changed_names(undo), "own": own_labels(undo, own)},
        )
        for customer, undo in undos.items()
    )


def touches_needs(undo: dict[str, Any]) -> bool:
    return any(name in undo["fields"] for name in NEEDS)


def own_labels(undo: dict[str, Any], own: Mapping[str, Spec]) -> list[list[str]]:
    return [[own[name].label_zh, own[name].label_en] for name in undo["fields"] if name in own]


def changed_names(undo: dict[str, Any]) -> list[str]:
    names = [name for name in undo["fields"] if name in FIELDS]
    names += [key for key in ("points", "aliases", "people", "titles", "tags") if undo.get(key)]
    return list(dict.fromkeys(_TOLD_AS.get(name, name) for name in names))
