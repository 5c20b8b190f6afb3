"""The other names of a customer."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from customers.models import CustomerAlias


def other_names() -> ArraySubquery:
    """The other names as part of the customer's own query: `name` and `kind` of each, in their order."""
    rows = CustomerAlias.objects.filter(customer=OuterRef("pk")).order_by("position", "id")
    return ArraySubquery(rows.values(row=JSONObject(name="name", kind="kind")))
