"""Joining by an invitation. Outside any organisation, open to anybody: wrong, used and expired links look the same."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from tenancy.actions.invitation import (
    AddressNotProven,
    NotOpen,
    is_proof_of_mail,
    join_as,
    join_as_new_person,
    open_invitation,
)
from tenancy.context import organization_context
from tenancy.forms.invitation import JoinForm
from tenancy.links import organization_root
from tenancy.models import Invitation, Organization, User


@method_decorator(never_cache, name="dispatch")
class InvitationAcceptView(View):
    http_method_names = ("get", "post", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organization = Organization.objects.filter(slug=kwargs["slug"]).first()
        if organization is None:
            return self._not_valid()
        with organization_context(organization, request_id=request.id):
            invitation = open_invitation(kwargs["token"])
            if invitation is None:
                return self._not_valid()
            self.organization, self.invitation = organization, invitation
            with translation.override(self._language()):
                return super().dispatch(request, *args, **kwargs)

    def _language(self) -> str | None:
        """The organisation's, as the best guess for somebody who has not chosen one on this device."""
        chosen = self.request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        return translation.get_language() if chosen else self.organization.default_language

    def _not_valid(self) -> HttpResponse:
        return render(self.request, "tenancy/invitation_invalid.html", status=404)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self._blank_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return self._join()
        except NotOpen:
            return self._not_valid()

    def _join(self) -> HttpResponse:
        if self.request.user.is_authenticated:
            return self._join_signed_in()
        if self._signs_in_already():
            return redirect(self._sign_in_url(self.request.get_full_path()))
        form = JoinForm(self.request.POST, email=self.invitation.email)
        if not form.is_valid():
            return self._show(form, status=422)
        password, name = form.cleaned_data["password1"], form.cleaned_data["name"]
        join_as_new_person(
            self.invitation, password=password, name=name, address_proven=self._address_proven()
        )
        messages.success(self.request, _("Your sign-in is ready. Enter your new password to begin."))
        return redirect(self._sign_in_url(organization_root(self.organization.slug)))

    def _join_signed_in(self) -> HttpResponse:
        if not self._is_invited():
            return self._show(None, status=403)
        try:
            with transaction.atomic():
                join_as(self.invitation, self.request.user, address_proven=self._address_proven())
        except AddressNotProven as refusal:
            return self._show(None, status=403, problem=str(refusal))
        return redirect(organization_root(self.organization.slug))

    def _address_proven(self) -> bool:
        return is_proof_of_mail(self.kwargs["token"], self.request.GET.get("proof", ""))

    def _show(self, form: JoinForm | None, status: int = 200, problem: str = "") -> HttpResponse:
        facts = {
            "problem": problem,
            "form": form,
            "invitation": self.invitation,
            "organization": self.organization,
            "is_invited": self._is_invited(),
            "signs_in_already": self._signs_in_already(),
            "sign_in_url": self._sign_in_url(self.request.get_full_path()),
        }
        return render(self.request, "tenancy/invitation_accept.html", facts, status=status)

    def _blank_form(self) -> JoinForm | None:
        if self.request.user.is_authenticated or self._signs_in_already():
            return None
        return JoinForm(email=self.invitation.email, initial={"name": self.invitation.name})

    def _is_invited(self) -> bool:
        user = self.request.user
        return user.is_authenticated and user.email.lower() == self._invited_address()

    def _signs_in_already(self) -> bool:
        return User.objects.filter(email=self._invited_address()).exists()

    def _invited_address(self) -> str:
        invitation: Invitation = self.invitation
        return invitation.email.lower()

    @staticmethod
    def _sign_in_url(then: str) -> str:
        return f"{reverse('account_login')}?{urlencode({'next': then})}"
