import pytest
from django.test import Client

from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.tests.conftest import inside_ours, ours, theirs  # noqa: F401
from tenancy.tests.factories import MembershipFactory, grant

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def owner(inside_ours):  # noqa: F811
    return MembershipFactory(name="王小明", language="en")


@pytest.fixture
def colleague(inside_ours):  # noqa: F811
    return MembershipFactory(name="李同事", language="en")


@pytest.fixture
def admin(inside_ours):  # noqa: F811
    member = MembershipFactory(name="管理员", language="en")
    grant(member)
    return member


@pytest.fixture
def stranger(theirs):  # noqa: F811
    with organization_context(theirs):
        member = MembershipFactory(name="Stranger")
        grant(member)
        return member


@pytest.fixture
def viewer(owner):
    return viewer_for(owner)


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user, backend=BACKEND)
    return client


@pytest.fixture
def browser(owner) -> Client:
    return signed_in(owner)
