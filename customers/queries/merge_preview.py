"""What would move when customers are merged: counted before anything is done."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import connection

from customers.merge_rules import FILES, moving_keys
from customers.models import Customer
from tenancy.context import current_organization_id
from tenancy.model_words import named

_ONE = """SELECT '{label}', r.{column}, count(*) FROM {table} r
WHERE r.organization_id = %(organization)s AND r.{column} = ANY(%(ids)s) GROUP BY r.{column}"""
_FILES = f"""SELECT '{FILES}', c.id, count(*) FROM customers_customer c JOIN workspace_attachment r
    ON r.organization_id = c.organization_id AND r.folder_id = c.folder_id
WHERE c.organization_id = %(organization)s AND c.id = ANY(%(ids)s) GROUP BY c.id"""  # noqa: S608 - made of constants


def belongings(customers: Sequence[Customer]) -> dict[uuid.UUID, dict[str, int]]:
    """Customer → model → how many rows it has that a merge would move. One query, over every floor."""
    parts = [
        _ONE.format(
            label=key.model._meta.label_lower, table=key.model._meta.db_table, column=key.field.column
        )
        for key in moving_keys()
    ]
    found: dict[uuid.UUID, dict[str, int]] = {one.pk: {} for one in customers}
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"organization": current_organization_id(), "ids": list(found)}
        cursor.execute(" UNION ALL ".join([*parts, _FILES]), values)
        for label, key, count in cursor.fetchall():
            found[key][label] = found[key].get(label, 0) + count
    return found


def kind_label(label: str) -> str:
    """The rows of a model in the reader's language."""
    return named(apps.get_model(label)._meta.verbose_name_plural)
