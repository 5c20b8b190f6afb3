"""Keeping a customer's data for a reason in law."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, LegalHold
from tenancy.errors import Refused
from tenancy.models import Membership


class HeldAlready(Refused):
    reason = _("This customer is on legal hold already.")


def place_hold(customer: Customer, *, reason: str, actor: Membership) -> LegalHold:
    """From now on nothing erases the customer. Raises HeldAlready."""
    try:
        with transaction.atomic():
            return LegalHold.objects.create(customer=customer, reason=reason, placed_by=actor)
    except IntegrityError:
        raise HeldAlready from None


@transaction.atomic
def lift_hold(customer: Customer, *, actor: Membership) -> int:
    """Answers how many stood: one, or none when somebody was quicker."""
    rows = LegalHold.objects.filter(customer=customer, lifted_at=None)
    return rows.update(lifted_at=timezone.now(), lifted_by=actor)
