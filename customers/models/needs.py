from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.enums import BuyingChannel, IncomeBand, Intention, NeedType
from customers.merge_rules import by_field
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class CustomerNeeds(TenantModel):
    """What a customer wants, can afford and likes; at most one row for each, with the customer's `id`."""

    scope_field = "customer__owner"
    merge_rules = {"customer": by_field("chosen field by field, with the customer's own")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="needs")
    intention = models.CharField(
        _("purchase intention"), max_length=10, choices=Intention.choices, blank=True
    )
    income = models.CharField(_("monthly income"), max_length=10, choices=IncomeBand.choices, blank=True)
    need_type = models.CharField(_("type of need"), max_length=10, choices=NeedType.choices, blank=True)
    buying_channel = models.CharField(
        _("preferred buying channel"), max_length=10, choices=BuyingChannel.choices, blank=True
    )
    service_preferences = models.TextField(_("service preferences"), max_length=1000, blank=True)
    preferences = models.TextField(_("preferences"), max_length=1000, blank=True)
    potential_needs = models.TextField(_("potential needs"), max_length=1000, blank=True)
    family_notes = models.TextField(_("hobbies and family"), max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("needs of a customer")
        verbose_name_plural = _("needs of customers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "customer"], name="customers_needs_customer"),
        ]
        indexes = [
            models.Index(fields=["organization", "intention", "customer"], name="customers_needs_intention"),
            models.Index(fields=["organization", "need_type", "customer"], name="customers_needs_type"),
        ]
