"""Customers marked as invalid, and valid again."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from customers.actions.bulk import Selection, start_bulk
from customers.actions.invalid import BULK
from customers.forms.invalid import InvalidForm
from customers.rights import CHANGE
from customers.views.base import CustomerPage
from customers.views.bulk import BulkQuestion
from tenancy.links import organization_url
from workspace.toasts import toast


class _MarkPage(CustomerPage):
    permission_required = CHANGE

    def mark(self, reason: str, note: str) -> HttpResponse:
        run = start_bulk(BULK, Selection([self.customer.pk]), {"reason": reason}, viewer=self.viewer)
        changed = run is not None and run.changed
        toast(
            self.request, note, organization_url("customers:undo", batch=run.pk) if run and changed else None
        )
        return HttpResponseClientRedirect(self.back) if self.request.htmx else redirect(self.back)

    @property
    def back(self) -> str:
        return organization_url("customers:detail", pk=self.customer.pk)


class InvalidView(_MarkPage):
    """Asks for the reason: in a dialog of the customer's page, or as a page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(InvalidForm(initial={"reason": self.customer.invalid_reason}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InvalidForm(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        return self.mark(
            form.cleaned_data["reason"], _("%(name)s is marked as invalid.") % {"name": self.customer}
        )

    def show(self, form: InvalidForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "customer": self.customer, "cancel_url": self.back}
        name = "_invalid" if self.request.htmx else "invalid"
        return render(self.request, f"customers/{name}.html", context, status=status)


class ValidView(_MarkPage):
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.mark("", _("%(name)s is valid again.") % {"name": self.customer})


class BulkInvalidView(BulkQuestion):
    change = BULK
    form_class: type[forms.Form] = InvalidForm
    title, submit = gettext_lazy("Mark customers as invalid"), gettext_lazy("Mark as invalid")

    def params(self, form: Any) -> dict[str, Any]:
        return {"reason": form.cleaned_data["reason"]}
