"""Who has seen what of whom in full: each reveal, export and print."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import DisclosureKind
from customers.merge_rules import keep
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel

WHAT = {
    "phone": _("Phone"),
    "email": _("Email"),
    "wechat": _("WeChat"),
    "identity_number": _("Identity number"),
    "bank_account": _("Bank account"),
    "edit": _("Page of editing"),
    "person": _("Details of a contact person"),
    "verify": _("Page of verifying"),
    "customers": _("List of customers"),
    "collection": _("Form on paper"),
    "import_rows": _("Rows not imported"),
    "access_package": _("Access package"),
}


class Disclosure(TenantModel):
    """Personal data left the registry: shown in full, exported or printed. Written by `actions.disclosure` alone.

    `what` names what was seen (a kind of contact detail, a field, a list), never what stood there. `customers` counts
    how many were in it, more than one for an export.
    """

    scope_field = "by"

    kind = models.CharField(
        pgettext_lazy("of a disclosure", "kind"), max_length=10, choices=DisclosureKind.choices
    )
    by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    at = models.DateTimeField(pgettext_lazy("of a disclosure", "time"))
    what = models.CharField(_("what was seen"), max_length=60, blank=True)
    customers = models.PositiveIntegerField(pgettext_lazy("how many", "customers"), default=1)

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(customers__gte=1),
                name="customers_disclosure_of_some",
                violation_error_message=_("A disclosure is about at least one customer."),
            ),
        ]
        indexes = [
            models.Index(
                F("organization"), F("at").desc(), F("id").desc(), name="customers_disclosure_newest"
            ),
            models.Index(
                F("organization"),
                F("by"),
                F("at").desc(),
                F("id").desc(),
                name="customers_disclosure_person",
            ),
        ]

    @property
    def what_label(self) -> str:
        """What was seen, in the reader's language."""
        return str(WHAT.get(self.what, self.what))


class DisclosedCustomer(TenantModel):
    """One customer whose data was in a disclosure."""

    audit_exempt = "derived: says whom an audited disclosure was about, and would double every export"
    scope_field = "disclosure__by"
    merge_rules = {"customer": keep("it says whose data was seen at the time")}

    disclosure = TenantForeignKey("customers.Disclosure", on_delete=models.CASCADE, related_name="about")
    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("disclosed customer")
        verbose_name_plural = _("disclosed customers")
        default_permissions = ()
        indexes = [
            models.Index(F("organization"), F("customer"), F("id").desc(), name="customers_disclosed_newest"),
        ]
