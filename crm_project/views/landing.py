from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tenancy.queries.organization import organizations_of

LAST_ORGANIZATION = "organization"


@login_required
def landing(request: HttpRequest) -> HttpResponse:
    """To the organisation used last, or to the only one, or to the choice among several."""
    mine = list(organizations_of(request.user))
    last = request.session.get(LAST_ORGANIZATION)
    chosen = next((one for one in mine if one.slug == last), mine[0] if len(mine) == 1 else None)
    return redirect("today", organization=chosen.slug) if chosen else redirect("account_organizations")
