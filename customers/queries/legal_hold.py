"""Who must be kept for a reason in law."""

import uuid
from collections.abc import Collection

from django.utils.translation import gettext as _

from customers.models import Customer, LegalHold


def hold_on(customer: Customer) -> LegalHold | None:
    """The hold that stands on the customer, with who placed it."""
    return LegalHold.objects.filter(customer=customer, lifted_at=None).select_related("placed_by").first()


def reasons_to_keep(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Why these customers must be kept, by their keys. One query."""
    rows = LegalHold.objects.filter(customer__in=ids, lifted_at=None).only(
        "organization_id", "customer_id", "reason"
    )
    return {row.customer_id: [_("Legal hold: %(reason)s") % {"reason": row.reason}] for row in rows}
