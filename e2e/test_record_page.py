"""The 360° page in a browser: confirmed in two taps, a relation found by typing, a suggestion put off, what is missing filled."""

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Combination, SignIn, violations

PHONE, DESKTOP = Combination(True, False, "zh-hans"), Combination(False, True, "en")


def open_first(page: Page, path: str) -> str:
    """Opens the first customer of a list; answers its address."""
    page.goto(path)
    page.locator("tbody th.cell-main a").first.click()
    page.wait_for_url(re.compile(r"/customers/[0-9a-f-]{36}/$"))
    return page.url


def test_two_taps_verify_a_customer_on_the_phone(sign_in: SignIn):
    page = sign_in("rep@demo.example", PHONE)
    page.goto("/o/demo/customers/verification/")
    before = page.locator("tbody tr").count()
    first = page.locator("tbody th.cell-main a").first
    name = first.inner_text()
    page.locator("tbody tr .cell-act a").first.click()  # tap one
    expect(page.locator("h1")).to_contain_text(name)
    assert violations(page) == []
    page.locator(".save-bar .btn-primary").click()  # tap two
    expect(page.locator("[data-toast]").first).to_contain_text(name)
    page.goto("/o/demo/customers/verification/")
    assert page.locator("tbody tr").count() == before - 1


def test_a_relation_is_found_by_typing_and_drawn(sign_in: SignIn):
    page = sign_in("admin@demo.example", DESKTOP)
    page.goto("/o/demo/customers/?kind=company&sort=name")
    names = page.locator("tbody th.cell-main a").all_inner_texts()
    address = open_first(page, "/o/demo/customers/?kind=company&sort=name")
    page.goto(f"{address}relations/")
    page.locator('a[href$="/relations/new/"]').first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=q]").fill(names[-1])
    choice = dialog.locator(".pick .choice", has_text=names[-1]).first
    choice.click()
    assert violations(page) == []
    dialog.locator("[name=role]").select_option("partner")
    dialog.locator(".save-bar .btn-primary").click()
    expect(page.locator(".graph")).to_contain_text(names[-1])
    page.locator(".graph a", has_text=names[-1]).click()
    expect(page.locator("h1")).to_have_text(names[-1])


def test_a_suggestion_is_put_off_and_called_back(sign_in: SignIn):
    page = sign_in("rep@demo.example", DESKTOP)
    open_first(page, "/o/demo/customers/verification/")
    suggestion = page.locator(".suggestion-title")
    title = suggestion.inner_text()
    page.locator(".suggestion-steps summary").click()
    page.locator(".suggestion-steps [value='7']").click()
    expect(page.locator("[data-undo]")).to_be_visible()
    expect(page.locator(".suggestion-title", has_text=title)).to_have_count(0)
    page.reload()
    expect(page.locator(".suggestion-title", has_text=title)).to_have_count(0)


def test_missing_data_leads_to_its_field(sign_in: SignIn):
    page = sign_in("rep@demo.example", DESKTOP)
    page.goto("/o/demo/customers/?sort=completeness")
    page.locator("tbody th.cell-main a").first.click()
    link = page.locator(".missing a:not([data-open-in-dialog])").first
    field = (link.get_attribute("href") or "").partition("#")[2]
    link.click()
    focused = page.locator(f"#{field}:focus, #{field} :focus")
    expect(focused).to_have_count(1)
