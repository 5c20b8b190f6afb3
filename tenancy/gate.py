"""Whether a session is good enough for an organisation: each one sets its own demand."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tenancy.models import Organization


def turned_away(request: HttpRequest, organization: Organization) -> HttpResponse | None:
    """The answer to give instead of the page, or None when the session satisfies the organisation's policy."""
    if not organization.require_mfa or has_second_factor(request):
        return None
    if is_mfa_enabled(request.user):
        messages.info(
            request, _("%(organization)s asks for your second factor.") % {"organization": organization}
        )
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
    messages.warning(
        request,
        _("%(organization)s requires a second factor. Set one up here, then come back.")
        % {"organization": organization},
    )
    return redirect("mfa_index")


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was authenticated with a second factor or a passkey."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))
