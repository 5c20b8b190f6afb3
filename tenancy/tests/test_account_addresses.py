"""Addresses of persons, outside any organisation: which of them answer somebody who is not signed in, and why."""

import re

import pytest
from django.urls import reverse

from crm_project.routes import routes
from tenancy.tests.pages import browser

pytestmark = pytest.mark.django_db

OPEN = {
    "account_login": "signing in",
    "account_logout": "leads to the front page when nobody is signed in",
    "account_signup": "says that nobody signs up unasked",
    "account_inactive": "says that a sign-in is blocked",
    "account_reset_password": "asks for a link to set a new password",
    "account_reset_password_done": "says that the link was sent, whether or not the address is known",
    "account_reset_password_from_key": "the link; its key is judged",
    "account_reset_password_from_key_done": "says that the password was set",
    "account_confirm_email": "a link from an email; its key is judged",
    "account_email_verification_sent": "says that the link was sent",
    "account_invitation": "a link from an email; its token is judged",
    "mfa_authenticate": "second step of signing in; leads back to the first",
    "mfa_login_webauthn": "signing in with a passkey",
    "mfa_trust": "last step of signing in; leads back to the first",
    "account_confirm_login_code": "second step of signing in; leads back to the first",
    "account_request_login_code": "switched off",
}
ARGUMENTS = {"key": "x", "uidb36": "1", "slug": "ours", "token": "x", "pk": 1}


ADDRESSES = {
    one.name: {key: ARGUMENTS[key] for key in re.findall(r"<(?:\w+:)?(\w+)>", one.path)}
    for one in routes()
    if one.path.startswith("accounts/")
}


def test_nothing_is_open_in_vain():
    assert set(OPEN) <= set(ADDRESSES) | {
        "mfa_trust",
        "account_confirm_login_code",
        "account_request_login_code",
    }


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", sorted(set(ADDRESSES) - set(OPEN)))
def test_everything_else_leads_to_sign_in(ours, name, method):
    answer = getattr(browser(), method)(reverse(name, kwargs=ADDRESSES[name]))
    assert answer.status_code in (302, 401, 405)
    if answer.status_code == 302:
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(set(ADDRESSES) & set(OPEN)))
def test_what_is_open_names_nobody(ours, name):
    answer = browser().get(reverse(name, kwargs=ADDRESSES[name]))
    assert answer.status_code in (200, 302, 404)
    assert ours.name not in answer.content.decode().replace("常青 CRM", "")
