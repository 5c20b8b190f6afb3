from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from customers.merge_rules import rebuilt
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class CustomerSearch(TenantModel):
    """What a customer is found by: `document` holds the lexemes of `customers.lexemes`."""

    audit_exempt = "derived: lexemes of the customer and its contact details"
    merge_rules = {"customer": rebuilt("computed from the customer and its rows")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    document = SearchVectorField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer"],
                name="customers_customersearch_customer",
            ),
        ]
        # What was written last is read through by every search: a short list, merged into the index often.
        indexes = [
            GinIndex(fields=["document"], name="customers_search_document", gin_pending_list_limit=256)
        ]
