"""Customers of an import as columns, and the statements that write a batch of them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from customers.importing import arrays

TEXTS = (
    "code", "kind", "name", "name_key", "relationship", "tier", "gender", "industry", "source", "credit_rating", "country",
    "province", "city", "district", "street", "postcode", "remarks",
)  # fmt: skip
SECRETS = ("identity_number", "identity_index", "bank_account", "bank_index")
_COLUMNS = (*TEXTS, "birthday", *SECRETS, "owner_id")
_UNNEST = ", ".join(
    f"%({name})s::{kind}[]"
    for name, kind in (
        ("ids", "uuid"),
        *((name, "text") for name in TEXTS),
        ("birthday", "date"),
        *((name, "text") for name in SECRETS),
        ("owner_id", "uuid"),
    )
)
_VALUES = ", ".join(f"decode(u.{name}, 'hex')" if name in SECRETS else f"u.{name}" for name in _COLUMNS)
_SOURCE = f"unnest({_UNNEST}) AS u(id, {', '.join(_COLUMNS)})"

INSERT_CUSTOMERS = f"""
INSERT INTO customers_customer (organization_id, id, created_by_id, created_at, updated_at, version, {", ".join(_COLUMNS)})
SELECT %(organization)s, u.id, %(actor)s, %(now)s, %(now)s, 1, {_VALUES} FROM {_SOURCE}
"""  # noqa: S608 (names of columns, fixed above)
UPDATE_CUSTOMERS = f"""
UPDATE customers_customer c SET version = c.version + 1, updated_at = %(now)s,
    {", ".join(f"{name} = " + (f"decode(u.{name}, 'hex')" if name in SECRETS else f"u.{name}") for name in _COLUMNS)}
FROM {_SOURCE} WHERE c.organization_id = %(organization)s AND c.id = u.id
"""  # noqa: S608 (names of columns, fixed above)
INSERT_POINTS = """
INSERT INTO customers_contactpoint
    (organization_id, id, customer_id, kind, label, value, value_index, tail_index, is_primary, position)
SELECT %(organization)s, id, customer, kind, '', decode(value, 'hex'), decode(value_index, 'hex'),
    decode(tail_index, 'hex'), is_primary, place
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(kinds)s::text[], %(values)s::text[], %(indexes)s::text[],
    %(tails)s::text[], %(primaries)s::boolean[], %(places)s::int[])
    AS p(id, customer, kind, value, value_index, tail_index, is_primary, place)
"""
INSERT_PEOPLE = """
INSERT INTO customers_contactperson (organization_id, id, customer_id, name, title, role, remarks, position)
SELECT %(organization)s, id, customer, name, '', '', '', 0
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(names)s::text[]) AS p(id, customer, name)
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


@dataclass(slots=True)
class Alias:
    """Another name to insert."""

    id: uuid.UUID
    customer: uuid.UUID
    kind: str
    name: str
    position: int


def customer_params(ids: Sequence[uuid.UUID], rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Arrays for INSERT_CUSTOMERS and UPDATE_CUSTOMERS; each row has every column, secrets as bytes or None."""
    params = {"ids": arrays.keys(ids)}
    params |= {name: arrays.texts([row[name] for row in rows]) for name in TEXTS}
    params |= {name: arrays.blobs([row[name] for row in rows]) for name in SECRETS}
    params["birthday"] = arrays.plain([row["birthday"] for row in rows])
    params["owner_id"] = arrays.plain([row["owner_id"] for row in rows])
    return params


def point_params(points: Iterable[Point]) -> dict[str, str]:
    points = list(points)
    return {
        "ids": arrays.keys(point.id for point in points),
        "customers": arrays.keys(point.customer for point in points),
        "kinds": arrays.plain(point.kind for point in points),
        "values": arrays.blobs(point.value for point in points),
        "indexes": arrays.blobs(point.value_index for point in points),
        "tails": arrays.blobs(point.tail_index for point in points),
        "primaries": arrays.plain(point.is_primary for point in points),
        "places": arrays.plain(point.position for point in points),
    }


def alias_params(aliases: Sequence[Alias]) -> dict[str, str]:
    return {
        "ids": arrays.keys(one.id for one in aliases),
        "customers": arrays.keys(one.customer for one in aliases),
        "kinds": arrays.plain(one.kind for one in aliases),
        "names": arrays.texts(one.name for one in aliases),
        "places": arrays.plain(one.position for one in aliases),
    }
