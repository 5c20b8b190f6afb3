"""One customer archived, restored or given to another owner."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from customers.actions import book
from customers.actions.ownership import CapReached
from customers.forms.owner import OwnerForm
from customers.models import Customer
from customers.rights import ASSIGN, CHANGE, VIEW
from customers.views.base import CustomerPage
from tenancy.links import organization_url
from tenancy.models import Membership
from workspace.toasts import toast


class StatePage(CustomerPage):
    def leave(self, note: str, batch=None) -> HttpResponse:
        toast(self.request, note, organization_url("customers:undo", batch=batch) if batch else None)
        # Whoever gives a customer away may not see it any more.
        seen = Customer.objects.visible_to(self.viewer, VIEW).filter(pk=self.customer.pk).exists()
        url = (
            organization_url("customers:detail", pk=self.customer.pk)
            if seen
            else organization_url("customers:list")
        )
        return HttpResponseClientRedirect(url) if self.request.htmx else redirect(url)


class ArchiveView(StatePage):
    permission_required = CHANGE
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        batch, _count = book.archive([self.customer.pk], actor=self.viewer.membership)
        return self.leave(_("%(name)s was archived.") % {"name": self.customer}, batch)


class RestoreView(StatePage):
    """Brings it back to its owner; when they may own no more, asks whose it shall be, where the viewer may say so."""

    permission_required = CHANGE
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        if "owner" in request.POST and self.may(ASSIGN):
            return self.restore_for(OwnerForm(request.POST, viewer=self.viewer))
        try:
            book.restore([self.customer.pk], actor=self.viewer.membership)
        except CapReached as refusal:
            if self.may(ASSIGN):
                return self.ask(OwnerForm(viewer=self.viewer), str(refusal))
            toast(request, _("It stays archived. %(why)s") % {"why": refusal}, level="warning")
            return redirect(self.customer.get_absolute_url())
        return self.leave(_("%(name)s was restored.") % {"name": self.customer})

    def restore_for(self, form: OwnerForm) -> HttpResponse:
        if not form.is_valid():
            return self.ask(form)
        owner, over_cap = form.cleaned_data["owner"], form.cleaned_data["over_cap"]
        try:
            book.restore_for(self.customer, owner, actor=self.viewer.membership, over_cap=over_cap)
        except CapReached as refusal:
            form.add_error("owner", str(refusal))
            return self.ask(form)
        words = {"name": self.customer, "owner": owner}
        return self.leave(_("%(name)s was restored and belongs to %(owner)s now.") % words)

    def ask(self, form: OwnerForm, problem: str = "") -> HttpResponse:
        back = organization_url("customers:detail", pk=self.customer.pk)
        context = {"form": form, "customer": self.customer, "cancel_url": back, "problem": problem}
        return render(self.request, "customers/restore.html", context, status=422)


class AssignView(StatePage):
    permission_required = ASSIGN

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(OwnerForm(viewer=self.viewer, initial={"owner": self.customer.owner_id}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OwnerForm(request.POST, viewer=self.viewer, more=self.more)
        if not form.is_valid():
            return self.show(form, 422)
        owner, over_cap = form.cleaned_data["owner"], form.cleaned_data["over_cap"]
        try:
            batch, count = book.assign_owner(
                [self.customer.pk], owner, actor=self.viewer.membership, over_cap=over_cap
            )
        except CapReached as refusal:
            form.add_error("owner", str(refusal))
            return self.show(form, 422)
        return self.leave(_("%(name)s is the owner now.") % {"name": owner}, batch if count else None)

    def more(self, owner: Membership) -> int:
        return int(self.customer.owner_id != owner.pk and self.customer.archived_at is None)

    def show(self, form: OwnerForm, status: int = 200) -> HttpResponse:
        name = "_owner" if self.request.htmx else "owner"
        back = organization_url("customers:detail", pk=self.customer.pk)
        context = {"form": form, "customer": self.customer, "cancel_url": back}
        return render(self.request, f"customers/{name}.html", context, status=status)
