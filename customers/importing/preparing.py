"""Staged rows into what the registry stores: keys, encryption, blind indexes, reading of the name, search document.

Touches no database: it runs in a thread beside the statements of the batch before.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from customers import normalise
from customers.custom import Spec
from customers.enums import CustomerKind, Relationship
from customers.fields import NEEDS
from customers.importing import rows
from customers.importing.columns import (
    INSERT_ALIASES,
    INSERT_DOCUMENTS,
    INSERT_PEOPLE,
    INSERT_POINTS,
    INSERT_TIMELINE,
    RARE,
    STORE_NEEDS,
    Alias,
    Person,
    Point,
    alias_params,
    customer_params,
    insert_customers,
    needs_params,
    person_params,
    point_params,
    rare_columns,
)
from customers.importing.consents import Said
from customers.importing.contacts import KINDS, contacts_of, weight_of, without
from customers.importing.options import Options
from customers.importing.own import STORE, store_params, words_of
from customers.importing.values import Values
from customers.lexemes import document
from customers.pinyin import sort_key
from customers.regions import region_of_province
from tenancy.crypto import encrypt
from tenancy.db import arrays, uuid7

POINT_PLACE = "customers_contactpoint.value"
HEAVY = 3200
"""A batch ends early with this many rows of the database: of those that bring many contact persons each."""
_COPIED = (
    "gender", "industry", "credit_rating", "country", "province", "city", "district", "street", "postcode", "remarks",
)  # fmt: skip


@dataclass(frozen=True)
class StagedRow:
    """A row as it was read back, its payload still sealed."""

    id: uuid.UUID
    number: int
    target: uuid.UUID | None
    payload: bytes


@dataclass
class NewCustomer:
    id: uuid.UUID
    number: int
    columns: dict[str, Any]
    points: list[Point]
    aliases: list[Alias]
    people: list[Person]
    document: str
    wanted: list[tuple[str, Any]]
    needs: Values
    own: dict[str, list[Any]]
    doubtful_phone: bool
    tags: list[str]
    """Labels, as the row names them."""
    consent: Said | None = None


@dataclass
class Changed:
    id: uuid.UUID
    number: int
    target: uuid.UUID
    values: Values


@dataclass
class Prepared:
    """A batch ready to be written. `params`: what the statements take, for all of `new`; `spare`: codes not used."""

    last: int
    new: list[NewCustomer] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    params: dict[str, dict[str, str]] = field(default_factory=dict)
    spare: list[str] = field(default_factory=list)

    def labels(self) -> list[str]:
        """Of all tags that the rows name, as they come."""
        named = [*(one.tags for one in self.new), *(one.values.get("tags", ()) for one in self.changed)]
        return list(dict.fromkeys(label for labels in named for label in labels))


def insert_params(new: Sequence[NewCustomer], own: Mapping[str, Spec]) -> dict[str, dict[str, str]]:
    """Statement → its arrays; statements without rows are left out."""
    if not new:
        return {}
    ids = [one.id for one in new]
    points = [point for one in new for point in one.points]
    people = [person for one in new for person in one.people]
    aliases = [alias for one in new for alias in one.aliases]
    keys = arrays.keys(ids)
    rows_of = [one.columns for one in new]
    params = {insert_customers(rare_columns(rows_of)): customer_params(ids, rows_of)}
    if people:
        params[INSERT_PEOPLE] = person_params(people)
    if points:
        params[INSERT_POINTS] = point_params(points)
    if aliases:
        params[INSERT_ALIASES] = alias_params(aliases)
    needs = [(one.id, one.needs) for one in new if one.needs]
    if needs:
        params[STORE_NEEDS] = needs_params([pk for pk, _ in needs], [values for _, values in needs])
    held = [(one.id, own[name], cells) for one in new for name, cells in one.own.items()]
    if held:
        params[STORE] = store_params(held)
    params[INSERT_DOCUMENTS] = {"ids": keys, "documents": arrays.texts(one.document for one in new)}
    params[INSERT_TIMELINE] = {"ids": keys}
    return params


@dataclass(frozen=True)
class Recipe:
    """What is the same for every row of an import."""

    organization: int
    uid: uuid.UUID
    options: Options
    keys: rows.Keys
    own: Mapping[str, Spec] = field(default_factory=dict)
    """The organisation's own fields, by their names."""
    uncollected: frozenset[str] = frozenset()
    """What the rows brought when they were checked, and the organisation does not collect any more."""

    def prepare(self, staged: list[StagedRow], codes: list[str]) -> Prepared:
        """As many of the rows as are not too heavy together. `codes`: one for each that makes a customer and brings none."""
        prepared = Prepared(last=0)
        spare, weight = iter(codes), 0
        for row in staged:
            _, values = rows.unseal(row.payload, self.uid, row.id)
            if self.uncollected:
                values = without(values, self.uncollected)
            if row.target is None:
                prepared.new.append(self._new(row, values, spare))
            else:
                prepared.changed.append(Changed(row.id, row.number, row.target, values))
            prepared.last = row.number
            weight += weight_of(values)
            if weight >= HEAVY:
                break
        prepared.spare = list(spare)
        prepared.params = insert_params(prepared.new, self.own)
        return prepared

    def _new(self, row: StagedRow, values: Values, codes) -> NewCustomer:
        columns = self._columns(row.id, values, values.get("code") or next(codes))
        contacts = contacts_of(values)
        people = [Person(uuid7(), row.id, one.name, one.title, place) for place, one in enumerate(contacts)]
        points = self._points(row.id, values)
        for person, contact in zip(people, contacts, strict=True):
            points += self._points(row.id, contact.details, person.id, start=len(points))
        aliases = self.aliases(row.id, values)
        indexes = [point.value_index for point in points]
        indexes += [columns[name] for name in ("identity_index", "bank_index") if columns[name]]
        owner = columns["owner_id"]
        text = document(
            self.organization,
            name=columns["name"],
            code=columns["code"],
            owner_id=uuid.UUID(owner) if owner else None,
            person=columns["kind"] == CustomerKind.PERSON,
            aliases=[alias.name for alias in aliases],
            others=[*(person.name for person in people), *words_of(values, self.own)],
            value_indexes=indexes,
            tail_indexes=[point.tail_index for point in points],
        )
        known: dict[str, list[bytes]] = {kind: [] for kind in KINDS}
        for point in points:
            known[point.kind].append(point.value_index)
        wanted = self.keys.of(values, known)
        needs = {name: values[name] for name in NEEDS if name in values}
        own = {name: values[name] for name in self.own if name in values}
        phones = [
            phone
            for details in (values, *(one.details for one in contacts))
            for phone in details.get("phone", ())
        ]
        doubtful = any(map(normalise.phone_is_doubtful, phones))
        return NewCustomer(
            row.id, row.number, columns, points, aliases, people, text, wanted, needs, own, doubtful,
            values.get("tags", []), values.get("consent"),
        )  # fmt: skip

    def _columns(self, pk: uuid.UUID, values: Values, code: str) -> dict[str, Any]:
        options = self.options
        name, kind = values["name"], values.get("kind", options.kind)
        columns: dict[str, Any] = {key: values.get(key, "") for key in _COPIED}
        columns |= {
            "code": code,
            "kind": kind,
            "name": name,
            "name_key": sort_key(name, person=kind == CustomerKind.PERSON),
            "relationship": values.get("relationship", Relationship.CUSTOMER.value),
            "tier": values.get("tier", options.tier),
            "source": values.get("source", options.source),
            "birthday": values.get("birthday"),
            "owner_id": values.get("owner", options.owner) or None,
        }
        columns["region"] = values.get("region") or region_of_province(columns["province"])
        columns |= {name: values[name] for name in RARE if name in values}
        columns |= self.secrets(pk, values)
        return columns

    def secrets(self, pk: uuid.UUID, values: Values) -> dict[str, bytes | None]:
        """Encrypted numbers and their blind indexes, for the customer `pk`."""
        identity, bank = values.get("identity_number", ""), values.get("bank_account", "")
        return {
            "identity_number": self._sealed(identity, "identity_number", pk),
            "identity_index": normalise.identity_index(identity, self.uid),
            "bank_account": self._sealed(bank, "bank_account", pk),
            "bank_index": normalise.bank_index(bank, self.uid),
        }

    def _sealed(self, text: str, column: str, pk: uuid.UUID) -> bytes | None:
        return encrypt(text, self.uid, f"customers_customer.{column}", pk) if text else None

    def _points(
        self, customer: uuid.UUID, details: Values, person: uuid.UUID | None = None, start: int = 0
    ) -> list[Point]:
        """Of the customer itself, or of its contact `person`; places from `start`."""
        each = [
            (kind, value, not place) for kind in KINDS for place, value in enumerate(details.get(kind, ()))
        ]
        return [
            self.point(customer, kind, value, first=first, position=position, person=person)
            for position, (kind, value, first) in enumerate(each, start)
        ]

    @staticmethod
    def aliases(customer: uuid.UUID, values: Values, start: int = 0) -> list[Alias]:
        return [
            Alias(uuid7(), customer, kind, name, place)
            for place, (kind, name) in enumerate(values.get("aliases", ()), start=start)
        ]

    def point(
        self,
        customer: uuid.UUID,
        kind: str,
        value: str,
        *,
        first: bool,
        position: int,
        person: uuid.UUID | None = None,
    ) -> Point:
        pk = uuid7()
        return Point(
            pk,
            customer,
            kind,
            encrypt(value, self.uid, POINT_PLACE, pk),
            normalise.value_index(kind, value, self.uid),
            normalise.tail_index(kind, value, self.uid),
            first,
            position,
            person,
        )
