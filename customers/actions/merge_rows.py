"""The rows that a merge gives to the survivor, on every floor, by the rules their models declare."""

import uuid
from typing import Any

from django.apps import apps
from django.db import connection

from customers.merge_rules import FILES, CustomerKey, Several, moving_keys
from customers.models import ContactPoint, Customer, Merge, MovedRow
from tenancy.context import current_organization_id
from workspace.actions.attachment import create_folder

# A row between two of the merged customers, or the same as one of the survivor's, stays where it is.
_RECORD = """
INSERT INTO customers_movedrow (organization_id, id, merge_id, customer_id, model, field, row_key, before, digest)
SELECT r.organization_id, gen_random_uuid(), %(merge)s, %(loser)s, %(model)s, %(field)s, r.id, '{{}}'::jsonb, ''
FROM {table} r WHERE r.organization_id = %(organization)s AND r.{column} = %(loser)s{between}{same}"""
_SAME = """ AND NOT EXISTS (SELECT FROM {table} s WHERE s.organization_id = r.organization_id
    AND s.{column} = %(survivor)s AND {alike})"""
_UNITED = """(s.{thing} IS NOT DISTINCT FROM r.{thing} OR NOT EXISTS (SELECT FROM {kinds} k
    WHERE k.organization_id = r.organization_id AND k.id = r.{key} AND k.{kind} = %(several)s))"""
_MIRRORED = """ AND NOT (r.{kind} = ANY(%(mirrored)s) AND EXISTS (SELECT FROM {table} s
    WHERE s.organization_id = r.organization_id AND s.{other} = %(survivor)s AND s.{column} = r.{other}
    AND s.{kind} = r.{kind} AND s.{live} IS NULL))"""
_MOVE = """
UPDATE {table} r SET {column} = %(survivor)s FROM customers_movedrow m
WHERE r.organization_id = %(organization)s AND m.organization_id = %(organization)s AND m.merge_id = %(merge)s
    AND m.customer_id = %(loser)s AND m.model = %(model)s AND m.field = %(field)s AND r.id = m.row_key"""
_DIGEST = """
UPDATE customers_movedrow m SET digest = md5(to_jsonb(r)::text) FROM {table} r
WHERE m.organization_id = %(organization)s AND m.merge_id = %(merge)s AND m.model = %(model)s
    AND m.field = %(field)s AND r.organization_id = %(organization)s AND r.id = m.row_key"""


def move_rows(merge: Merge, survivor: Customer, losers: list[Customer]) -> dict[str, int]:
    """Give the survivor what the rules say, and record each row. Answers how many of each model."""
    members = [survivor.pk, *(one.pk for one in losers)]
    for loser in losers:
        for key in moving_keys():
            for statement in (_RECORD, _MOVE):
                _run(statement, key, survivor.pk, loser.pk, members, merge=merge.pk)
        _move_files(merge, survivor, loser)
    _settle_primaries(merge, survivor)
    for key in moving_keys():
        _run(_DIGEST, key, survivor.pk, survivor.pk, members, merge=merge.pk)
    counts: dict[str, int] = {}
    for label in MovedRow.objects.filter(merge=merge).values_list("model", flat=True):
        counts[label] = counts.get(label, 0) + 1
    return counts


def _run(
    statement: str,
    key: CustomerKey,
    survivor: uuid.UUID,
    loser: uuid.UUID,
    members: list[uuid.UUID],
    **more: Any,
) -> list[tuple]:
    """Run one of the statements above for one key. Its names come from the registry of models, never from a person."""
    options = key.model._meta
    several = key.rule.united  # type: ignore[union-attr]
    values = {
        "organization": current_organization_id(),
        "survivor": survivor,
        "loser": loser,
        "members": members,
        "model": options.label_lower,
        "field": key.field.name,
        "several": several.value if several else "",
        "mirrored": list(key.rule.mirrored.values) if key.rule.mirrored else [],  # type: ignore[union-attr]
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(_worded(statement, key), values)
        return cursor.fetchall() if cursor.description else []


def _worded(statement: str, key: CustomerKey) -> str:
    """The statement with the names of the key's table and columns, and what it leaves out."""
    options = key.model._meta
    others = [
        field.column
        for field in options.local_fields
        if field.related_model is Customer and field.column != key.field.column
    ]
    names = {"table": options.db_table, "column": key.field.column}
    alike = _alike(key)
    same = _SAME.format(**names, alike=" AND ".join(alike)) if alike else ""
    return statement.format(
        **names,
        between="".join(f" AND r.{column} <> ALL(%(members)s)" for column in others),
        same=same + _mirrored(key, names),
    )


def _alike(key: CustomerKey) -> list[str]:
    """When a row of the survivor's says the same already; nothing where it does not matter."""
    options, rule = key.model._meta, key.rule
    alike = [
        f"s.{options.get_field(name).column} IS NOT DISTINCT FROM r.{options.get_field(name).column}"
        for name in rule.same  # type: ignore[union-attr]
    ]
    if rule.live:  # type: ignore[union-attr]
        alike.append(f"s.{rule.live} IS NULL")  # type: ignore[union-attr]
    if rule.united:  # type: ignore[union-attr]
        alike.append(_united(options, rule.united))  # type: ignore[union-attr]
    return alike


def _mirrored(key: CustomerKey, names: dict[str, str]) -> str:
    """Leaves out rows that say the same as one that points the other way."""
    mirrored, get = key.rule.mirrored, key.model._meta.get_field  # type: ignore[union-attr]
    if not mirrored:
        return ""
    columns = {"other": get(mirrored.other).column, "kind": get(mirrored.column).column}
    return _MIRRORED.format(**names, **columns, live=key.rule.live)  # type: ignore[union-attr]


def _united(options: Any, several: Several) -> str:
    """The condition that two rows hold the same thing where several may stand side by side."""
    key = options.get_field(several.key)
    kinds = key.related_model._meta
    return _UNITED.format(
        thing=options.get_field(several.thing).column,
        key=key.column,
        kinds=kinds.db_table,
        kind=kinds.get_field(several.column).column,
    )


def _files_of(customer: Customer) -> Any:
    rows = apps.get_model("workspace", "Attachment").objects
    return rows.filter(folder=customer.folder_id) if customer.folder_id else rows.none()


def _move_files(merge: Merge, survivor: Customer, loser: Customer) -> None:
    found = list(_files_of(loser).values_list("pk", flat=True))
    if not found:
        return
    if survivor.folder_id is None:
        survivor.folder = create_folder("customers.customer")
        Customer.objects.filter(pk=survivor.pk).update(folder=survivor.folder)
    MovedRow.objects.bulk_create(
        MovedRow(merge=merge, customer=loser, model=FILES, field="folder", row_key=pk) for pk in found
    )
    _files_of(loser).filter(pk__in=found).update(folder=survivor.folder)


def _settle_primaries(merge: Merge, survivor: Customer) -> None:
    """One primary phone, email and WeChat: the survivor's own, or else the first that came."""
    moved = {
        row.row_key: row for row in MovedRow.objects.filter(merge=merge, model=ContactPoint._meta.label_lower)
    }
    points = list(ContactPoint.objects.filter(customer=survivor, person=None, is_primary=True))
    points.sort(key=lambda point: (point.pk in moved, point.position, point.pk))
    seen: set[str] = set()
    for point in points:
        if point.kind in seen and point.pk in moved:
            row = moved[point.pk]
            row.before = {"is_primary": True}
            row.save(update_fields=["before"])
            ContactPoint.objects.filter(pk=point.pk).update(is_primary=False)
        seen.add(point.kind)
