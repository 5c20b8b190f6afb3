"""A passkey, made and used with the browser's own virtual authenticator."""

from playwright.sync_api import Page

from e2e.conftest import CONTRASTING
from e2e.house import PASSWORD

EMAIL = "service@globex.example"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_a_passkey_signs_in_without_a_password(chromium, the_house):
    # Passkeys belong to a domain name, never to an address of numbers.
    url = the_house.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(base_url=url, **CONTRASTING[1].options)
    page = context.new_page()
    with_authenticator(page)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/o/globex/")

    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)  # asked again before anything about security changes
    page.press("input[name=password]", "Enter")
    page.fill("input[name=name]", "Test key")
    if page.locator("input[name=passwordless]").count():
        page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/accounts/2fa/**")
    page.wait_for_load_state("networkidle")

    context.clear_cookies()
    page.goto("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/o/globex/")
    assert page.locator("h1").count() == 1
    context.close()
