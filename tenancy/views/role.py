from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tenancy.actions.role import delete_role, reset_role, save_role
from tenancy.enums import Scope
from tenancy.forms.role import NewRoleForm, RoleForm
from tenancy.links import organization_url
from tenancy.models import Role
from tenancy.permission_catalogue import offered_permissions, right_groups
from tenancy.queries.role import roles_list
from tenancy.role_templates import TEMPLATES
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage, WholeOrganizationMixin

MANAGE = "tenancy.manage_roles"


class RoleListView(OrganizationView):
    permission_required = "tenancy.view_role"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return render(request, "tenancy/roles.html", {"roles": roles_list(), "may_manage": _manages(self)})


class RoleView(RowPage):
    model = Role
    permission_required = "tenancy.view_role"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        held = set(self.row.grants.values_list("permission_id", flat=True))
        facts = {
            "role": self.row,
            "groups": right_groups(row for row in offered_permissions() if row.pk in held),
            "holders": self.row.holders.filter(membership__ended_at=None).select_related("membership"),
            "may_manage": _manages(self),
        }
        return render(request, "tenancy/role.html", facts)


def _manages(page: OrganizationView) -> bool:
    return page.viewer.rights.get(MANAGE) == Scope.ORGANIZATION


class _RoleFormPage(WholeOrganizationMixin, FormPage):
    permission_required = MANAGE
    template_name = "tenancy/role_form.html"

    def act(self, form) -> HttpResponse:
        role = save_role(form.instance, form.chosen_permissions(), actor=self.viewer)
        url = organization_url("tenancy:role", pk=role.pk)
        return self.leave(_("%(name)s was saved.") % {"name": role}, url)


class RoleCreateView(_RoleFormPage):
    form_class = NewRoleForm

    def back(self) -> str:
        return organization_url("tenancy:roles")

    def done(self, row: Role) -> HttpResponse:
        return self.leave(
            _("%(name)s was saved.") % {"name": row}, organization_url("tenancy:role", pk=row.pk)
        )


class RoleEditView(_RoleFormPage, RowPage):
    model = Role
    form_class = RoleForm

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.row}

    def context(self, form) -> dict[str, Any]:
        return {"role": self.row}

    def back(self) -> str:
        return organization_url("tenancy:role", pk=self.row.pk)


class RoleResetView(WholeOrganizationMixin, RowAction):
    model = Role
    permission_required = MANAGE

    def destination(self) -> str:
        return organization_url("tenancy:role", pk=self.row.pk)

    def act(self) -> str:
        if self.row.template not in TEMPLATES:
            raise Http404
        reset_role(self.row, actor=self.viewer)
        return _("%(name)s is as proposed again.") % {"name": self.row}


class RoleDeleteView(WholeOrganizationMixin, RowAction):
    model = Role
    permission_required = MANAGE
    leads_to = "tenancy:roles"

    def refused(self) -> str:
        return organization_url("tenancy:role", pk=self.kwargs["pk"])

    def act(self) -> str:
        delete_role(self.row, actor=self.viewer)
        return _("%(name)s was deleted.") % {"name": self.row}
