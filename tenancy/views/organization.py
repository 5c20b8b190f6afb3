from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpResponse
from django.utils.translation import gettext as _

from tenancy.forms.organization import OrganizationForm, zone_names
from tenancy.links import organization_url
from tenancy.views.pages import FormPage, WholeOrganizationMixin


class OrganizationSettingsView(WholeOrganizationMixin, FormPage):
    permission_required = "tenancy.change_organization"
    form_class = OrganizationForm
    template_name = "tenancy/organization.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.request.organization, "has_mfa": is_mfa_enabled(self.request.user)}

    def context(self, form) -> dict[str, Any]:
        return {"zones": zone_names()}

    def back(self) -> str:
        return organization_url("tenancy:organization")

    def act(self, form: OrganizationForm) -> HttpResponse:
        form.save()
        return self.leave(_("The settings were saved."))
