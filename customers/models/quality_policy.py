from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.enums import Tier
from tenancy.models import TenantModel

LONGEST = 120
HEAVIEST = 10


def _months(label: Any, default: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, default=default, validators=[MaxValueValidator(LONGEST)])


class QualityPolicy(TenantModel):
    """How often the data of a customer is to be verified, by its tier (months; 0: never), and how much each field
    weighs in its completeness.

    One row for an organisation; without a row the defaults hold (`actions.quality_policy.quality_policy`).
    """

    key_months = _months(_("Key customers"), 6)
    ordinary_months = _months(_("Ordinary customers"), 12)
    potential_months = _months(_("Potential customers"), 24)
    weights = models.JSONField(default=dict, editable=False)
    """{"person": {key of a field: 0–10}, "company": {…}}; a field that is not named weighs what `FIELDS` says."""
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("data quality policy")
        verbose_name_plural = _("data quality policies")
        default_permissions = ("change",)
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="customers_qualitypolicy_one"),
            models.CheckConstraint(
                condition=Q(
                    key_months__lte=LONGEST, ordinary_months__lte=LONGEST, potential_months__lte=LONGEST
                ),
                name="customers_qualitypolicy_sane",
                violation_error_message=_("At most 120 months."),
            ),
        ]

    @property
    def months(self) -> dict[str, int]:
        """Tier → months."""
        return {
            Tier.KEY.value: self.key_months,
            Tier.ORDINARY.value: self.ordinary_months,
            Tier.POTENTIAL.value: self.potential_months,
        }
