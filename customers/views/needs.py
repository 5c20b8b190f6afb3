"""What a customer wants and is good for: a tab of its page, and the later steps of entering it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.actions.customer import edit_customer
from customers.actions.disclosure import record_reveal
from customers.actions.needs import needs_of, save_needs
from customers.fields import NEEDS, OPTIONAL, applies
from customers.forms.customer import CustomerCreditForm
from customers.forms.needs import NeedsForm
from customers.forms.sections import NUMBERS
from customers.rights import CHANGE, REVEAL
from customers.views.base import CustomerPage
from customers.views.detail import CustomerRecordPage
from customers.views.edit import DuplicateWarning
from customers.views.steps import STEPS, entry_steps
from tenancy.links import organization_url
from workspace.toasts import toast


class NeedsView(CustomerRecordPage):
    """The tab."""

    panel = "needs"

    def content(self) -> dict[str, Any]:
        needs, hidden = needs_of(self.customer), self.customer.uncollected
        shown = [
            {"label": OPTIONAL[name].label, "value": text}
            for name in NEEDS
            if name not in hidden and applies(name, self.customer.kind) and (text := _text(needs, name))
        ]
        return {"panel_template": "customers/_needs.html", "needs_shown": shown}


class StepPage(CustomerPage):
    """A form about the customer that stands alone or is a step of entering it (`?steps=1`)."""

    permission_required = CHANGE
    step = ""
    template_name = "customers/step.html"

    @property
    def in_steps(self) -> bool:
        return STEPS in self.request.GET

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        template = self.template_name
        if form.is_bound and form.conflict:
            template, status = "components/conflict.html", 409
        context = {
            "form": form,
            "customer": self.customer,
            "step": self.step,
            "steps": entry_steps(self.step, self.customer) if self.in_steps else [],
            "draft": self.draft,
            "cancel_url": organization_url("customers:detail", pk=self.customer.pk),
        }
        return render(self.request, template, context, status=status)

    @property
    def draft(self) -> str:
        return f"customer-{self.step}-{self.customer.pk}"

    def leave(self, page: str) -> HttpResponse:
        toast(self.request, _("Saved."), clears=self.draft)
        return redirect(organization_url(f"customers:{page}", pk=self.customer.pk))


class NeedsEditView(StepPage):
    step = "needs"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(NeedsForm(instance=needs_of(self.customer)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NeedsForm(request.POST, instance=needs_of(self.customer))
        if not form.is_valid() or (form.warnings and not request.POST.get("override")):
            return self.show(form, 422)
        save_needs(form.instance, actor=self.viewer.membership)
        if not self.in_steps:
            return self.leave("needs")
        toast(request, _("Saved."), clears=self.draft)
        return redirect(organization_url("customers:credit_edit", pk=self.customer.pk) + f"?{STEPS}=1")


class CreditEditView(DuplicateWarning, StepPage):
    step = "credit"

    @property
    def reveal(self) -> bool:
        return self.may(REVEAL)

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.reveal and any(getattr(self.customer, name) for name in NUMBERS):
            record_reveal(self.viewer, self.customer, "edit", page="edit")
        return self.show(CustomerCreditForm(instance=self.customer, viewer=self.viewer, reveal=self.reveal))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CustomerCreditForm(
            request.POST, instance=self.customer, viewer=self.viewer, reveal=self.reveal
        )
        if not form.is_valid() or not self.is_accepted(form, []):
            return self.show(form, 422)
        edit_customer(form.instance, actor=self.viewer.membership, despite=self.overruled(form))
        return self.leave("detail")


def _text(needs: Any, name: str) -> str:
    display = getattr(needs, f"get_{name}_display", None)
    value = getattr(needs, name)
    return str(display()) if display and value else value
