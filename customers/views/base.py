"""What pages about one customer have in common."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from customers.models import Customer
from customers.queries.merges import survivor_of
from customers.rights import VIEW
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast


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
        if self.customer.archived_at and (answer := self.onward()):
            return answer
        return super().dispatch(request, *args, **kwargs)

    def onward(self) -> HttpResponseBase | None:
        """A customer that was merged leads to the one that it has become; None for any other archived one."""
        key = survivor_of(self.customer.pk)
        if key is None:
            return None
        survivor = Customer.objects.select_related("owner").get(pk=key)
        if not Customer.objects.visible_to(self.viewer, VIEW).filter(pk=key).exists():
            context = {"customer": self.customer, "owner": survivor.owner}
            return render(self.request, "customers/merged_away.html", context)
        words = {"code": self.customer.code, "name": survivor.name}
        level = "info" if self.request.method == "GET" else "warning"
        toast(self.request, _("%(code)s was merged into %(name)s.") % words, level=level)
        url = organization_url("customers:detail", pk=key)
        return HttpResponseClientRedirect(url) if self.request.htmx else redirect(url)

    def enriched(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        """What else the page needs with the row."""
        return rows

    def may(self, permission: str) -> bool:
        """Whether the viewer's `permission` reaches this customer."""
        reach = self.viewer.reach(permission)
        return reach is not None and reach.covers(self.customer.owner_id, self.customer.pk)

    @property
    def reading(self) -> bool:
        """Whether a colleague has let the viewer read about this customer, and no more."""
        return self.viewer.only_reads(VIEW, self.customer.owner_id, self.customer.pk)


class CustomerDialog(CustomerPage):
    """A form about the customer, in a dialog or as a page of its own, that leads back to where the customer stands."""

    dialog: str
    page: str
    """Names of the two templates."""
    back = "customers:detail"

    @property
    def back_url(self) -> str:
        return organization_url(self.back, pk=self.customer.pk)

    def leave(self, note: str, undo: str | None = None) -> HttpResponse:
        toast(self.request, note, undo or None)
        return HttpResponseClientRedirect(self.back_url) if self.request.htmx else redirect(self.back_url)

    def show(self, title: str, form: Any, status: int = 200, **context: Any) -> HttpResponse:
        facts = {
            **context,
            "title": title,
            "form": form,
            "customer": self.customer,
            "action": self.request.path,
            "cancel_url": self.back_url,
        }
        name = self.dialog if self.request.htmx else self.page
        return render(self.request, f"customers/{name}.html", facts, status=status)
