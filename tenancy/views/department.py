from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tenancy.actions.department import delete_department, save_department
from tenancy.forms.department import DepartmentForm, NewDepartmentForm
from tenancy.links import organization_url
from tenancy.models import Department
from tenancy.queries.department import department_tree
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage, WholeOrganizationMixin

CHANGE = "tenancy.change_department"


class DepartmentListView(OrganizationView):
    permission_required = "tenancy.view_department"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return render(request, "tenancy/departments.html", {"nodes": department_tree()})


class _DepartmentFormPage(FormPage):
    template_name = "tenancy/department_form.html"

    def back(self) -> str:
        return organization_url("tenancy:departments")

    def act(self, form) -> HttpResponse:
        save_department(form.instance)
        return self.leave(_("%(name)s was saved.") % {"name": form.instance})


class DepartmentCreateView(WholeOrganizationMixin, _DepartmentFormPage):
    permission_required = CHANGE
    form_class = NewDepartmentForm

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer, "initial": {"parent": self.request.GET.get("parent")}}


class DepartmentEditView(WholeOrganizationMixin, _DepartmentFormPage, RowPage):
    model = Department
    permission_required = CHANGE
    form_class = DepartmentForm

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer, "instance": self.row}

    def context(self, form) -> dict[str, Any]:
        return {"department": self.row}


class DepartmentDeleteView(WholeOrganizationMixin, RowAction):
    model = Department
    permission_required = CHANGE
    leads_to = "tenancy:departments"

    def act(self) -> str:
        delete_department(self.row)
        return _("%(name)s was deleted.") % {"name": self.row.name}
