"""What is done to many rows of the list at once."""

import uuid
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions import book
from customers.forms.owner import OwnerForm
from customers.models import Customer
from customers.views.base import ASSIGN, CHANGE, VIEW
from customers.views.list_parts import Listing
from customers.views.listing import next_url
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from workspace.toasts import toast


class BulkView(OrganizationView):
    """The customers ticked in the list, or all that match it, as far as the page's right reaches."""

    http_method_names = ("post", "options")

    def selected(self) -> list[uuid.UUID]:
        rows = Customer.objects.visible_to(self.viewer, self.permission_required)
        if self.request.POST.get("all"):
            query = QueryDict(self.request.POST.get("query", "")[:4000])
            matching = Listing(query, self.viewer, self.request)
            rows = rows.filter(pk__in=matching.rows.order_by().values("pk"))
        else:
            rows = rows.filter(pk__in=self._ticked())
        return list(rows.order_by("pk").values_list("pk", flat=True)[: book.AT_ONCE])

    def _ticked(self) -> Sequence[uuid.UUID]:
        found = []
        for text in self.request.POST.getlist("ids")[: book.AT_ONCE]:
            try:
                found.append(uuid.UUID(text))
            except ValueError:
                continue
        return found

    def back(self, message: str, batch: uuid.UUID | None = None, level: str = "success") -> HttpResponse:
        undo = organization_url("customers:undo", batch=batch) if batch else None
        toast(self.request, message, undo, level)
        return redirect(next_url(self.request))

    def nothing(self) -> HttpResponse:
        return self.back(_("Select at least one customer that you may change."), level="warning")


class BulkArchiveView(BulkView):
    permission_required = CHANGE

    def post(self, request: HttpRequest) -> HttpResponse:
        batch, count = book.archive(self.selected(), actor=self.viewer.membership)
        if not count:
            return self.nothing()
        text = ngettext("%(n)s customer archived.", "%(n)s customers archived.", count) % {"n": count}
        return self.back(text, batch)


class BulkRestoreView(BulkView):
    permission_required = CHANGE

    def post(self, request: HttpRequest) -> HttpResponse:
        batch, count = book.restore(self.selected(), actor=self.viewer.membership)
        if not count:
            return self.nothing()
        text = ngettext("%(n)s customer restored.", "%(n)s customers restored.", count) % {"n": count}
        return self.back(text, batch)


class BulkAssignView(BulkView):
    """First asks for the new owner, then gives the customers over."""

    permission_required = ASSIGN

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = self.selected()
        if not ids:
            return self.nothing()
        form = OwnerForm(request.POST if "owner" in request.POST else None, viewer=self.viewer)
        if not form.is_valid():
            return self.ask(form, ids)
        owner = form.cleaned_data["owner"]
        batch, count = book.assign_owner(ids, owner, actor=self.viewer.membership)
        text = ngettext("%(n)s customer given to %(name)s.", "%(n)s customers given to %(name)s.", count)
        return self.back(text % {"n": count, "name": owner}, batch if count else None)

    def ask(self, form: OwnerForm, ids: list[uuid.UUID]) -> HttpResponse:
        context = {"form": form, "ids": ids, "next": next_url(self.request)}
        return render(self.request, "customers/assign.html", context, status=422 if form.is_bound else 200)


class UndoView(OrganizationView):
    """Takes back what the viewer has just done to one or many customers."""

    permission_required = VIEW
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
        try:
            count = book.undo(batch, viewer=self.viewer)
        except book.UnknownBatch:
            raise Http404 from None
        if count:
            toast(
                request,
                ngettext("Undone for %(n)s customer.", "Undone for %(n)s customers.", count) % {"n": count},
            )
        else:
            toast(request, _("There was nothing left to undo."), level="warning")
        return redirect(next_url(request))
