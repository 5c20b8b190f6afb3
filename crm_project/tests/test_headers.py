"""What every answer says about itself, whoever asks and however the request ends."""

import pytest
from django.http import HttpResponse
from django.test import Client

from tenancy.context import organization_context
from tenancy.middleware.private_pages import PrivatePagesMiddleware
from tenancy.tests.factories import MembershipFactory, grant
from tenancy.tests.pages import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(ours):
    with organization_context(ours):
        member = MembershipFactory(name="王小明")
        grant(member)
    return browser(member)


PAGES = [
    "/",
    "/o/ours/",
    "/o/ours/customers/",
    "/o/ours/contacts/new/",
    "/o/ours/jobs/",
    "/o/ours/settings/members/",
    "/o/ours/governance/audit/",
    "/o/ours/nowhere/",
    "/o/theirs/",
    "/accounts/organizations/",
    "/accounts/sessions/",
    "/healthz",
]


def test_nothing_personal_is_kept_by_browser_or_proxy(admin):
    for path in PAGES:
        for headers in ({}, {"HX-Request": "true"}):
            said = admin.get(path, headers=headers)["Cache-Control"]
            assert {"no-store", "private"} <= {word.strip() for word in said.split(",")}, path


def test_what_says_how_long_it_may_be_kept_is_believed(rf):
    answer = HttpResponse(headers={"Cache-Control": "max-age=60"})
    assert PrivatePagesMiddleware(lambda request: answer)(rf.get("/"))["Cache-Control"] == "max-age=60"


def test_every_answer_carries_the_policies(admin):
    for path in (*PAGES, "/accounts/login/", "/nowhere"):
        for client in (admin, Client()):
            response = client.get(path)
            assert "default-src 'self'" in response["Content-Security-Policy"], path
            assert "unsafe" not in response["Content-Security-Policy"], path
            assert response["X-Frame-Options"] == "DENY", path
            assert response["X-Content-Type-Options"] == "nosniff", path
            assert response["Referrer-Policy"] == "same-origin", path


def test_an_error_carries_them_too(admin, monkeypatch):
    monkeypatch.setattr("crm_project.views.today.greeting", lambda hour: 1 / 0)
    admin.raise_request_exception = False
    response = admin.get("/o/ours/")
    assert response.status_code == 500
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert "ZeroDivisionError" not in response.content.decode()


def test_a_post_without_token_is_refused(ours, admin):
    client = Client(enforce_csrf_checks=True)
    client.cookies = admin.cookies
    for path in ("/o/ours/customers/quick/", "/o/ours/contacts/new/", "/i18n/", "/accounts/login/"):
        for headers in ({}, {"HX-Request": "true"}):
            response = client.post(path, headers=headers)
            assert response.status_code == 403, path
            assert "default-src 'self'" in response["Content-Security-Policy"], path


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(ours, admin, wanted):
    with organization_context(ours):
        member = MembershipFactory()
    sent = [
        Client().post(
            "/accounts/login/", {"login": member.user.email, "password": "evergreen-test-1", "next": wanted}
        ),
        admin.post("/i18n/", {"language": "en", "next": wanted}),
        admin.post("/o/ours/customers/bulk/archive/", {"next": wanted}),
        admin.post("/o/ours/customers/columns/", {"next": wanted}),
    ]
    for response in sent:
        assert response.status_code == 302
        assert response["Location"].startswith("/")
        assert "evil" not in response["Location"] and "javascript" not in response["Location"]
