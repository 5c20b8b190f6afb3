"""A person's pages outside any organisation."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
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
