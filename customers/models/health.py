"""How complete, right and fresh the data of each customer is."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import rebuilt
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel

# Sort columns are never NULL, so that an index serves both ends: "never" sorts first, "none" sorts last.
NEVER = date(1900, 1, 1)
NONE = date(9999, 12, 31)


class CustomerHealth(TenantModel):
    """What is known of the quality of a customer's data: one row for each, with the customer's `id`.

    Derived from the customer, its details, its verifications and the policy by the one statement in
    `actions.health`: every action that changes one of them runs it, `rebuild_health` runs it over all, and every
    night it follows the calendar. An archived customer has neither a due date nor a problem.
    """

    audit_exempt = "derived: rebuilt from customers, verifications and the policy"
    scope_field = "owner"
    merge_rules = {"customer": rebuilt("computed from the customer and its rows")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="health")
    owner = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    """The customer's owner, repeated here so that one index serves "my customers, the most overdue first"."""
    verified_on = models.DateField(_("verified on"), default=NEVER)
    due_on = models.DateField(_("verification due by"), default=NONE)
    overdue = models.BooleanField(_("verification overdue"), default=False)
    completeness = models.PositiveSmallIntegerField(_("completeness"), default=0)
    missing = models.BigIntegerField(default=0)
    """Which fields are missing: bit n stands for the n-th of `completeness.FIELDS`."""
    quality = models.PositiveSmallIntegerField(_("data quality"), default=0)
    unowned = models.BooleanField(default=False)
    """Nobody owns it and it waits in no public pool: a pool takes it tonight, or nobody ever looks after it."""
    unreachable = models.BooleanField(default=False)
    doubtful_name = models.BooleanField(default=False)
    doubtful_phone = models.BooleanField(default=False)
    found_wrong = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("data quality figures")
        verbose_name_plural = _("data quality figures")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "customer"], name="customers_health_customer"),
            models.CheckConstraint(
                condition=Q(completeness__lte=100, quality__lte=100), name="customers_health_percent"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "due_on", "customer"], name="customers_health_due"),
            models.Index(
                fields=["organization", "owner", "due_on", "customer"], name="customers_health_own_due"
            ),
            models.Index(
                fields=["organization", "verified_on", "customer"], name="customers_health_verified"
            ),
            models.Index(
                fields=["organization", "completeness", "customer"], name="customers_health_complete"
            ),
            models.Index(
                fields=["organization", "owner", "completeness", "customer"],
                name="customers_health_own_complete",
            ),
            models.Index(fields=["organization", "quality", "customer"], name="customers_health_quality"),
            models.Index(
                fields=["organization", "owner", "quality", "customer"], name="customers_health_own_quality"
            ),
            models.Index(
                fields=["organization", "owner", "due_on", "customer"],
                name="customers_health_overdue",
                condition=Q(overdue=True),
            ),
            *(
                models.Index(
                    fields=["organization", "customer"],
                    name=f"customers_health_{problem.removeprefix('doubtful_')}",
                    condition=Q(**{problem: True}),
                )
                for problem in ("unowned", "unreachable", "doubtful_name", "doubtful_phone", "found_wrong")
            ),
        ]


class HealthCount(TenantModel):
    """How the data of one owner's customers stood on a day (`owner` None: of those nobody owns). Counted every
    night and kept."""

    audit_exempt = "derived: counted every night from the data quality figures"
    scope_field = "owner"

    owner = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    customers = models.PositiveIntegerField()
    completeness = models.PositiveBigIntegerField()
    """The sum over the customers, as `quality`."""
    quality = models.PositiveBigIntegerField()
    scant = models.PositiveIntegerField()
    partial = models.PositiveIntegerField()
    good = models.PositiveIntegerField()
    full = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()
    due_soon = models.PositiveIntegerField()
    unowned = models.PositiveIntegerField()
    unreachable = models.PositiveIntegerField()
    doubtful_name = models.PositiveIntegerField()
    doubtful_phone = models.PositiveIntegerField()
    found_wrong = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("data quality count")
        verbose_name_plural = _("data quality counts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "day", "owner"],
                name="customers_healthcount_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(customers=F("scant") + F("partial") + F("good") + F("full")),
                name="customers_healthcount_bands",
            ),
        ]
