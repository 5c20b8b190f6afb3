"""Rows about a customer that are gone already, but of which the audit still holds the values."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from customers.privacy import PrivacyRule, privacy_rules
from tenancy.context import current_organization_id
from tenancy.db import TenantForeignKey, arrays
from tenancy.models import TenantModel

Rows = dict[type[TenantModel], set[uuid.UUID]]

# An entry of creation or deletion holds the whole row, its keys included. There is no index: one pass over the
# organisation's audit for each step away from the customer.
_FIND = """
SELECT DISTINCT table_name, object_id FROM tenancy_auditentry
WHERE organization_id = %s AND operation IN ('insert', 'delete') AND salt IS NOT NULL AND ({conditions})
"""
_CONDITION = "(table_name = %s AND coalesce(after ->> %s, before ->> %s) = ANY (%s::text[]))"
_STEPS = 4


def forgotten_rows(known: Mapping[type[TenantModel], Collection[uuid.UUID]]) -> Rows:
    """Keys of audited rows that pointed to these, at the time or through others that did."""
    rules = {rule.model._meta.db_table: rule for rule in privacy_rules if not rule.model.audit_exempt}
    found: Rows = defaultdict(set)
    frontier = {model: set(keys) for model, keys in known.items()}
    for _step in range(_STEPS):
        fresh: Rows = defaultdict(set)
        for table, key in _pointing_to(frontier, rules):
            model = rules[table].model
            if key not in found[model] and key not in known.get(model, ()):
                fresh[model].add(key)
        if not fresh:
            break
        for model, keys in fresh.items():
            found[model] |= keys
        frontier = fresh
    return found


def _pointing_to(frontier: Mapping, rules: Mapping[str, PrivacyRule]) -> list[tuple[str, uuid.UUID]]:
    """(table, key) of what pointed to the rows of `frontier` by a key that makes it the customer's own."""
    conditions: list[str] = []
    parameters: list[Any] = [current_organization_id()]
    for table, rule in rules.items():
        own = {path.partition("__")[0] for path in rule.paths}
        for field in rule.model._meta.concrete_fields:
            keys = frontier.get(field.remote_field.model) if isinstance(field, TenantForeignKey) else None
            if keys and field.name in own:
                conditions.append(_CONDITION)
                texts = arrays.plain(str(key) for key in keys)
                parameters += [table, field.column, field.column, texts]
    if not conditions:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(conditions=" OR ".join(conditions)), parameters)
        return cursor.fetchall()
