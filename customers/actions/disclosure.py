"""The door through which every reveal, export and print is recorded."""

import uuid
from collections.abc import Collection

from django.db import connection, transaction
from django.utils import timezone

from customers.enums import DisclosureKind
from customers.models import Customer, Disclosure
from customers.signals import disclosed
from tenancy.access import Viewer
from tenancy.audit.records import record_access
from tenancy.context import current_organization_id
from tenancy.db import arrays, uuid7
from tenancy.models import Membership, TenantModel

_ABOUT = """
INSERT INTO customers_disclosedcustomer (organization_id, id, disclosure_id, customer_id)
SELECT %s, given.id, %s, given.customer_id FROM unnest(%s::uuid[], %s::uuid[]) AS given (id, customer_id)
"""


@transaction.atomic
def record_disclosure(
    kind: DisclosureKind,
    viewer: Viewer | Membership,
    customers: Collection[uuid.UUID] | int,
    what: str,
    /,
    *,
    target: TenantModel | type[TenantModel] = Customer,
    **note: object,
) -> Disclosure | None:
    """Record that `viewer` saw personal data in full: in the audit, and counted. None when nobody was in it
    (the audit holds that as well).

    `customers`: the keys of those whose data it was or, where a caller does not know them, how many. Call it before
    the data leaves, once for an export; a streamed one once for each batch. `what` is a short code (a kind of contact
    detail, the key of a list), `target` and `note` are what the audit entry is about: never what was read.
    """
    ids = [] if isinstance(customers, int) else list(customers)
    count = customers if isinstance(customers, int) else len(ids)
    object_id = ids[0] if len(ids) == 1 and isinstance(target, type) else None
    if isinstance(target, type) and not note:
        note = {"what": what, "count": count}
    record_access(target, DisclosureKind(kind).value, object_id=object_id, **note)
    if count < 1:
        return None
    member = viewer.membership if isinstance(viewer, Viewer) else viewer
    row = Disclosure.objects.create(kind=kind, by=member, at=timezone.now(), what=what[:60], customers=count)
    _name(row, ids)
    disclosed.send(Disclosure, disclosure=row)
    return row


def _name(row: Disclosure, ids: list[uuid.UUID]) -> None:
    if ids:
        keys = arrays.keys(uuid7() for _ in ids)
        with connection.cursor() as cursor:
            cursor.execute(_ABOUT, [current_organization_id(), row.pk, keys, arrays.keys(ids)])


def record_reveal(
    viewer: Viewer, customer: Customer, what: str, /, *, target: TenantModel | None = None, **note: object
) -> None:
    """Record that details of one customer were shown in full; `target` is the row they stand on."""
    record_disclosure(DisclosureKind.REVEAL, viewer, [customer.pk], what, target=target or customer, **note)
