"""How the codes of new customers are written."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from customers.actions.codes import code_pattern, next_code, save_code_pattern
from customers.forms.code_pattern import CodePatternFields, CodePatternForm
from tenancy.links import organization_url
from tenancy.views.pages import FormPage, WholeOrganizationMixin

POLICY = "customers.change_fieldpolicy"


class CodePatternView(WholeOrganizationMixin, FormPage):
    """The pattern, with the next code as it would be; that alone while one types."""

    permission_required = POLICY
    form_class = CodePatternForm
    template_name = "customers/code_pattern.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.htmx:
            return super().get(request, **kwargs)
        form = CodePatternFields(request.GET, instance=code_pattern())
        example = next_code(form.instance) if form.is_valid() else ""
        return render(request, "customers/_code_example.html", {"example": example})

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": code_pattern()}

    def context(self, form: Any) -> dict[str, Any]:
        return {"example": "" if form.errors else next_code(form.instance)}

    def back(self) -> str:
        return organization_url("customers:code_pattern")

    def act(self, form: Any) -> HttpResponse:
        save_code_pattern(form.instance)
        return self.leave(_("Saved."))
