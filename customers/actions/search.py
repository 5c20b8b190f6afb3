"""Keeps the search documents true to the customers they are made from."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import TextField, UUIDField
from django.db.models.expressions import RawSQL
from psycopg2.extras import execute_values

from customers.enums import CustomerKind
from customers.lexemes import document
from customers.models import ContactPerson, ContactPoint, Customer, CustomerAlias, CustomerTag, CustomValue
from tenancy.context import current_organization_id

_AT_ONCE = 1000
_STORE = """
INSERT INTO customers_customersearch (organization_id, id, customer_id, document) VALUES %s
ON CONFLICT (organization_id, customer_id) DO UPDATE SET document = EXCLUDED.document
"""
# Whoever became this customer by a merge: it is found by their codes too.
_MERGED_CODES = """ARRAY(WITH RECURSIVE merged (id) AS (
    SELECT o.customer_id FROM customers_merge m JOIN customers_mergedcustomer o
        ON o.organization_id = m.organization_id AND o.merge_id = m.id AND o.active
    WHERE m.organization_id = customers_customer.organization_id AND m.survivor_id = customers_customer.id
    UNION SELECT o.customer_id FROM merged JOIN customers_merge m ON m.survivor_id = merged.id
        JOIN customers_mergedcustomer o ON o.organization_id = m.organization_id AND o.merge_id = m.id AND o.active
    WHERE m.organization_id = customers_customer.organization_id)
SELECT c.code::text FROM merged JOIN customers_customer c ON c.id = merged.id
WHERE c.organization_id = customers_customer.organization_id)"""
# Read with the customer: a statement of its own would cost every import.
_SHARED_WITH = """ARRAY(SELECT coalesce(s.member_id, s.department_id) FROM customers_collaborator s
WHERE s.organization_id = customers_customer.organization_id AND s.customer_id = customers_customer.id)"""
_CUSTOMER = ("id", "name", "code", "kind", "owner_id", "archived_at", "identity_index", "bank_index")


def refresh_search(ids: Iterable[uuid.UUID]) -> None:
    """Write the search documents of these customers anew. Six statements for each thousand."""
    wanted = list(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        store_documents(_documents(wanted[start : start + _AT_ONCE]))


def store_documents(documents: Iterable[tuple[uuid.UUID, str]]) -> None:
    """Store (customer, document) pairs, the document in the text form that `customers.lexemes.document` gives."""
    organization = current_organization_id()
    rows = [(organization, key, key, text) for key, text in documents]
    if rows:
        with connection.cursor() as cursor:
            execute_values(
                cursor.cursor, _STORE, rows, "(%s, %s::uuid, %s::uuid, %s::tsvector)", page_size=_AT_ONCE
            )


def _documents(ids: list[uuid.UUID]) -> list[tuple[uuid.UUID, str]]:
    organization = current_organization_id()
    values, tails = _indexes_of(ids)
    codes = RawSQL(_MERGED_CODES, (), output_field=ArrayField(TextField()))  # noqa: S611 - a constant
    shared = RawSQL(_SHARED_WITH, (), output_field=ArrayField(UUIDField()))  # noqa: S611 - a constant
    rows = Customer.objects.filter(pk__in=ids).annotate(merged_codes=codes, shared_with=shared)
    names, aliases = _names_of(ContactPerson, ids), _names_of(CustomerAlias, ids)
    tags = _tags_of(ids)
    own = searchable_words(ids)
    return [
        (
            row["id"],
            document(
                organization,
                name=row["name"],
                code=" ".join((row["code"], *row["merged_codes"])),
                owner_id=row["owner_id"],
                person=row["kind"] == CustomerKind.PERSON,
                aliases=aliases[row["id"]],
                others=[*names[row["id"]], *own[row["id"]]],
                value_indexes=[*values[row["id"]], *_numbers(row)],
                tail_indexes=tails[row["id"]],
                tags=tags[row["id"]],
                shared_with=row["shared_with"],
                archived=row["archived_at"] is not None,
            ),
        )
        for row in rows.values(*_CUSTOMER, "merged_codes", "shared_with")
    ]


def _names_of(
    model: type[ContactPerson] | type[CustomerAlias], ids: list[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    found = defaultdict(list)
    for customer, name in model.objects.filter(customer__in=ids).values_list("customer_id", "name"):
        found[customer].append(name)
    return found


def _tags_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    found = defaultdict(list)
    for customer, tag in CustomerTag.objects.filter(customer__in=ids).values_list("customer_id", "tag_id"):
        found[customer].append(tag)
    return found


def searchable_words(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """What the custom fields that are found by search hold: texts, and choices in both languages. One query."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = CustomValue.objects.filter(customer__in=list(ids), field__searchable=True, field__archived_at=None)
    names = ("customer_id", "text", "choice__label_zh", "choice__label_en")
    for customer, *words in rows.order_by("id").values_list(*names):
        found[customer] += [word for word in words if word]
    return found


def _numbers(row: dict) -> list[bytes]:
    return [bytes(row[name]) for name in ("identity_index", "bank_index") if row[name] is not None]


def _indexes_of(ids: list[uuid.UUID]) -> tuple[dict, dict]:
    values, tails = defaultdict(list), defaultdict(list)
    points = ContactPoint.objects.filter(customer__in=ids).order_by()
    for customer, value, tail in points.values_list("customer_id", "value_index", "tail_index"):
        values[customer].append(bytes(value))
        if tail is not None:
            tails[customer].append(bytes(tail))
    return values, tails
