"""Customers of an import as columns, and the statements that write a batch of them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from customers.fields import NEEDS
from customers.models import Customer
from customers.models.customer import EDITABLE
from tenancy.db import arrays

TEXTS = (
    "code", "kind", "name", "name_key", "relationship", "tier", "gender", "industry", "source", "credit_rating", "country",
    "province", "city", "district", "street", "postcode", "region", "remarks",
)  # fmt: skip
SECRETS = ("identity_number", "identity_index", "bank_account", "bank_index")
RARE = tuple(name for name in EDITABLE if name not in {*TEXTS, *SECRETS, "birthday"})
"""Written only where a row of the batch brings one of them: what no column is mapped to costs nothing."""
_SQL = {"DateField": "date", "PositiveIntegerField": "int", "UUIDField": "uuid", "BooleanField": "boolean"}
_NO_TEXTS = {
    name: sql for name in EDITABLE if (sql := _SQL.get(Customer._meta.get_field(name).get_internal_type()))
} | {"owner_id": "uuid"}
_TYPES = {"ids": "uuid", **dict.fromkeys((*TEXTS, *RARE, *SECRETS), "text"), **_NO_TEXTS}
RareColumns = tuple[str, ...]


@lru_cache(maxsize=64)
def _parts(rare: RareColumns) -> tuple[tuple[str, ...], dict[str, str], str]:
    """Names of the columns, the value of each, and the source of rows named `u`."""
    names = (*TEXTS, *rare, "birthday", *SECRETS, "owner_id")
    values = {name: f"decode(u.{name}, 'hex')" if name in SECRETS else f"u.{name}" for name in names}
    arrays_of = ", ".join(f"%({name})s::{_TYPES[name]}[]" for name in ("ids", *names))
    return names, values, f"unnest({arrays_of}) AS u(id, {', '.join(names)})"


@lru_cache(maxsize=64)
def insert_customers(rare: RareColumns = ()) -> str:
    names, values, source = _parts(rare)
    return f"""
INSERT INTO customers_customer (organization_id, id, created_by_id, created_at, updated_at, version, {", ".join(names)})
SELECT %(organization)s, u.id, %(actor)s, %(now)s, %(now)s, 1, {", ".join(values.values())} FROM {source}
"""  # noqa: S608 (names of columns, fixed above)


@lru_cache(maxsize=64)
def update_customers_sql(rare: RareColumns = ()) -> str:
    _names, values, source = _parts(rare)
    return f"""
UPDATE customers_customer c SET version = c.version + 1, updated_at = %(now)s,
    {", ".join(f"{name} = {value}" for name, value in values.items())}
FROM {source} WHERE c.organization_id = %(organization)s AND c.id = u.id
"""  # noqa: S608 (names of columns, fixed above)


def rare_columns(rows: Iterable[dict[str, Any]]) -> RareColumns:
    """Those of the rare columns that a row names."""
    named: set[str] = set()
    for row in rows:
        named.update(row)
    return tuple(name for name in RARE if name in named)


STORE_NEEDS = f"""
INSERT INTO customers_customerneeds AS n (organization_id, id, customer_id, version, {", ".join(NEEDS)})
SELECT %(organization)s, u.id, u.id, 1, {", ".join(f"u.{name}" for name in NEEDS)}
FROM unnest(%(ids)s::uuid[], {", ".join(f"%({name})s::text[]" for name in NEEDS)}) AS u(id, {", ".join(NEEDS)})
ON CONFLICT (organization_id, customer_id) DO UPDATE SET version = n.version + 1,
    {", ".join(f"{name} = EXCLUDED.{name}" for name in NEEDS)}
"""  # noqa: S608 (names of columns, fixed elsewhere)
INSERT_POINTS = """
INSERT INTO customers_contactpoint
    (organization_id, id, customer_id, person_id, kind, label, value, value_index, tail_index, is_primary, position)
SELECT %(organization)s, id, customer, person, kind, '', decode(value, 'hex'), decode(value_index, 'hex'),
    decode(tail_index, 'hex'), is_primary, place
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(people)s::uuid[], %(kinds)s::text[], %(values)s::text[],
    %(indexes)s::text[], %(tails)s::text[], %(primaries)s::boolean[], %(places)s::int[])
    AS p(id, customer, person, kind, value, value_index, tail_index, is_primary, place)
"""
INSERT_PEOPLE = """
INSERT INTO customers_contactperson (organization_id, id, customer_id, name, title, role, remarks, position)
SELECT %(organization)s, id, customer, name, title, '', '', place
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(names)s::text[], %(titles)s::text[], %(places)s::int[])
    AS p(id, customer, name, title, place)
"""
INSERT_ALIASES = """
INSERT INTO customers_customeralias (organization_id, id, customer_id, kind, name, position)
SELECT %(organization)s, id, customer, kind, name, place
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(kinds)s::text[], %(names)s::text[], %(places)s::int[])
    AS a(id, customer, kind, name, place)
ON CONFLICT (organization_id, customer_id, name) DO NOTHING
"""
INSERT_DOCUMENTS = """
INSERT INTO customers_customersearch (organization_id, id, customer_id, document)
SELECT %(organization)s, id, id, document::tsvector FROM unnest(%(ids)s::uuid[], %(documents)s::text[]) AS d(id, document)
"""
# An imported customer's first line has the customer's own key: nothing needs to be drawn for it.
INSERT_TIMELINE = """
INSERT INTO customers_timelineentry (organization_id, id, customer_id, kind, at, actor_id, subject_id, params, text)
SELECT %(organization)s, id, id, 'customer.imported', %(now)s, %(actor)s, %(batch)s, '{}', ''
FROM unnest(%(ids)s::uuid[]) AS t(id)
"""


@dataclass(slots=True)
class Point:
    """A contact detail to insert, encrypted already."""

    id: uuid.UUID
    customer: uuid.UUID
    kind: str
    value: bytes
    value_index: bytes
    tail_index: bytes | None
    is_primary: bool
    position: int
    person: uuid.UUID | None = None
    """The contact person whose it is."""


@dataclass(slots=True)
class Person:
    """A contact person to insert."""

    id: uuid.UUID
    customer: uuid.UUID
    name: str
    title: str
    position: int


@dataclass(slots=True)
class Alias:
    """Another name to insert."""

    id: uuid.UUID
    customer: uuid.UUID
    kind: str
    name: str
    position: int


def customer_params(ids: Sequence[uuid.UUID], rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Arrays for the statements on customers; each row has every column but the rare ones, secrets as bytes or None."""
    params = {"ids": arrays.keys(ids)}
    for name in rare_columns(rows):
        held = [row.get(name) for row in rows]
        if name in _NO_TEXTS:
            params[name] = arrays.plain(held)
        else:
            params[name] = arrays.texts([text or "" for text in held])
    params |= {name: arrays.texts([row[name] for row in rows]) for name in TEXTS}
    params |= {name: arrays.blobs([row[name] for row in rows]) for name in SECRETS}
    params["birthday"] = arrays.plain([row["birthday"] for row in rows])
    params["owner_id"] = arrays.plain([row["owner_id"] for row in rows])
    return params


def needs_params(ids: Sequence[uuid.UUID], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Arrays for STORE_NEEDS."""
    texts = {name: arrays.texts([row.get(name) or "" for row in rows]) for name in NEEDS}
    return {"ids": arrays.keys(ids), **texts}


def point_params(points: Iterable[Point]) -> dict[str, str]:
    points = list(points)
    return {
        "ids": arrays.keys(point.id for point in points),
        "customers": arrays.keys(point.customer for point in points),
        "people": arrays.keys(point.person for point in points),
        "kinds": arrays.plain(point.kind for point in points),
        "values": arrays.blobs(point.value for point in points),
        "indexes": arrays.blobs(point.value_index for point in points),
        "tails": arrays.blobs(point.tail_index for point in points),
        "primaries": arrays.plain(point.is_primary for point in points),
        "places": arrays.plain(point.position for point in points),
    }


def person_params(people: Sequence[Person]) -> dict[str, str]:
    return {**_named(people), "titles": arrays.texts(one.title for one in people)}


def alias_params(aliases: Sequence[Alias]) -> dict[str, str]:
    return {**_named(aliases), "kinds": arrays.plain(one.kind for one in aliases)}


def _named(rows: Sequence[Person] | Sequence[Alias]) -> dict[str, str]:
    return {
        "ids": arrays.keys(one.id for one in rows),
        "customers": arrays.keys(one.customer for one in rows),
        "names": arrays.texts(one.name for one in rows),
        "places": arrays.plain(one.position for one in rows),
    }
