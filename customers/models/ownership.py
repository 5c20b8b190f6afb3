"""Who owned a customer, from when, and why it changed hands."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import OwnershipKind
from customers.merge_rules import keep
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class OwnershipChange(TenantModel):
    """A customer came to another owner, or to none. Written by `actions.ownership` alone, and never changed.

    `part_of`: what it was part of (a bulk change, an import, a merge). Who owned it first stands in the earliest
    row's `from_owner`.
    """

    audit_exempt = (
        "append-only: the record of a change that is audited on the customer, and would double every bulk one"
    )
    scope_field = "customer__owner"
    merge_rules = {"customer": keep("it says who owned this very customer")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="ownership")
    from_owner = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner before"),
    )
    to_owner = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("new owner"),
    )
    kind = models.CharField(
        pgettext_lazy("of a change of owner", "kind"), max_length=12, choices=OwnershipKind.choices
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(pgettext_lazy("moment", "changed"))
    by = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("changed by"),
    )
    part_of = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("change of owner")
        verbose_name_plural = _("changes of owner")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_owner=F("to_owner")) | Q(from_owner=None) | Q(to_owner=None),
                name="customers_ownershipchange_other",
                violation_error_message=_("The owner before and after is the same."),
            ),
        ]
        indexes = [
            models.Index(
                F("organization"),
                F("customer"),
                F("at").desc(),
                F("id").desc(),
                name="customers_ownership_newest",
            ),
        ]
