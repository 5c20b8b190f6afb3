"""Data of a customer held against the truth."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.actions.health import refresh_health
from customers.enums import Checked
from customers.models import Customer, Verification
from tenancy.errors import Refused
from tenancy.models import Membership

VERIFIED = "customer.verified"
UNDO_WITHIN = timedelta(hours=1)


class TooLate(Refused):
    reason = _("A verification can be taken back within an hour.")


@transaction.atomic
def verify_customer(
    verification: Verification, *, answers: Mapping[str, Checked], actor: Membership
) -> Verification:
    """Store a verification (unsaved; its `customer` and `note` are set) with the answer for each thing looked at.

    Afterwards: a new due date, the things found wrong stand among the problems, a line on the timeline.
    """
    verification.by, verification.at = actor, timezone.now()
    verification.checked = {
        answer.value: [key for key, given in answers.items() if given == answer] for answer in Checked
    }
    verification.save(force_insert=True)
    refresh_health([verification.customer_id])
    params = {"checked": {name: _words(keys) for name, keys in verification.checked.items()}}
    timeline.record(
        verification.customer_id, VERIFIED, actor=actor, params=params, text=verification.note,
        subject_id=verification.pk,
    )  # fmt: skip
    return verification


@transaction.atomic
def take_back(verification: Verification, *, actor: Membership) -> Customer:
    """Undo: as if it had not been. Raises TooLate."""
    if verification.at < timezone.now() - UNDO_WITHIN:
        raise TooLate
    verification.taken_back_at = timezone.now()
    verification.save(update_fields=["taken_back_at"])
    timeline.remove(verification.pk)
    refresh_health([verification.customer_id])
    return verification.customer


def _words(keys: list[str]) -> list[str]:
    """What kind of thing each was: a contact detail is named by its kind, not by its key."""
    return list(dict.fromkeys(key.partition(":")[0] for key in keys))
