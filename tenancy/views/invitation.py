from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tenancy.actions.invitation import invite, resend_invitation, withdraw_invitation
from tenancy.errors import Refused
from tenancy.forms.invitation import InvitationForm
from tenancy.links import organization_url
from tenancy.models import Invitation
from tenancy.queries.invitation import has_expired, invitations_within, open_invitations
from tenancy.views.base import OrganizationView
from tenancy.views.pages import FormPage, RowAction, RowPage


class _LinkMixin:
    """Invitations are redeemed outside any organisation, at an address that names it."""

    def link_to(self, token: str) -> str:
        arguments = {"slug": self.request.organization.slug, "token": token}
        return self.request.build_absolute_uri(reverse("account_invitation", kwargs=arguments))

    def show_link(self, invitation: Invitation, link: str) -> HttpResponse:
        """The link, once: it is stored nowhere, so that this page cannot be a redirect."""
        return render(self.request, "tenancy/invitation_sent.html", {"invitation": invitation, "link": link})


class _ManagedInvitation(RowPage):
    """An invitation that the viewer manages; otherwise 404."""

    model = Invitation
    permission_required = "tenancy.manage_members"

    def get_queryset(self) -> QuerySet[Invitation]:
        return invitations_within(self.viewer)


class InvitationListView(OrganizationView):
    permission_required = "tenancy.manage_members"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = [(invitation, has_expired(invitation)) for invitation in open_invitations(self.viewer)]
        return render(request, "tenancy/invitations.html", {"rows": rows})


class InvitationCreateView(_LinkMixin, FormPage):
    permission_required = "tenancy.manage_members"
    form_class = InvitationForm
    template_name = "tenancy/invitation_form.html"

    def form_arguments(self) -> dict[str, Any]:
        return {"viewer": self.viewer}

    def back(self) -> str:
        return organization_url("tenancy:invitations")

    def act(self, form: InvitationForm) -> HttpResponse:
        link = invite(form.instance, form.cleaned_data["roles"], actor=self.viewer, link_to=self.link_to)
        return self.show_link(form.instance, link)


class InvitationResendView(_LinkMixin, _ManagedInvitation):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                link = resend_invitation(self.row, actor=self.viewer, link_to=self.link_to)
            return self.show_link(self.row, link)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(organization_url("tenancy:invitations"))


class InvitationWithdrawView(_ManagedInvitation, RowAction):
    leads_to = "tenancy:invitations"

    def act(self) -> str:
        withdraw_invitation(self.row)
        return _("The invitation to %(email)s was withdrawn.") % {"email": self.row.email}
