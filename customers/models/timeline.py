from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import MOVE
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class TimelineEntry(TenantModel):
    """One line of a customer's story, written by an action of any floor in its own transaction.

    `kind` is registered in `customers.registry.timeline_kinds`; it names the permission needed and renders
    `params` in the reader's language. Neither `params` nor `text` ever holds a contact detail.
    """

    audit_exempt = "derived: written from audited rows by the action that changes them"
    scope_field = "customer__owner"
    merge_rules = {"customer": MOVE}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="timeline")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    subject_id = models.UUIDField(null=True)
    """The row that the entry tells of, on whichever floor."""
    params = models.JSONField(default=dict)
    text = models.CharField(max_length=2000, blank=True)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        default_permissions = ()
        indexes = [
            models.Index(
                F("organization"),
                F("customer"),
                F("at").desc(),
                F("id").desc(),
                name="customers_timeline_newest",
            ),
            models.Index(fields=["organization", "subject_id"], name="customers_timeline_subject"),
        ]
