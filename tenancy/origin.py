from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def origin_of(request: HttpRequest) -> str:
    """The network address a request comes from, as the throttles see it; "" behind a proxy that does not say."""
    try:
        return get_adapter().get_client_ip(request) or ""
    except PermissionDenied:
        return ""
