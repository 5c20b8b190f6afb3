"""The organisation's own fields: their definitions, and what they hold."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Exists, F, FilteredRelation, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from customers.custom import Spec, Value, loaded
from customers.enums import CustomType
from customers.models import Customer, CustomValue
from customers.models.labels import in_language
from tenancy.context import current_organization_id

SPECS = """
SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'key', f.key, 'type', f.type, 'label_zh', f.label_zh,
    'label_en', f.label_en, 'only', f.only, 'required', f.required, 'default_column', f.default_column,
    'searchable', f.searchable, 'purpose_zh', f.purpose_zh, 'purpose_en', f.purpose_en,
    'choices', (SELECT jsonb_agg(jsonb_build_object('id', c.id, 'label_zh', c.label_zh, 'label_en', c.label_en,
        'retired', c.retired_at IS NOT NULL) ORDER BY c.position, c.id) FROM customers_customchoice c
        WHERE c.organization_id = f.organization_id AND c.field_id = f.id)) ORDER BY f.position, f.id), '[]')
FROM customers_customfield f WHERE f.organization_id = %(organization)s AND f.archived_at IS NULL
"""


def specs() -> list[Spec]:
    """The fields in use, in their order. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SPECS, {"organization": current_organization_id()})
        [found] = cursor.fetchone()
    return specs_from(found)


def specs_from(found: Any) -> list[Spec]:
    """What SPECS answers, as it comes from the driver."""
    import json

    rows = json.loads(found) if isinstance(found, str) else found
    return [Spec.from_json(row) for row in rows]


def values_of(ids: Iterable[uuid.UUID], among: Sequence[Spec]) -> dict[uuid.UUID, dict[str, Value]]:
    """Customer → name of the field → value, for the fields that hold something. One query; none without fields."""
    by_id = {spec.id: spec for spec in among}
    cells: dict[tuple[uuid.UUID, uuid.UUID], list[Any]] = defaultdict(list)
    if by_id:
        rows = CustomValue.objects.filter(customer__in=list(ids), field__in=list(by_id))
        for row in rows.values("customer_id", "field_id", "text", "number", "day", "choice_id"):
            cells[row["customer_id"], row["field_id"]].append(row[by_id[row["field_id"]].column])
    found: dict[uuid.UUID, dict[str, Value]] = defaultdict(dict)
    for (customer, key), held in cells.items():
        found[customer][by_id[key].name] = loaded(by_id[key], held)
    return found


def value_expression(spec: Spec) -> Any:
    """The value as part of a query on customers: what `loaded` reads (a list for choices, else one cell)."""
    rows = CustomValue.objects.filter(customer=OuterRef("pk"), field=spec.id)
    if spec.type in CustomType.WITH_CHOICES:
        return ArraySubquery(rows.order_by().values("choice_id"))
    return Subquery(rows.order_by().values(spec.column)[:1])


_HELD = """
SELECT coalesce(jsonb_agg(jsonb_build_object('zh', f.label_zh, 'en', f.label_en, 'type', f.type, 'text', v.text,
    'number', v.number, 'day', v.day, 'choice_zh', c.label_zh, 'choice_en', c.label_en, 'id', f.id)
    ORDER BY f.position, f.id, c.position), '[]')
FROM customers_customvalue v JOIN customers_customfield f ON f.organization_id = v.organization_id AND f.id = v.field_id
LEFT JOIN customers_customchoice c ON c.organization_id = v.organization_id AND c.id = v.choice_id
WHERE v.organization_id = customers_customer.organization_id AND v.customer_id = customers_customer.id
    AND f.archived_at IS NULL"""
_MISSING = """
SELECT coalesce(jsonb_agg(jsonb_build_object('zh', f.label_zh, 'en', f.label_en, 'key', f.key)
    ORDER BY f.position, f.id), '[]')
FROM customers_customfield f WHERE f.organization_id = customers_customer.organization_id AND f.archived_at IS NULL
    AND (f.weight > 0 OR f.required) AND f.only IN ('', customers_customer.kind)
    AND NOT EXISTS (SELECT FROM customers_customvalue v WHERE v.organization_id = f.organization_id
        AND v.customer_id = customers_customer.id AND v.field_id = f.id)"""


def held_by_customer() -> RawSQL:
    """All custom values of a customer, with their labels, as part of its own query: for its page."""
    return RawSQL(_HELD, (), output_field=models.JSONField())  # noqa: S611 - made of constants


def missing_by_customer() -> RawSQL:
    """The fields that count for completeness and hold nothing, as part of a customer's own query: for `missing_own`."""
    return RawSQL(_MISSING, (), output_field=models.JSONField())  # noqa: S611 - made of constants


def missing_own(found: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Label and name in forms of each that `missing_by_customer` has read."""
    return [(in_language(row["zh"], row["en"]), f"x_{row['key']}") for row in found]


def matching(rows: QuerySet[Customer], spec: Spec, **lookups: Any) -> QuerySet[Customer]:
    """Those of `rows` with a value of the field that fits `lookups` (on its column)."""
    if spec.type not in CustomType.WITH_CHOICES:
        # Of one value there is one row: joined, so that reading may begin at either end and stop early.
        return rows.filter(
            custom_values__field=spec.id,
            **{f"custom_values__{path}": value for path, value in lookups.items()},
        )
    values = CustomValue.objects.filter(field=spec.id, **lookups)
    return rows.filter(pk__in=values.order_by().values("customer_id"))


def _place_of(spec: Spec) -> Func:
    """The place of the choice that a link holds, from 1 on."""
    kind = ArrayField(models.UUIDField())
    order = Cast(models.Value([choice.id for choice in spec.choices], output_field=kind), kind)
    place = models.IntegerField()
    return Func(order, F("sort_link__choice_id"), function="array_position", output_field=place)


def lanes_of(rows: QuerySet[Customer], spec: Spec) -> list[QuerySet[Customer]]:
    """Of what `sorted_by` finds first the rows of each choice, in their order; of other fields none."""
    if spec.type != CustomType.CHOICE:
        return []
    lanes = [rows.filter(custom_values__field=spec.id, custom_values__choice=one.id) for one in spec.choices]
    return [lane.annotate(sort_customer=F("custom_values__customer_id")) for lane in lanes]


def sorted_by(rows: QuerySet[Customer], spec: Spec) -> tuple[QuerySet[Customer], QuerySet[Customer]]:
    """Those of `rows` for whom the field holds something, as `sort_value` of `sort_customer`, and those for whom it
    does not. Only for fields of one value; a choice counts by its place, from 1 on."""
    link = FilteredRelation("custom_values", condition=Q(custom_values__field=spec.id))
    held = rows.annotate(sort_link=link).annotate(
        sort_value=_place_of(spec) if spec.type == CustomType.CHOICE else F(f"sort_link__{spec.column}"),
        sort_customer=F("sort_link__customer_id"),
    )
    values = CustomValue.objects.filter(customer=OuterRef("pk"), field=spec.id)
    return held.filter(sort_value__isnull=False), rows.filter(~Exists(values))
