"""Who owns how many customers, and how many they may."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from customers.actions.ownership_policy import ownership_policy, remove_cap, save_ownership_policy, set_cap
from customers.forms.ownership import CapForm, OwnershipPolicyForm
from customers.models import OwnershipCap
from customers.queries.caps import BY_NAME, caps_of, owners_within
from customers.queries.keyset import page
from customers.queries.ownership import ownership_page
from customers.rights import ASSIGN, VIEW
from customers.views.base import CustomerPage
from tenancy.counting import COUNTED_FAR
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, WholeOrganizationMixin

POLICY = "customers.change_ownershippolicy"
SIZE = 50
COLUMNS = ("pk", "name", "department__name", "owned")


class OwnersView(OrganizationView):
    """Everybody within reach, with what they own, what they may own, and what is free."""

    permission_required = ASSIGN

    def get(self, request: HttpRequest) -> HttpResponse:
        cursor = request.GET.get("after", "")
        rows = owners_within(self.viewer)
        found = page(rows, BY_NAME, COLUMNS, cursor=cursor, direction="after", size=SIZE)
        context = {
            "rows": self._rows(found.rows),
            "most_counted": COUNTED_FAR,
            "next_url": f"?{urlencode({'after': found.after})}" if found.after else "",
            "first_url": request.path if cursor else "",
        }
        return render(request, "customers/owners.html", context)

    @staticmethod
    def _rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        caps = caps_of([row["pk"] for row in found])
        listed = organization_url("customers:list")
        return [
            {
                "name": row["name"],
                "department": row["department__name"],
                "owned": row["owned"],
                "most": caps.get(row["pk"]),
                "free": max(caps[row["pk"]] - row["owned"], 0) if row["pk"] in caps else None,
                "over": row["pk"] in caps and row["owned"] > caps[row["pk"]],
                "url": f"{listed}?owner={row['pk']}",
            }
            for row in found
        ]


class OwnershipHistoryView(CustomerPage):
    """Every owner the customer has had, the newest first."""

    permission_required = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        cursor = request.GET.get("after", "")
        changes, after = ownership_page(self.customer, cursor)
        context = {
            "customer": self.customer,
            "ownership": changes,
            "next_url": f"?after={after}" if after else "",
            "first_url": request.path if cursor else "",
        }
        return render(request, "customers/ownership_history.html", context)


class OwnershipPolicyView(WholeOrganizationMixin, FormPage):
    """How many customers a person may own; below it, for whom it is another number."""

    permission_required = POLICY
    form_class = OwnershipPolicyForm
    template_name = "customers/ownership_policy.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": ownership_policy()}

    def context(self, form: Any) -> dict[str, Any]:
        return {"caps": OwnershipCap.objects.select_related("role", "member").order_by("pk")}

    def back(self) -> str:
        return organization_url("customers:ownership_policy")

    def act(self, form: Any) -> HttpResponse:
        save_ownership_policy(form.instance)
        return self.leave(_("Saved."))


class CapCreateView(WholeOrganizationMixin, FormPage):
    permission_required = POLICY
    form_class = CapForm
    template_name = "customers/cap_form.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def back(self) -> str:
        return organization_url("customers:ownership_policy")

    def act(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        set_cap(data["most"], role=data["role"], member=data["member"])
        return self.leave(_("The cap was saved."))


class CapRemoveView(WholeOrganizationMixin, RowAction):
    permission_required = POLICY
    model = OwnershipCap
    leads_to = "customers:ownership_policy"

    def act(self) -> str:
        remove_cap(self.row)  # type: ignore[arg-type]
        return _("The cap was removed.")
