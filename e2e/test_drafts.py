"""Nothing typed is lost: a new customer's form through a reload, a lost connection, and until it is saved."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Combination, SignIn, send, violations

DESKTOP = Combination(False, True, "en")
NEW = "/o/demo/customers/new/"
NOTE = ".draft-note"
PHONE = "13512349876"
DRAFTS = "Object.keys(localStorage).filter(key => key.startsWith('draft:'))"


def offline(page: Page, gone: bool) -> None:
    """No network at all: the browser knows."""
    page.context.set_offline(gone)


def in_a_lift(page: Page, gone: bool) -> None:
    """The browser believes in its Wi-Fi, nothing gets through."""
    if gone:
        page.route("**/*", lambda route: route.abort())
    else:
        page.unroute("**/*")


def typed(page: Page, name: str) -> None:
    page.goto(NEW)
    page.fill("[name=name]", name)
    page.fill("[name=city]", "Zhuhai")
    page.locator("[name=tier]").select_option(index=2)


def values(page: Page) -> list[str]:
    return [page.locator(f"[name={name}]").input_value() for name in ("name", "city", "tier")]


@pytest.fixture
def page(sign_in: SignIn) -> Page:
    return sign_in("rep@demo.example", DESKTOP)


@pytest.mark.parametrize(("disconnect", "number"), [(offline, "13512349871"), (in_a_lift, "13512349872")])
def test_a_new_customer_outlives_a_reload_and_a_lost_connection(page, disconnect, number):
    name = f"Draft & Sons {disconnect.__name__}"
    typed(page, name)
    before = values(page)
    page.reload()
    expect(page.locator(NOTE)).to_be_visible()
    assert values(page) == before
    assert violations(page) == []

    phone = page.locator("[name$=-value]").first
    phone.fill(number)
    disconnect(page, True)
    page.click(".save-bar .btn-primary")
    expect(page.locator("#toasts .note-danger")).to_have_text(re.compile("no connection.*Your text is kept"))
    assert (page.url.endswith(NEW), values(page), phone.input_value()) == (True, before, number)
    assert len(page.evaluate(DRAFTS)) == 1

    disconnect(page, False)
    send(page.locator(".save-bar .btn-primary"))
    expect(page.locator("h1")).to_have_text(name)
    assert page.evaluate(DRAFTS) == []
    page.goto(NEW)
    expect(page.locator(NOTE)).to_have_count(0)
    assert values(page)[:2] == ["", ""]


def test_a_number_that_names_a_person_is_kept_in_no_draft(page):
    """What is encrypted in the database does not lie about in a browser: the page alone holds it."""
    typed(page, "With a number")
    page.locator("[name$=-value]").first.fill(PHONE)
    page.reload()
    expect(page.locator(NOTE)).to_be_visible()
    assert page.locator("[name$=-value]").first.input_value() == ""
    assert PHONE not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_what_the_server_refuses_stays_and_is_kept(page):
    typed(page, "")
    send(page.locator(".save-bar .btn-primary"))
    expect(page.locator("[name=name]")).to_have_class(re.compile("is-invalid"))
    assert len(page.evaluate(DRAFTS)) == 1
    page.goto(NEW)
    expect(page.locator(NOTE)).to_be_visible()
    assert values(page)[1] == "Zhuhai"


def test_a_discarded_draft_does_not_come_back(page):
    typed(page, "Not meant")
    page.reload()
    page.click("[data-draft-discard]")
    assert values(page)[:2] == ["", ""]
    page.reload()
    expect(page.locator(NOTE)).to_have_count(0)
    assert values(page)[:2] == ["", ""]


def test_a_draft_is_its_person_s_own_and_ends_with_signing_out(page, sign_in):
    typed(page, "Mine alone")
    page.reload()
    expect(page.locator(NOTE)).to_be_visible()
    other = sign_in("admin@demo.example", DESKTOP)
    kept = page.evaluate("({...localStorage})")
    other.evaluate("kept => Object.assign(localStorage, kept)", kept)
    other.goto(NEW)
    assert values(other)[:2] == ["", ""]
    page.goto("/accounts/logout/")
    send(page.locator("form[data-sign-out] button"))
    assert page.evaluate(DRAFTS) == []
