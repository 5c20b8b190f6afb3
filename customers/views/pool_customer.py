"""One customer put back into a pool or kept from returning; many moved to a pool."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from customers.actions import pool_keep
from customers.actions.bulk import Selection, start_bulk
from customers.actions.pool import CHANGE as PUT
from customers.forms.pool import KeepForm, PutBackForm
from customers.models import Pool, PoolKeep
from customers.queries.pools import all_terms, pool_of
from customers.views.base import CustomerPage
from customers.views.bulk import BulkQuestion
from customers.views.state import StatePage
from tenancy.errors import Refused
from tenancy.links import organization_url
from workspace.toasts import toast


class PutBackView(StatePage):
    """The customer goes into a pool: in a dialog of its page, or as a page."""

    permission_required = PUT

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(PutBackForm(initial={"pool": pool_of(self.customer, all_terms())}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PutBackForm(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        pool = form.cleaned_data["pool"]
        params, note = {"pool": str(pool.pk)}, form.cleaned_data["note"]
        run = start_bulk("pool", Selection([self.customer.pk]), params, viewer=self.viewer, note=note)
        words = {"name": self.customer, "pool": pool}
        if run is None or not run.changed:
            form.add_error(None, _("It waits there already, or is archived."))
            return self.show(form, 422)
        return self.leave(_("%(name)s waits in “%(pool)s” now.") % words, run.pk)

    def show(self, form: PutBackForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "customer": self.customer,
            "title": _("Put back into a pool"),
            "text": _(
                "Colleagues can claim it from there. You lose sight of it unless you see all customers."
            ),
            "submit": _("Put back"),
            "has_pools": Pool.objects.active().exists(),
            "action": self.request.path,
            "cancel_url": organization_url("customers:detail", pk=self.customer.pk),
        }
        name = "_pool_question" if self.request.htmx else "pool_question"
        return render(self.request, f"customers/{name}.html", context, status=status)


class KeepView(CustomerPage):
    """Nothing returns the customer until a day; or does again."""

    permission_required = pool_keep.KEEP

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = self.kept()
        _pool, longest = pool_keep.longest_keep(self.customer, self.viewer)
        initial = {"until": kept.until, "reason": kept.reason} if kept else {"until": longest}
        return self.show(KeepForm(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("release"):
            pool_keep.release_customer(self.customer, actor=self.viewer.membership)
            return self.leave(_("It may return to the pool again."))
        form = KeepForm(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            pool_keep.keep_customer(self.customer, viewer=self.viewer, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, 422)
        return self.leave(_("%(name)s is kept from returning to the pool.") % {"name": self.customer})

    def kept(self) -> PoolKeep | None:
        return PoolKeep.objects.filter(customer=self.customer, owner=self.customer.owner_id).first()

    def leave(self, note: str) -> HttpResponse:
        toast(self.request, note)
        url = organization_url("customers:detail", pk=self.customer.pk)
        return HttpResponseClientRedirect(url) if self.request.htmx else redirect(url)

    def show(self, form: KeepForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "customer": self.customer,
            "kept": self.kept(),
            "title": _("Keep from the pool"),
            "text": _("Until this day no rule returns the customer, however long nobody is in touch."),
            "submit": _("Keep"),
            "has_pools": True,
            "action": self.request.path,
            "cancel_url": organization_url("customers:detail", pk=self.customer.pk),
        }
        name = "_pool_question" if self.request.htmx else "pool_question"
        return render(self.request, f"customers/{name}.html", context, status=status)


class BulkPoolView(BulkQuestion):
    change = "pool"
    form_class = PutBackForm
    title, submit = gettext_lazy("Move to a pool"), gettext_lazy("Move")

    def params(self, form: PutBackForm) -> dict[str, Any]:
        return {"pool": str(form.cleaned_data["pool"].pk)}

    def note(self, form: PutBackForm) -> str:
        return str(form.cleaned_data["note"])
