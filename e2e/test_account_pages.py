"""The pages of signing in and of one's own account: every address there is, or the reason why it is none."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from playwright.sync_api import Browser, Page

from e2e.conftest import CONTRASTING, Combination, type_in, violations
from e2e.house import PASSWORD, House
from e2e.look import Look
from e2e.test_passkeys import with_authenticator
from tenancy.tests.test_account_addresses import ADDRESSES

SIGNED_OUT = {
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
}
LINKS = {"account_invitation", "account_reset_password_from_key", "account_confirm_email"}
OWN = {
    "account_organizations",
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "usersessions_list",
}
GUARDED = {
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_deactivate_totp",
}
LEFT = 8
"""Seconds in which a form with a code arrives, also on a busy machine."""
NO_PAGE = {
    "account_set_password": "leads on: everybody has a password",
    "account_confirm_login_code": "leads on: switched off",
    "account_session_end": "a button, answers no GET",
    "mfa_download_recovery_codes": "a file",
    "mfa_login_webauthn": "what the browser signs",
}


def new_page(chromium: Browser, house: House, combination: Combination) -> Page:
    # Passkeys belong to a domain name, never to an address of numbers.
    url = house.url.replace("127.0.0.1", "localhost")
    page = chromium.new_context(base_url=url, **combination.options).new_page()
    with_authenticator(page)
    return page


def test_every_address_has_its_place():
    placed = SIGNED_OUT | LINKS | OWN | GUARDED | set(NO_PAGE)
    assert placed == set(ADDRESSES)


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_who_is_signed_out_meets_no_barrier(chromium, the_house, gallery, combination):
    page = new_page(chromium, the_house, combination)
    pages = {name: reverse(name) for name in SIGNED_OUT} | gallery.links
    assert set(gallery.links) == LINKS
    found = Look(page).all(pages)
    page.goto(reverse("account_invitation", kwargs={"slug": "demo", "token": "void"}))
    found += violations(page)
    page.context.close()
    assert found == []


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_one_s_own_pages_meet_no_barrier(sign_in, gallery, combination):
    page = sign_in(gallery.keeper, combination)
    assert Look(page).all({name: reverse(name) for name in sorted(OWN)}) == []


class Guard:
    """Somebody on the way through everything about a second factor; each page is looked at where it stands."""

    def __init__(self, page: Page, email: str) -> None:
        self.page, self.email = page, email
        self.seen: set[str] = set()
        self._look = Look(page)
        self.secret = ""

    def look(self, name: str, path: str = "") -> None:
        self._look.at(name, path or reverse(name))
        self.seen.add(name)

    @property
    def found(self) -> list[str]:
        return self._look.found

    def prove(self) -> None:
        self.page.goto(reverse("mfa_activate_totp"))
        self.page.fill("[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.press("[name=password]", "Enter")

    def code(self) -> str:
        """One that is still good when the form arrives."""
        ends_in = 30 - time.time() % 30
        time.sleep(ends_in if ends_in < LEFT else 0)
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // 30))

    def type_code(self) -> None:
        self.page.fill("[name=code]", self.code())
        with self.page.expect_navigation():
            self.page.press("[name=code]", "Enter")


def with_second_factors(guard: Guard) -> None:
    guard.look("mfa_activate_totp")
    guard.secret = guard.page.input_value("#authenticator_secret")
    guard.type_code()
    guard.look("mfa_view_recovery_codes")
    guard.look("mfa_generate_recovery_codes")
    guard.look("mfa_add_webauthn")
    guard.page.fill("[name=name]", "Test key")
    with guard.page.expect_navigation():
        guard.page.click("#mfa_webauthn_add")
    guard.look("mfa_list_webauthn")
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        end = name.split("_")[1]
        guard.page.goto(reverse("mfa_list_webauthn"))
        guard.look(name, guard.page.locator(f'a[href$="/{end}/"]').first.get_attribute("href") or "")
    for name in ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"):
        guard.look(name)
    guard.look("mfa_deactivate_totp")


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_second_factors_meet_no_barrier(chromium, the_house, gallery, combination):
    page = new_page(chromium, the_house, combination)
    guard = Guard(page, gallery.guards[CONTRASTING.index(combination)])
    type_in(page, guard.email)
    guard.prove()
    with_second_factors(guard)
    page.context.clear_cookies()
    type_in(page, guard.email)
    guard.look("mfa_authenticate")
    page.context.close()
    assert guard.found == []
    assert guard.seen == GUARDED
