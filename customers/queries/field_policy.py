"""Which optional fields the organisation collects, and why."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, Value, When

from customers.enums import FieldUse
from customers.models import FieldPolicy

POLICIES = """
SELECT coalesce(jsonb_agg(jsonb_build_object('field', field, 'use', use, 'purpose_zh', purpose_zh,
    'purpose_en', purpose_en)), '[]')
FROM customers_fieldpolicy WHERE organization_id = %(organization)s"""


def policies_from(found: Any) -> dict[str, FieldPolicy]:
    """What POLICIES answers, as it comes from the driver."""
    rows = json.loads(found) if isinstance(found, str) else found
    return {row["field"]: FieldPolicy(**row) for row in rows}


def policies() -> Mapping[str, FieldPolicy]:
    """Key of a field → what was decided about it. One query."""
    return {policy.field: policy for policy in FieldPolicy.objects.all()}


def hidden_fields() -> frozenset[str]:
    """Keys of the fields that are not collected: no page shows them. One query."""
    return frozenset(FieldPolicy.objects.filter(use=FieldUse.HIDDEN).values_list("field", flat=True))


def is_hidden(key: str) -> Exists:
    """Whether the field is not collected, as a condition of another query."""
    return Exists(FieldPolicy.objects.filter(field=key, use=FieldUse.HIDDEN))


def uncollected() -> ArraySubquery:
    """Keys of the fields that are not collected, as part of another query."""
    return ArraySubquery(FieldPolicy.objects.filter(use=FieldUse.HIDDEN).values("field"))


def if_collected(path: str, key: str = "") -> Case:
    """The text at `path`, "" where its field is not collected, as part of another query. `key`: of the field, where the
    path is longer."""
    return Case(When(is_hidden(key or path), then=Value("")), default=F(path))


def required_fields() -> frozenset[str]:
    """Keys of the fields without which no customer is entered. One query."""
    return frozenset(FieldPolicy.objects.filter(use=FieldUse.REQUIRED).values_list("field", flat=True))
