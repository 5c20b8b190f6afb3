"""Who must be kept for a reason in law."""

import uuid
from collections.abc import Collection

from django.utils.translation import gettext as _

from customers.models import Customer, LegalHold


def hold_on(customer: Customer) -> LegalHold | None:
    """The hold that stands on the customer, with who placed it."""
    return LegalHold.objects.filter(customer=customer, lifted_at=None).select_related("placed_by").first()


def reasons_to_keep(ids: Collection[uuid.UUID]) -> list[str]:
    rows = LegalHold.objects.filter(customer__in=ids, lifted_at=None)
    return [
        _("Legal hold: %(reason)s") % {"reason": reason} for reason in rows.values_list("reason", flat=True)
    ]
