"""Signing in: passwords, throttles, second factors, sessions, and what an organisation may demand of them."""

import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tenancy.context import organization_context
from tenancy.middleware.session_age import SEEN, STARTED
from tenancy.models import Membership
from tenancy.tests.factories import PASSWORD, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_old_throttles():
    cache.clear()


@pytest.fixture
def member(ours) -> Membership:
    with organization_context(ours):
        return MembershipFactory(user=UserFactory(email="rep@ours.test"))


def sign_in(client: Client, email: str = "rep@ours.test", password: str = PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password, **extra})


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_signing_in_leads_to_the_only_organisation(client, member):
    assert sign_in(client).url == reverse("landing")
    assert client.get(reverse("landing")).url == "/o/ours/"


def test_one_person_in_two_organisations_chooses(client, member, theirs):
    with organization_context(theirs):
        MembershipFactory(user=member.user)
    sign_in(client)
    assert client.get(reverse("landing")).url == reverse("account_organizations")
    page = client.get(reverse("account_organizations")).content.decode()
    assert "常青" in page
    assert "Globex" in page


def test_the_choice_never_names_somebody_elses_organisation(client, member, theirs):
    sign_in(client)
    assert "Globex" not in client.get(reverse("account_organizations")).content.decode()


def test_an_anonymous_visitor_learns_nothing_about_organisations(client, ours):
    real, invented = client.get("/o/ours/"), client.get("/o/invented/")
    assert (real.status_code, invented.status_code) == (302, 302)
    assert real.url.replace("ours", "") == invented.url.replace("invented", "")


def test_nobody_signs_up_unasked(client, db):
    page = client.post(reverse("account_signup"), {"email": "new@x.test", "password1": PASSWORD})
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session


def test_wrong_passwords_are_throttled_and_the_right_one_is_then_refused_too(client, member):
    for _ in range(5):
        assert sign_in(client, password="wrong-password-1").status_code == 200
    sign_in(client)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("bad", ["short-1", "password1234", "rep@ours.test"])
def test_weak_passwords_are_refused(client, member, bad):
    sign_in(client)
    form = {"oldpassword": PASSWORD, "password1": bad, "password2": bad}
    client.post(reverse("account_change_password"), form)
    member.user.refresh_from_db()
    assert member.user.check_password(PASSWORD)


def test_second_factor_at_sign_in(client, member):
    secret = generate_totp_secret()
    TOTP.activate(member.user, secret)
    assert sign_in(client).url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert client.session["_auth_user_id"] == str(member.user.pk)


def test_a_recovery_code_works_once(member):
    TOTP.activate(member.user, generate_totp_secret())
    code = RecoveryCodes.activate(member.user).get_unused_codes()[0]
    outcomes = []
    for _ in range(2):
        client = Client()
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code})
        outcomes.append("_auth_user_id" in client.session)
    assert outcomes == [True, False]


def test_second_factors_are_stored_encrypted(member):
    secret = generate_totp_secret()
    TOTP.activate(member.user, secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert secret not in cursor.fetchone()[0]


def test_an_organisation_can_require_a_second_factor(client, member, ours):
    ours.require_mfa = True
    with organization_context(ours):
        ours.save()
    sign_in(client)
    assert client.get("/o/ours/").url == reverse("mfa_index")
    secret = generate_totp_secret()
    TOTP.activate(member.user, secret)
    assert client.get("/o/ours/").url.startswith(reverse("mfa_reauthenticate"))
    client.post(reverse("mfa_reauthenticate"), {"code": totp_code(secret)})
    assert client.get("/o/ours/").status_code == 200


def test_passkey_ceremony_is_offered(client, member):
    answer = client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    assert "challenge" in json.loads(answer.content)["request_options"]["publicKey"]
    assert Authenticator.Type.WEBAUTHN in settings.MFA_SUPPORTED_TYPES


@pytest.mark.parametrize(
    ("key", "limit"), [(SEEN, "SESSION_IDLE_SECONDS"), (STARTED, "SESSION_ABSOLUTE_SECONDS")]
)
def test_sessions_end(client, member, key, limit):
    sign_in(client)
    client.get("/o/ours/")
    session = client.session
    session[key] = int(time.time()) - getattr(settings, limit) + 60
    session.save()
    assert client.get("/o/ours/").status_code == 200
    session = client.session
    session[key] = int(time.time()) - getattr(settings, limit) - 1
    session.save()
    assert client.get("/o/ours/").status_code == 302


def test_a_person_sees_and_revokes_their_own_sessions_only(member, ours):
    here, there, stranger = Client(), Client(), Client()
    with organization_context(ours):
        MembershipFactory(user=UserFactory(email="other@ours.test"))
    for client in (here, there):
        sign_in(client)
    sign_in(stranger, "other@ours.test")
    page = here.get(reverse("usersessions_list"))
    assert len(page.context["sessions"]) == 2
    here.post(reverse("usersessions_list"))
    assert there.get("/o/ours/").status_code == 302
    assert [client.get("/o/ours/").status_code for client in (here, stranger)] == [200, 200]


def test_a_person_signs_out_one_session_of_their_own(member, ours):
    here, there, third, stranger = Client(), Client(), Client(), Client()
    with organization_context(ours):
        MembershipFactory(user=UserFactory(email="other@ours.test"))
    for client in (here, there, third):
        sign_in(client)
    sign_in(stranger, "other@ours.test")

    def end(client, of):
        session = UserSession.objects.get(session_key=of.session.session_key)
        return client.post(reverse("account_session_end", args=[session.pk]))

    def open_to(*clients):
        return [client.get("/o/ours/").status_code == 200 for client in clients]

    page = here.get(reverse("usersessions_list")).content.decode()
    ends = [reverse("account_session_end", args=[one.pk]) for one in UserSession.objects.order_by("pk")]
    assert [one in page for one in ends] == [False, True, True, False]  # neither this one nor a stranger's
    assert end(stranger, here).status_code == end(here, stranger).status_code == 404
    assert end(Client(), here)["Location"].startswith(reverse("account_login"))
    assert here.get(ends[1]).status_code == 405
    assert open_to(here, there, third, stranger) == [True, True, True, True]
    assert end(here, there)["Location"] == reverse("usersessions_list")
    assert open_to(here, there, third, stranger) == [True, False, True, True]
    assert end(here, here)["Location"] == reverse("account_logout")
    assert open_to(here, third, stranger) == [True, True, True]
    assert here.post(ends[1]).status_code == 404


def test_an_ended_membership_closes_the_door_at_once(client, member, ours):
    sign_in(client)
    assert client.get("/o/ours/").status_code == 200
    with organization_context(ours):
        Membership.objects.filter(pk=member.pk).update(ended_at="2026-01-01T00:00Z")
    assert client.get("/o/ours/").status_code == 404


def test_language_follows_the_person(client, member, ours):
    sign_in(client)
    assert client.get("/o/ours/").content.startswith(b'<!doctype html>\n<html lang="zh-hans"')
    client.post(reverse("set_language"), {"language": "en", "next": "/o/ours/"})
    assert client.get("/o/ours/").content.startswith(b'<!doctype html>\n<html lang="en"')
    client.post(reverse("set_language"), {"language": "xx", "next": "/o/ours/"})
    with organization_context(ours):
        assert Membership.objects.get().language == "en"
