from django.db import models

from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class ColumnChoice(TenantModel):
    """The columns that a member has chosen for the customer list: keys of `customers.registry.facts`."""

    audit_exempt = "a preference of display"
    scope_field = "member"

    member = TenantForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "member"], name="customers_columnchoice_one"),
        ]
