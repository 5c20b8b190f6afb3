"""A person's pages outside any organisation."""

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_POST

from tenancy.actions.language import choose_language
from tenancy.enums import Language
from tenancy.queries.organization import organizations_of


@login_required
def organizations(request: HttpRequest) -> HttpResponse:
    """Where the person is a member: the choice after sign-in, and the switcher's list."""
    template = "tenancy/organization_items.html" if request.htmx else "tenancy/organizations.html"
    return render(request, template, {"organizations": organizations_of(request.user)})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language on this device and, for a signed-in person, in each of their organisations."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in Language.values:
        choose_language(request.user, language)
    return i18n.set_language(request)


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one of the person's other browsers; this one is signed out on the page that asks first."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.is_current():
        return redirect("account_logout")
    get_adapter().end_sessions([session])
    messages.success(request, _("The session was signed out."))
    return redirect("usersessions_list")
