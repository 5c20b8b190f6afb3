from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import keep
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.models import TenantModel


class Merge(TenantModel):
    """Customers were found to be one and made one: `survivor` took over what the `merged` ones had.

    `replaced` (JSON) holds the survivor's values as they were and as they became, which is what undoing replays.
    """

    scope_field = "survivor__owner"
    merge_rules = {"survivor": keep("it is the record of the merge itself")}

    survivor = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="merges")
    by = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("merged on"))
    replaced = EncryptedTextField(_("replaced values"))
    counts = models.JSONField(default=dict)
    """How many rows of each kind moved: {"customers.contactpoint": 3}."""
    undone_at = models.DateTimeField(_("undone on"), null=True)
    undone_by = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    left = models.JSONField(default=dict)
    """What an undo could not or need not put back: {"changed": 2, "gone": 1, "fields": ["city"]}."""

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(undone_at__gte=models.F("at")),
                name="customers_merge_undone_after",
                violation_error_message=_("A merge is undone after it was made."),
            ),
        ]
        indexes = [models.Index(fields=["organization", "-at", "-id"], name="customers_merge_newest")]


class MergedCustomer(TenantModel):
    """One of the customers that a merge has taken in. `active`: it has not been undone."""

    scope_field = "customer__owner"
    merge_rules = {"customer": keep("it is the record of the merge itself")}

    merge = TenantForeignKey("customers.Merge", on_delete=models.CASCADE, related_name="merged")
    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="merged_by")
    archived_before = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("merged customer")
        verbose_name_plural = _("merged customers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer"],
                condition=Q(active=True),
                name="customers_mergedcustomer_once",
                violation_error_message=_("This customer has been merged already."),
            ),
        ]
        indexes = [models.Index(fields=["organization", "customer"], name="customers_merged_customer")]


class MovedRow(TenantModel):
    """A row of any floor that a merge gave to the survivor: where it came from and how it looked afterwards."""

    audit_exempt = "a list of changes that are audited where the rows stand"
    scope_field = "customer__owner"
    merge_rules = {"customer": keep("it is the record of the merge itself")}

    merge = TenantForeignKey("customers.Merge", on_delete=models.CASCADE, related_name="moved")
    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    """Whose it was."""
    model = models.CharField(max_length=80)
    field = models.CharField(max_length=60)
    row_key = models.UUIDField()
    before = models.JSONField(default=dict)
    """What else the merge changed of the row: {"is_primary": true}."""
    digest = models.CharField(max_length=32, blank=True)
    """Of the row after the merge: a row that has another one today was changed since."""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "merge", "model", "field", "row_key"], name="customers_movedrow_once"
            ),
        ]
