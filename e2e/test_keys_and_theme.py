"""The keys do what their list says; the theme is there from the first byte."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Combination, SignIn, violations

DESKTOP = Combination(False, False, "en")
LIST = "/o/demo/customers/"
OPEN = "dialog[open]"
FOCUSED = "document.activeElement.closest('tbody tr')?.rowIndex ?? 0"
THEME = "document.documentElement.dataset.bsTheme"
PAPER = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def page(sign_in: SignIn) -> Page:
    return sign_in("rep@demo.example", DESKTOP)


def test_a_question_mark_shows_the_keys(page):
    page.keyboard.press("?")
    keys = page.locator("#keys")
    expect(keys).to_be_visible()
    told = [" ".join(line.split()) for line in keys.locator("dt").all_inner_texts()]
    assert told == [
        "Search and commands",
        "Create",
        "Go to today",
        "Go to customers",
        "Next and previous row of a list",
        "Select the row",
        "Open the row",
        "Go to a cell of the row, edit it",
        "This list",
        "Close a dialog",
    ]
    assert violations(page) == []
    page.keyboard.press("c")  # not while a dialog is open
    page.keyboard.press("Escape")
    expect(page.locator(OPEN)).to_have_count(0)


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_the_palette_opens_and_closes(page, key):
    page.keyboard.press(key)
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator("#palette-input")).to_be_focused()
    expect(page.locator("#palette [role=option]").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape" if key == "/" else key)
    expect(page.locator("#palette")).to_be_hidden()


def test_a_slash_goes_to_the_search_where_the_page_has_one(page):
    page.goto(LIST)
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    expect(page.locator(OPEN)).to_have_count(0)
    page.keyboard.type("c?g")
    expect(page.locator("[data-search]")).to_have_value("c?g")
    expect(page.locator(OPEN)).to_have_count(0)


def test_c_opens_what_can_be_created(page):
    page.keyboard.press("c")
    expect(page.locator("[data-create-menu] .menu-item").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"{OPEN} .contact-form")).to_be_visible()


def test_g_leads_to_customers_and_to_today(page):
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"**{LIST}")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/o/demo/")
    expect(page.locator(OPEN)).to_have_count(0)


def test_rows_are_walked_selected_and_opened(page):
    page.goto(LIST)
    walked = []
    for key in "jjkj":
        page.keyboard.press(key)
        walked.append(page.evaluate(FOCUSED))
    assert walked == [1, 2, 1, 2]
    page.keyboard.press("x")
    second = page.locator("tbody tr").nth(1)
    expect(second.locator(".cell-check input")).to_be_checked()
    expect(page.locator("[data-bulk-count]")).to_have_text("1")
    page.keyboard.press("x")
    expect(second.locator(".cell-check input")).not_to_be_checked()
    name = second.locator(".cell-main a").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def test_a_cell_is_reached_and_edited_by_keys(page):
    page.goto(LIST)
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    expect(page.locator("tbody tr").first.locator(".cell-edit").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("tbody td[data-edit] form")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("tbody td[data-edit] form")).to_have_count(0)


def test_single_keys_can_be_switched_off_on_this_device(page):
    page.keyboard.press("?")
    page.uncheck("[data-single-keys]")
    page.reload()
    for key in ("?", "c", "g", "c"):
        page.keyboard.press(key)
    expect(page.locator(OPEN)).to_have_count(0)
    assert page.url.endswith("/o/demo/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def choose(page: Page, theme: str) -> None:
    if not page.locator(".person-menu[open]").count():
        page.click(".person-menu summary")
    page.click(f".person-menu [data-theme-choice] [value={theme}]")
    expect(page.locator(f".person-menu [data-theme-choice] [value={theme}]")).to_have_attribute(
        "aria-pressed", "true"
    )
    # Where motion is reduced colours still take their moment to change.
    page.evaluate(
        "Promise.allSettled(document.getAnimations().filter(one => one instanceof CSSTransition).map(one => one.finished))"
    )


def cookie(page: Page) -> str:
    return next(one["value"] for one in page.context.cookies() if one["name"] == "theme")


def served_theme(page: Page) -> str | None:
    """What stands in the page's first line, before any script."""
    html = page.request.get(LIST).text()
    found = re.match(r"\s*<!doctype html>\s*<html [^>]*?(?: data-bs-theme=\"(\w+)\")?>", html)
    return found and found[1]


def test_what_is_chosen_is_there_from_the_first_byte(page):
    light = page.evaluate(PAPER)
    choose(page, "dark")
    assert (cookie(page), page.evaluate(THEME), served_theme(page)) == ("dark", "dark", "dark")
    assert page.evaluate(PAPER) != light
    page.goto(LIST)
    assert page.evaluate(THEME) == "dark"
    choose(page, "light")
    page.emulate_media(color_scheme="dark")
    assert (page.evaluate(THEME), served_theme(page), page.evaluate(PAPER)) == ("light", "light", light)


def test_the_next_page_is_dark_without_any_script(page, chromium, the_house):
    choose(page, "dark")
    dark = page.evaluate(PAPER)
    context = chromium.new_context(
        base_url=the_house.url,
        storage_state=page.context.storage_state(),
        java_script_enabled=False,
        color_scheme="light",
    )
    bare = context.new_page()
    bare.goto(LIST)
    shown = bare.locator("html").get_attribute("data-bs-theme"), bare.evaluate(PAPER)
    context.close()
    assert shown == ("dark", dark)


def test_auto_follows_the_device(page):
    choose(page, "dark")
    choose(page, "auto")
    assert (cookie(page), served_theme(page)) == ("auto", None)
    for device in ("dark", "light", "dark"):
        page.emulate_media(color_scheme=device)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", device)
    page.goto(LIST)
    assert page.evaluate(THEME) == "dark"


def test_auto_is_settled_before_anything_is_painted(page):
    """The script that asks the device stands before the style sheets, and waits for nothing."""
    head = page.request.get(LIST).text().partition("</head>")[0]
    [script] = re.findall(r"<script [^>]*theme\.js[^>]*>", head)
    assert not {"defer", "async", 'type="module"'} & set(script.strip("<>").split())
    assert head.index(script) < head.index('rel="stylesheet"')
