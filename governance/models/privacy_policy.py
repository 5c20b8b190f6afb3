from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import TenantModel

LONGEST = 365
MOST_DISCLOSURES = 1_000_000


def _days(label: Any, default: int, least: int = 1, help_text: Any = "") -> models.PositiveSmallIntegerField:
    limits = [MinValueValidator(least), MaxValueValidator(LONGEST)]
    return models.PositiveSmallIntegerField(label, default=default, validators=limits, help_text=help_text)


class PrivacyPolicy(TenantModel):
    """What an organisation promises about personal data: deadlines, approvals, and how much looking is usual.

    One row for an organisation; without a row the defaults hold (`actions.privacy_policy.policy_in_force`).
    """

    access_days = _days(_("Days to answer a request for access"), 30)
    erasure_days = _days(_("Days to answer a request for erasure"), 15)
    remind_days = _days(_("Days before the deadline to remind"), 3)
    package_days = _days(_("Days an access package can be downloaded"), 14)
    four_eyes = models.BooleanField(
        _("A second person approves each erasure"),
        default=False,
        help_text=_("Somebody else than the person who registered the request."),
    )
    disclosures_per_day = models.PositiveIntegerField(
        _("Customers whose details one person usually sees in a day"),
        default=200,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DISCLOSURES)],
        help_text=_("Administrators are told when somebody reveals, exports or prints more."),
    )
    requests = models.PositiveIntegerField(default=0, editable=False)
    """How many requests were ever registered: the last number that was given."""
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("privacy policy")
        verbose_name_plural = _("privacy policies")
        default_permissions = ()
        permissions = [
            ("view_privacy", _("Can see privacy requests")),
            ("manage_privacy", _("Can handle privacy requests and their rules")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="governance_privacypolicy_one"),
            models.CheckConstraint(
                condition=Q(access_days__range=(1, LONGEST))
                & Q(erasure_days__range=(1, LONGEST))
                & Q(remind_days__range=(1, LONGEST))
                & Q(package_days__range=(1, LONGEST)),
                name="governance_privacypolicy_sane",
                violation_error_message=_("Between 1 and 365 days."),
            ),
        ]
