import pytest
from django.test import Client

from tenancy.context import organization_context
from tenancy.tests.conftest import inside_ours, ours, theirs  # noqa: F401
from tenancy.tests.factories import MembershipFactory, grant

RIGHTS = [
    "customers.view_customer",
    *(f"interactions.{verb}_interaction" for verb in ("view", "add", "change", "delete")),
    *(f"interactions.{verb}_plan" for verb in ("view", "add", "change")),
]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user, backend=BACKEND)
    return client


def rep_of(organization, scope, **fields):
    """A member who may do everything with contacts, as far as `scope` reaches."""
    with organization_context(organization):
        member = MembershipFactory(**fields)
        grant(member, *RIGHTS, scope=scope)
    return member


@pytest.fixture
def htmx() -> dict:
    return {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "dialog-body"}
