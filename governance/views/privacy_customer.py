"""The customer's tab of privacy: its requests, its legal hold, who has seen it."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers.queries.legal_hold import hold_on
from customers.views.base import CustomerPage
from customers.views.detail import CustomerRecordPage
from governance.actions.legal_hold import lift_hold, place_hold
from governance.actions.privacy_policy import MANAGE, VIEW
from governance.forms.privacy import HoldForm
from governance.models import DataRequest
from governance.queries.disclosure import PERMISSION, Looked, disclosures_for
from tenancy.errors import Refused
from tenancy.links import organization_url
from workspace.toasts import toast

HOLD = "customers.place_legalhold"


class CustomerPrivacyView(CustomerRecordPage):
    permission_required = VIEW
    panel = "privacy"

    def content(self) -> dict[str, Any]:
        rows = DataRequest.objects.filter(customer=self.customer).select_related("handler")
        disclosures = []
        if self.viewer.can(PERMISSION):
            disclosures = disclosures_for(self.viewer, Looked(customer=self.customer.pk))[0]
        may_hold = self.may(HOLD)
        return {
            "panel_template": "governance/_customer_privacy.html",
            "requests": list(rows.order_by("-id")[:20]),
            "hold": hold_on(self.customer),
            "hold_form": HoldForm() if may_hold else None,
            "may_hold": may_hold,
            "may_manage": self.viewer.can(MANAGE),
            "sees_disclosures": self.viewer.can(PERMISSION),
            "disclosures": disclosures,
        }


class HoldAction(CustomerPage):
    permission_required = HOLD
    http_method_names: ClassVar = ["post", "options"]

    def leave(self, note: str, level: str = "success") -> HttpResponse:
        toast(self.request, note, level=level)
        name = "customer_privacy" if self.viewer.can(VIEW) else ""
        url = (
            organization_url(f"governance:{name}", pk=self.customer.pk)
            if name
            else self.customer.get_absolute_url()
        )
        return redirect(url)


class HoldPlaceView(HoldAction):
    def post(self, request: HttpRequest) -> HttpResponse:
        form = HoldForm(request.POST)
        if not form.is_valid():
            return self.leave(_("Say why the data must be kept."), "danger")
        try:
            place_hold(self.customer, reason=form.cleaned_data["reason"], actor=self.viewer.membership)
        except Refused as refusal:
            return self.leave(str(refusal), "danger")
        return self.leave(_("The customer is on legal hold."))


class HoldLiftView(HoldAction):
    def post(self, request: HttpRequest) -> HttpResponse:
        lift_hold(self.customer, actor=self.viewer.membership)
        return self.leave(_("The legal hold is lifted."))
