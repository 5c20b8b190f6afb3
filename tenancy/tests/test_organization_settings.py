"""Settings of the organisation: who changes them, what is refused, and the warning before locking oneself out."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tenancy.models import Membership, Organization
from tenancy.tests.factories import MembershipFactory, grant
from tenancy.tests.pages import browser

pytestmark = pytest.mark.django_db
URL = "/o/ours/settings/organization/"
VALUES = {"name": "常青", "default_language": "en", "timezone": "Europe/Berlin", "currency": "EUR"}


@pytest.fixture
def admin(inside_ours) -> Membership:
    member = MembershipFactory()
    grant(member, "tenancy.change_organization")
    return member


def stored() -> Organization:
    return Organization.objects.get(slug="ours")


def test_the_address(admin):
    assert reverse("tenancy:organization", kwargs={"organization": "ours"}) == URL


def test_settings_are_changed_here_and_nowhere_else(admin, theirs):
    assert browser(admin).post(URL, VALUES).status_code == 302
    found = stored()
    assert (found.default_language, found.timezone, found.currency) == ("en", "Europe/Berlin", "EUR")
    assert Organization.objects.get(pk=theirs.pk).timezone == "Asia/Shanghai"


def test_an_unknown_zone_is_refused(admin):
    assert browser(admin).post(URL, VALUES | {"timezone": "Mars/Olympus"}).status_code == 422
    assert stored().timezone == "Asia/Shanghai"


def test_demanding_a_second_factor_without_having_one_must_be_confirmed(admin):
    client = browser(admin)
    answer = client.post(URL, VALUES | {"require_mfa": "on"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["confirm_mfa"]
    assert stored().require_mfa is False
    assert client.post(URL, VALUES | {"require_mfa": "on", "confirm_mfa": "on"}).status_code == 302
    assert stored().require_mfa is True


def test_who_has_a_second_factor_is_not_asked(admin):
    Authenticator.objects.create(user=admin.user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert browser(admin).post(URL, VALUES | {"require_mfa": "on"}).status_code == 302
    assert stored().require_mfa is True


def test_changing_them_needs_the_whole_organisation(inside_ours):
    member = MembershipFactory()
    grant(member, "tenancy.change_organization", scope=2)
    assert browser(member).post(URL, VALUES).status_code == 403
