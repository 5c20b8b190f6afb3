from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import keep
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class Verification(TenantModel):
    """Somebody held the data of a customer against the truth. Taken back, it counts no longer.

    `checked` names what was looked at, never what stood there: {"right": [keys], "wrong": [...], "changed": [...]}.
    """

    scope_field = "customer__owner"
    merge_rules = {"customer": keep("it says what was checked of the data that stood there")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="verifications")
    by = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("verified at"))
    checked = models.JSONField(default=dict)
    note = models.CharField(_("note"), max_length=400, blank=True)
    taken_back_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        default_permissions = ()
        indexes = [
            models.Index(
                F("organization"),
                F("customer"),
                F("at").desc(),
                F("id").desc(),
                name="customers_verification_newest",
            ),
        ]

    @property
    def wrong(self) -> list[str]:
        return list(self.checked.get("wrong", ()))
