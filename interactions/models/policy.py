from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.enums import Tier
from tenancy.models import TenantModel

MONTHLY, QUARTERLY = 30, 90
LONGEST = 1000


def _days(label: Any, default: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, default=default, validators=[MaxValueValidator(LONGEST)])


class ContactPolicy(TenantModel):
    """How many days may pass without a contact, by the customer's tier. 0: no contact is owed to that tier.

    One row for an organisation; without a row the defaults hold (`actions.policy.contact_policy`).
    """

    key_days = _days(_("Key customers"), MONTHLY)
    ordinary_days = _days(_("Ordinary customers"), QUARTERLY)
    potential_days = _days(_("Potential customers"), QUARTERLY)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("contact policy")
        verbose_name_plural = _("contact policies")
        default_permissions = ("change",)
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="interactions_contactpolicy_one"),
            models.CheckConstraint(
                condition=Q(key_days__lte=LONGEST, ordinary_days__lte=LONGEST, potential_days__lte=LONGEST),
                name="interactions_contactpolicy_sane",
                violation_error_message=_("At most 1,000 days."),
            ),
        ]

    @property
    def days(self) -> dict[str, int]:
        """Tier → days."""
        return {
            Tier.KEY.value: self.key_days,
            Tier.ORDINARY.value: self.ordinary_days,
            Tier.POTENTIAL.value: self.potential_days,
        }
