"""Whether a session is good enough for an organisation: each one sets its own demand."""

from django.http import HttpRequest, HttpResponse

from tenancy.models import Organization


def turned_away(
    request: HttpRequest, organization: Organization
) -> HttpResponse | None:
    """The answer to give instead of the page, or None when the session satisfies the organisation's policy."""
    return None
