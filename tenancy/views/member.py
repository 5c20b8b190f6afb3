from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenancy.actions.membership import end_membership, reactivate_member, update_member
from tenancy.explain import effective_rights
from tenancy.forms.member import HandoverForm, MemberFilterForm, MemberForm
from tenancy.links import organization_url
from tenancy.models import Membership
from tenancy.ownership import holdings_of
from tenancy.permission_catalogue import is_offered
from tenancy.queries.member import members_list, with_roles
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage

PAGE_SIZE = 50


class MemberListView(OrganizationView):
    permission_required = "tenancy.view_membership"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = MemberFilterForm(request.GET)
        form.is_valid()
        chosen = form.cleaned_data
        rows = members_list(
            self.viewer,
            text=chosen.get("q", ""),
            ended=chosen.get("state") == "ended",
            department=chosen.get("department"),
            role=chosen.get("role"),
        )
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        facts = {"form": form, "page": page, "narrowed": any(chosen.values())}
        return render(request, "tenancy/members.html", facts)


class MemberView(RowPage):
    model = Membership
    permission_required = "tenancy.view_membership"

    def get_queryset(self):
        return with_roles(super().get_queryset().select_related("user", "department"))

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        facts = {
            "member": self.row,
            "may_manage": self._may_manage(),
            "rights": [right for right in effective_rights(self.row) if is_offered(right.code)],
        }
        return render(request, "tenancy/member.html", facts)

    def _may_manage(self) -> bool:
        reach = self.viewer.reach("tenancy.manage_members")
        return reach is not None and reach.covers(self.row.pk)


class MemberEditView(FormPage, RowPage):
    model = Membership
    permission_required = "tenancy.manage_members"
    form_class = MemberForm
    template_name = "tenancy/member_form.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"instance": self.row, "viewer": self.viewer}

    def context(self, form) -> dict[str, Any]:
        return {"member": self.row}

    def back(self) -> str:
        return organization_url("tenancy:member", pk=self.row.pk)

    def act(self, form: MemberForm) -> HttpResponse:
        update_member(form.instance, form.cleaned_data["roles"], actor=self.viewer)
        return self.leave(_("%(name)s was saved.") % {"name": form.instance})


class MemberEndView(FormPage, RowPage):
    """End a membership: what the person owns goes to somebody else first."""

    model = Membership
    permission_required = "tenancy.manage_members"
    form_class = HandoverForm
    template_name = "tenancy/member_end.html"

    def get_queryset(self):
        return super().get_queryset().active()

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer, "member": self.row, "holdings": holdings_of(self.row)}

    def context(self, form) -> dict[str, Any]:
        return {"member": self.row, "holdings": form.holdings}

    def back(self) -> str:
        return organization_url("tenancy:member", pk=self.row.pk)

    def act(self, form: HandoverForm) -> HttpResponse:
        handed = sum(end_membership(self.row, successors=form.successors, actor=self.viewer).values())
        note = _("%(name)s no longer has access.") % {"name": self.row}
        if handed:
            note += " " + ngettext(
                "%(n)d record was handed over.", "%(n)d records were handed over.", handed
            ) % {"n": handed}
        return self.leave(note)


class MemberReactivateView(RowAction):
    model = Membership
    permission_required = "tenancy.manage_members"

    def destination(self) -> str:
        return organization_url("tenancy:member", pk=self.row.pk)

    def act(self) -> str:
        reactivate_member(self.row, actor=self.viewer)
        return _("%(name)s has access again.") % {"name": self.row}
