from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import keep
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.models import TenantModel


class BulkRun(TenantModel):
    """One change made to many customers at once: what, by whom, to which, with what outcome.

    `params` and `reasons` hold keys, codes and counts, never personal data. `query`: the filters that chose the rows,
    encrypted, since somebody may have searched for a name; "" when they were ticked one by one. `note`: what was said
    about it in free words, encrypted for the same reason.
    """

    scope_field = "actor"

    change = models.CharField(max_length=30)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    actor = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    query = EncryptedTextField(_("filters"))
    note = EncryptedTextField(_("note"))
    created_at = models.DateTimeField(auto_now_add=True)
    """Rows made later than this are not touched."""
    changed = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    """Code of a reason → how many customers were left alone for it."""
    job = TenantForeignKey("workspace.Job", on_delete=models.PROTECT, null=True, related_name="+")
    undo_job = TenantForeignKey("workspace.Job", on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    """Rows that the undo left alone, since somebody had changed them again."""
    full = models.PositiveIntegerField(default=0)
    """Rows that the undo left alone, since whose they were may own no more."""

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        default_permissions = ()
        indexes = [models.Index(fields=["organization", "created_at"], name="customers_bulkrun_created")]

    @property
    def skipped(self) -> int:
        return sum(self.reasons.values())


class BulkRow(TenantModel):
    """What one customer was before a bulk change: what the undo puts back."""

    audit_exempt = "old values of a bulk change; the change itself is audited on the customer"
    scope_field = "customer__owner"
    merge_rules = {"customer": keep("an undo puts back what this very customer was")}

    run = TenantForeignKey("customers.BulkRun", on_delete=models.CASCADE, related_name="rows")
    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "run", "customer"], name="customers_bulkrow_once"
            ),
        ]
