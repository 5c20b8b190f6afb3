"""The customers of a very large organisation: the first are drawn one by one, the others repeat them under keys and codes
of their own, with details encrypted anew. A name is then borne by some, a number by as many."""

import io
from typing import Any

from tenancy import crypto
from tenancy.db.ids import uuid7

PLACE = "customers_contactpoint.value"
POINTS = 20_000
_COPIES = """
CREATE TEMP TABLE copies AS SELECT n.id AS old, uuidv7() AS new, %s + n.number + 1 AS code
FROM numbered n WHERE n.number < %s;
CREATE UNIQUE INDEX ON copies (old);
ANALYZE copies
"""
_PERSON = "md5(x.{} || '{{start}}')::uuid"
_CODE = "'C' || lpad(m.code::text, greatest(6, length(m.code::text)), '0')"
_TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "customers_customer": (
        "id",
        {
            "id": "m.new",
            "code": _CODE,
            "created_at": "x.created_at - random() * interval '90 days'",
            "updated_at": "x.updated_at - random() * interval '30 days'",
        },
    ),
    "customers_contactperson": (
        "customer_id",
        {"id": _PERSON.format("id"), "customer_id": "m.new"},
    ),
    "customers_customeralias": ("customer_id", {"id": "uuidv7()", "customer_id": "m.new"}),
    "customers_customersearch": (
        "customer_id",
        {
            "id": "uuidv7()",
            "customer_id": "m.new",
            "document": "replace(x.document::text, lower(c.code), lower(" + _CODE + "))::tsvector",
        },
    ),
}
"""Table → its key to the customer, and what is not copied as it stands."""


def repeat(cursor: Any, organization: Any, drawn: int, customers: int) -> None:
    """`numbered` counts those that are drawn. Rows stand in the order of their keys, as if entered one after the other."""
    for start in range(drawn, customers, drawn):
        cursor.execute(_COPIES, [start, customers - start])
        for table, (key, changed) in _TABLES.items():
            columns = columns_of(cursor, table)
            values = [changed.get(name, f'x."{name}"').format(start=start) for name in columns]
            cursor.execute(
                f"INSERT INTO {table} ({_names(columns)}) SELECT {', '.join(values)} FROM {table} x"
                f" JOIN copies m ON m.old = x.{key} JOIN customers_customer c ON c.id = m.old ORDER BY m.new"
            )
        _repeat_points(cursor, organization, start)
        cursor.execute("DROP TABLE copies")


def columns_of(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _repeat_points(cursor: Any, organization: Any, start: int) -> None:
    """A value is bound to its row: each is read and encrypted for its copy."""
    columns = columns_of(cursor, "customers_contactpoint")
    changed = {
        "id": "p.new", "customer_id": "m.new", "value": "p.value",
        "person_id": _PERSON.format("person_id").format(start=start),
    }  # fmt: skip
    values = ", ".join(changed.get(name, f'x."{name}"') for name in columns)
    cursor.execute("CREATE TEMP TABLE points (old uuid, new uuid, value bytea)")
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        cursor.execute(
            "SELECT x.id, x.value FROM customers_contactpoint x WHERE x.organization_id = %s AND x.id > %s"
            " AND EXISTS (SELECT FROM copies m WHERE m.old = x.customer_id) ORDER BY x.id LIMIT %s",
            [organization.pk, after, POINTS],
        )
        rows = cursor.fetchall()
        if not rows:
            break
        after = rows[-1][0]
        cursor.copy_expert("COPY points FROM STDIN", io.StringIO("".join(_lines(rows, organization.uid))))
        cursor.execute(
            f"INSERT INTO customers_contactpoint ({_names(columns)}) SELECT {values} FROM points p"
            " JOIN customers_contactpoint x ON x.id = p.old JOIN copies m ON m.old = x.customer_id"
        )
        cursor.execute("TRUNCATE points")
    cursor.execute("DROP TABLE points")


def _lines(rows: list, uid: Any):
    for old, value in rows:
        new = uuid7()
        text = crypto.decrypt(bytes(value), uid, PLACE, old)
        yield f"{old}\t{new}\t\\\\x{crypto.encrypt(text, uid, PLACE, new).hex()}\n"
