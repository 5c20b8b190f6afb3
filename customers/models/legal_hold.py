from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import keep
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class LegalHold(TenantModel):
    """A reason in law to keep the data of a customer: as long as it stands, neither erasure nor retention touches it."""

    scope_field = "customer__owner"
    merge_rules = {"customer": keep("a hold is on this very record, and is read through the merged customer")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="legal_holds")
    reason = models.CharField(_("reason"), max_length=400)
    placed_by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, related_name="+", verbose_name=_("placed by")
    )
    placed_at = models.DateTimeField(_("placed"), auto_now_add=True)
    lifted_by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, editable=False)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        default_permissions = ()
        permissions = [("place_legalhold", _("Can place and lift legal holds"))]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer"],
                name="customers_legalhold_one",
                condition=Q(lifted_at=None),
                violation_error_message=_("This customer is on legal hold already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="customers_legalhold_reasoned",
                violation_error_message=_("Say why the data must be kept."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason
