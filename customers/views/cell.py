"""A cell of the list, edited in place: with htmx inside the cell, without it as a page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from customers.actions.bulk import Selection, start_bulk
from customers.actions.bulk_fields import plain
from customers.custom import cells
from customers.forms.cell import CELLS, OWNER, cell_form, own_cell_form
from customers.models import Customer
from customers.queries import listing
from customers.registry import Fact, facts
from customers.rights import ASSIGN, CHANGE
from customers.views.base import CustomerPage
from customers.views.cells import display
from customers.views.listing import next_url
from tenancy.links import organization_url
from workspace.toasts import htmx_toast, toast


class CellView(CustomerPage):
    permission_required = CHANGE
    fact: Any  # Fact, or None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = kwargs.pop("key")
        self.permission_required = ASSIGN if key == OWNER else CHANGE
        self.fact = self._fact(key)
        return super().dispatch(request, *args, **kwargs)

    def _fact(self, key: str) -> Fact | None:
        """None for what has no cell to edit, or is not shown."""
        if key in CELLS:
            return facts[key] if listing.is_shown(facts[key], self.viewer) else None
        return next((fact for fact in listing.custom_facts(self.viewer) if fact.key == key), None)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if form.conflict if not form.is_valid() else False:
            return self.show(form, 409)
        if not form.is_valid():
            return self.show(form, 422)
        return self.saved(form)

    def form(self, data: Any = None) -> Any:
        if self.fact is None or (self.fact.spec and self.fact.spec.only not in ("", self.customer.kind)):
            raise Http404
        if self.fact.spec:
            return own_cell_form(self.fact.spec, self.customer, data)
        return cell_form(self.fact.key, self.customer, self.viewer, data)

    def saved(self, form: Any) -> HttpResponse:
        key, viewer = self.fact.key, self.viewer
        change, params = "fields", {"values": {}}  # type: tuple[str, dict[str, Any]]
        if self.fact.spec:
            params["own"] = {key: cells(self.fact.spec, form.custom_values()[key])}
        elif key == OWNER:
            owner = form.cleaned_data[key]
            change, params = "assign", {"owner": str(owner.pk), "name": str(owner)}
        else:
            params["values"] = {key: plain(form.cleaned_data[key])}
        run = start_bulk(change, Selection([self.customer.pk]), params, viewer=viewer)
        changed = run is not None and run.changed
        undo = organization_url("customers:undo", batch=run.pk) if run is not None and changed else None
        text = _("%(name)s: %(field)s saved.") % {"name": self.customer, "field": self.fact.label}
        if not self.request.htmx:
            if changed:
                toast(self.request, text, undo)
            return redirect(next_url(self.request))
        response = render(
            self.request, "customers/_cell_shown.html", {"content": self.content(), "fact": self.fact}
        )
        return trigger_client_event(response, "toast", htmx_toast(text, undo)) if changed else response

    def content(self) -> Any:
        rows = listing.with_values(Customer.objects.filter(pk=self.customer.pk), [self.fact])
        stored = rows.values_list(self.fact.read_path, flat=True).get()
        return display(self.fact)(stored)

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "field": form[self.fact.key],
            "customer": self.customer,
            "fact": self.fact,
            "action": self.request.path,
            "next": next_url(self.request),
        }
        name = "_cell_form" if self.request.htmx else "cell"
        return render(self.request, f"customers/{name}.html", context, status=status)
