from django.db import models

from customers.merge_rules import combine
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class PostponedSuggestion(TenantModel):
    """A member wants to see this suggestion for this customer again on `until`, and not before."""

    audit_exempt = "a preference of display"
    scope_field = "member"
    merge_rules = {"customer": combine("member", "rule")}

    member = TenantForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="+")
    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=40)
    until = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer", "member", "rule"],
                name="customers_postponedsuggestion_one",
            ),
        ]
