"""How a page answers when something was saved: a note with Undo, and the way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from tenancy.links import organization_url
from workspace.toasts import htmx_toast, toast

CHANGED = "contacts-changed"


def saved(
    request: HttpRequest, message: str, *, undo: str = "", back: str = "", clears: str = ""
) -> HttpResponse:
    """A fragment closes its dialog and tells the page to show what changed; a page leads on."""
    if not request.htmx or not _listens(request):
        toast(request, message, undo_url=undo or None, clears=clears)
        return HttpResponseClientRefresh() if request.htmx else redirect(way_back(request, back))
    response = HttpResponse(status=204)
    trigger_client_event(response, "toast", htmx_toast(message, undo or None, clears=clears))
    trigger_client_event(response, "dialog-close", {})
    return trigger_client_event(response, CHANGED, {})


def refused(request: HttpRequest, reason: object, back: str = "") -> HttpResponse:
    """What a rule forbids is told in a note; the page then shows how things stand."""
    toast(request, str(reason), level="warning")
    return HttpResponseClientRefresh() if request.htmx else redirect(way_back(request, back))


def _listens(request: HttpRequest) -> bool:
    """Whether the page that is open shows changes by itself: today's and our own do, others are loaded again."""
    page, today = request.htmx.current_url_abs_path, organization_url("today")
    return page is None or page.partition("?")[0] == today or page.startswith(f"{today}contacts/")


def way_back(request: HttpRequest, fallback: str = "") -> str:
    """Where the person came from, when that is a page of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return fallback or organization_url("today")
