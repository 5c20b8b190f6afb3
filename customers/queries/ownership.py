"""Who owned a customer, as its page tells it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from customers.enums import HandoverReason, OwnershipKind
from customers.models import Customer, OwnershipChange
from customers.queries.keyset import Order, page

SHOWN = 5
NEWEST = Order(("at", "pk"), descending=True)
SIZE = 50


@dataclass(frozen=True)
class Change:
    """One change of owner in words. `handover`: of which it was part."""

    what: str
    before: str
    after: str
    by: str
    at: datetime
    why: str
    handover: uuid.UUID | None


_NAME = (
    "(SELECT m.name FROM tenancy_membership m WHERE m.organization_id = customers_ownershipchange.organization_id"
    " AND m.id = customers_ownershipchange.{})"
)
_FACTS = f"""
jsonb_build_object('kind', customers_ownershipchange.kind, 'at', customers_ownershipchange.at,
    'before', {_NAME.format("from_owner_id")}, 'after', {_NAME.format("to_owner_id")}, 'by', {_NAME.format("by_id")},
    'reason', customers_ownershipchange.reason, 'handover', customers_ownershipchange.handover_id,
    'why', (SELECT h.reason FROM customers_handover h
        WHERE h.organization_id = customers_ownershipchange.organization_id
        AND h.id = customers_ownershipchange.handover_id),
    'note', (SELECT n.note FROM customers_handedcustomer n
        WHERE n.organization_id = customers_ownershipchange.organization_id
        AND n.customer_id = customers_ownershipchange.customer_id
        AND n.handover_id = customers_ownershipchange.handover_id LIMIT 1))"""  # noqa: S608 - made of constants
"""Of a row of customers_ownershipchange what `_change` reads."""
_ALONG = f"""
SELECT coalesce(jsonb_agg(latest.facts ORDER BY latest.at DESC, latest.id DESC), '[]') FROM (
    SELECT at, id, {_FACTS} AS facts FROM customers_ownershipchange
    WHERE organization_id = customers_customer.organization_id AND customer_id = customers_customer.id
    ORDER BY at DESC, id DESC LIMIT {SHOWN + 1}) latest"""  # noqa: S608 - made of constants


def with_ownership(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """Read along what `ownership_along` tells: no query of its own."""
    return rows.annotate(ownership_facts=RawSQL(_ALONG, (), output_field=JSONField()))  # noqa: S611 - made of constants


def ownership_along(customer: Customer) -> tuple[list[Change], bool]:
    """The latest changes of owner of a customer that was read by `with_ownership`, the newest first; and whether there
    are more."""
    found: list[dict[str, Any]] = customer.ownership_facts  # type: ignore[attr-defined]
    return [_change(facts) for facts in found[:SHOWN]], len(found) > SHOWN


def ownership_page(customer: Customer, cursor: str) -> tuple[list[Change], str]:
    """A page of all its changes of owner, the newest first; and the cursor of the next page, "" after the last."""
    facts = RawSQL(_FACTS, (), output_field=JSONField())  # noqa: S611 - made of constants
    rows = OwnershipChange.objects.filter(customer=customer).annotate(row=facts)
    found = page(rows, NEWEST, ("row",), cursor=cursor, direction="after", size=SIZE)
    return [_change(one["row"]) for one in found.rows], found.after


def _change(facts: dict[str, Any]) -> Change:
    why = [HandoverReason(facts["why"]).label] if facts["why"] else []
    why += [text for text in (facts["reason"], facts["note"]) if text]
    return Change(
        str(OwnershipKind(facts["kind"]).label),
        facts["before"] or "",
        facts["after"] or "",
        facts["by"] or "",
        datetime.fromisoformat(facts["at"]),
        " · ".join(str(text) for text in why),
        uuid.UUID(facts["handover"]) if facts["handover"] else None,
    )
