from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import keep
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel

_BETWEEN_TWO = "it is about the two as they stood, and falls away when one is archived"


class DuplicatePair(TenantModel):
    """Two customers that a scan thinks are the same, with what speaks for it. `first` has the smaller key.

    `reasons` is a list of [code, parameters] without personal data, worded in `queries.pairs`.
    """

    audit_exempt = "derived: found by comparing customers, and found anew by every scan"
    merge_rules = {"first": keep(_BETWEEN_TWO), "second": keep(_BETWEEN_TWO)}

    first = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    second = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20)
    """The strongest of the reasons: what the list filters by."""
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField()
    later_until = models.DateField(null=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "first", "second"], name="customers_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="customers_pair_in_order"),
        ]
        indexes = [
            models.Index(fields=["organization", "-percent", "-id"], name="customers_pair_best"),
            models.Index(fields=["organization", "reason", "-percent", "-id"], name="customers_pair_reason"),
        ]


class NotDuplicate(TenantModel):
    """Somebody has looked: these two are not the same. They are never proposed again, unless it is taken back."""

    scope_field = "first__owner"
    merge_rules = {"first": keep(_BETWEEN_TWO), "second": keep(_BETWEEN_TWO)}

    first = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    second = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    by = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("pair that is not the same")
        verbose_name_plural = _("pairs that are not the same")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "first", "second"], name="customers_notduplicate_once"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="customers_notduplicate_in_order"
            ),
        ]
