import pytest

from tenancy.context import organization_context
from tenancy.models import Membership
from tenancy.tests.conftest import ours, theirs  # noqa: F401
from tenancy.tests.factories import MembershipFactory, grant

PERMISSION = "tenancy.view_auditentry"


@pytest.fixture
def auditor(ours) -> Membership:  # noqa: F811
    with organization_context(ours):
        member = MembershipFactory(name="审计员", language="en")
        grant(member, PERMISSION)
        return member


@pytest.fixture
def browse(client):
    """`browse(member, path)`: GET as the member; the page's text."""

    def get(member: Membership, path: str, status: int = 200) -> str:
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        response = client.get(f"/o/{member.organization.slug}/governance/{path}")
        assert response.status_code == status
        return response.content.decode()

    return get
