from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from customers.actions.anew import save_policy
from interactions.actions.policy import REBUILD, contact_policy
from interactions.forms.policy import PolicyForm
from interactions.views.answers import saved
from tenancy.links import organization_url
from tenancy.views.base import OrganizationView
from tenancy.views.pages import WholeOrganizationMixin


class PolicyView(WholeOrganizationMixin, OrganizationView):
    """How often a customer of each tier is to be contacted."""

    permission_required = "interactions.change_contactpolicy"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(PolicyForm(instance=contact_policy()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PolicyForm(request.POST, instance=contact_policy())
        here = organization_url("interactions:policy")
        if form.is_valid():
            save_policy(form.instance, REBUILD, actor=self.viewer.membership)
            return saved(
                request, _("Saved. The due dates of all customers are being counted anew."), back=here
            )
        if form.conflict:
            context = {"form": form, "cancel_url": here}
            return render(request, "components/conflict.html", context, status=409)
        return self.show(form, status=422)

    def show(self, form: PolicyForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "cancel_url": organization_url("interactions:owed")}
        return render(self.request, "interactions/policy.html", context, status=status)
