"""What pages about one customer have in common."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from customers.models import Customer
from tenancy.views.base import OrganizationView

VIEW = "customers.view_customer"
ADD = "customers.add_customer"
CHANGE = "customers.change_customer"
ASSIGN = "customers.assign_customer"
REVEAL = "customers.reveal_contact"


class CustomerPage(OrganizationView):
    """A page about the customer that the address names: the right first, then the method, then the row."""

    customer: Customer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        assert self.permission_required
        if not self.viewer.can(self.permission_required):
            raise PermissionDenied
        if request.method is None or not hasattr(self, request.method.lower()):
            return self.http_method_not_allowed(request)
        rows = Customer.objects.visible_to(self.viewer, self.permission_required).select_related("owner")
        self.customer = get_object_or_404(self.enriched(rows), pk=kwargs.pop("pk"))
        return super().dispatch(request, *args, **kwargs)

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        """What else the page needs with the row."""
        return rows

    def may(self, permission: str) -> bool:
        """Whether the viewer's `permission` reaches this customer."""
        reach = self.viewer.reach(permission)
        return reach is not None and reach.covers(self.customer.owner_id)
