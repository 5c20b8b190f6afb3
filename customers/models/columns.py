from django.db import models

from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class ColumnChoice(TenantModel):
    """How a member has set up the customer list: its columns, as keys of `customers.registry.facts`, and its first view."""

    audit_exempt = "a preference of display"
    scope_field = "member"

    member = TenantForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)
    view = TenantForeignKey("workspace.SavedView", on_delete=models.SET_NULL, null=True, related_name="+")
    """The saved view that the list opens with."""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "member"], name="customers_columnchoice_one"),
        ]
