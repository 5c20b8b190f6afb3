from django.db import models

from customers.merge_rules import rebuilt
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class CustomerBirthday(TenantModel):
    """When a customer's birthday comes next, in the solar calendar: one row for each customer whose birthday is known,
    with the customer's `id`. Written by `actions.birthday` with every change, and every night for those that have passed.
    """

    audit_exempt = "derived: follows from the birthday of the customer and the calendar"
    scope_field = "owner"
    merge_rules = {"customer": rebuilt("computed from the birthday of the customer")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="next_birthday")
    owner = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    """The customer's owner, repeated here so that one index serves "my customers, the next birthday first"."""
    next_on = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "customer"], name="customers_birthday_customer"),
        ]
        indexes = [
            models.Index(fields=["organization", "next_on", "customer"], name="customers_birthday_next"),
            models.Index(
                fields=["organization", "owner", "next_on", "customer"], name="customers_birthday_own_next"
            ),
        ]
