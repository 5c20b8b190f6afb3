"""The door through which every reveal, export and print is recorded."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from customers.enums import DisclosureKind
from customers.models import Customer, Disclosure
from customers.signals import disclosed
from tenancy.access import Viewer
from tenancy.audit.records import ACCESS, access_values
from tenancy.context import current_organization_id
from tenancy.db import arrays, uuid7
from tenancy.models import Membership, TenantModel

# `keys`: a fresh one for each row; `about`: the customers, in the same order.
_NAMED = """
    INSERT INTO customers_disclosedcustomer (organization_id, id, disclosure_id, customer_id)
    SELECT %(organization)s, given.id, %(id)s, given.customer_id
    FROM unnest(%(keys)s::uuid[], %(about)s::uuid[]) AS given (id, customer_id)
"""
# One statement, since a page that shows somebody's data in full pays for it each time.
_RECORD = f"""
WITH seen AS (
    INSERT INTO customers_disclosure (organization_id, id, kind, by_id, at, what, customers)
    VALUES (%(organization)s, %(id)s, %(kind)s, %(by)s, %(at)s, %(what)s, %(customers)s)
), named AS ({_NAMED})
SELECT {ACCESS}"""  # noqa: S608 - made of constants


@transaction.atomic(savepoint=False)
def record_disclosure(
    kind: DisclosureKind,
    viewer: Viewer | Membership,
    customers: Collection[uuid.UUID] | int,
    what: str,
    /,
    *,
    target: TenantModel | type[TenantModel] = Customer,
    key: uuid.UUID | None = None,
    **note: object,
) -> Disclosure | None:
    """Record that `viewer` saw personal data in full: in the audit, and counted. None when nobody was in it
    (the audit holds that as well).

    `customers`: the keys of those whose data it was or, where a caller does not know them yet, how many: then
    `name_customers` says who, batch by batch. Call it before the data leaves, once for an export; `key` becomes the
    disclosure's own. `what` is a short code (a kind of contact detail, the key of a list), `target` and `note` are what
    the audit entry is about: never what was read.
    """
    ids = [] if isinstance(customers, int) else list(customers)
    count = customers if isinstance(customers, int) else len(ids)
    object_id = ids[0] if len(ids) == 1 and isinstance(target, type) else None
    if isinstance(target, type) and not note:
        note = {"what": what, "count": count}
    audited = access_values(target, DisclosureKind(kind).value, object_id, note)
    if count < 1:
        _run(f"SELECT {ACCESS}", audited)
        return None
    member = viewer.membership if isinstance(viewer, Viewer) else viewer
    given = {} if key is None else {"id": key}
    row = Disclosure(**given, kind=kind, by=member, at=timezone.now(), what=what[:60], customers=count)
    _run(_RECORD, {**audited, **_values(row, ids)})
    disclosed.send(Disclosure, disclosure=row)
    return row


def name_customers(disclosure: uuid.UUID, customers: Collection[uuid.UUID]) -> None:
    """Say whom a recorded disclosure is about, in one statement: of those in it, these. Call it before their data leaves."""
    if customers:
        _run(_NAMED, {"id": disclosure, "organization": current_organization_id(), **_named(customers)})


def _values(row: Disclosure, ids: list[uuid.UUID]) -> dict[str, Any]:
    columns = {"id": row.pk, "kind": row.kind, "by": row.by_id, "at": row.at, "what": row.what}
    return {
        **columns,
        "customers": row.customers,
        "organization": current_organization_id(),
        **_named(ids),
    }


def _named(customers: Collection[uuid.UUID]) -> dict[str, Any]:
    return {"keys": arrays.keys(uuid7() for _ in customers), "about": arrays.keys(customers)}


def _run(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def record_reveal(
    viewer: Viewer, customer: Customer, what: str, /, *, target: TenantModel | None = None, **note: Any
) -> None:
    """Record that details of one customer were shown in full; `target` is the row they stand on."""
    record_disclosure(DisclosureKind.REVEAL, viewer, [customer.pk], what, target=target or customer, **note)
