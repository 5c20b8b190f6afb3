"""What a hurried person sees: where the page stands after a refusal, what covers what, where the focus goes."""

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Combination, SignIn, send, violations

PHONE, DESKTOP = Combination(True, False, "zh-hans"), Combination(False, False, "en")
NEW = "/o/demo/customers/new/"
IN_VIEW = """element => {
  const box = element.getBoundingClientRect();
  return box.top > 60 && box.bottom < innerHeight - 60 && element.contains(document.elementFromPoint(box.left + 5, box.top + 5));
}"""


def focused(page: Page) -> str:
    return page.evaluate(
        "document.activeElement.name || document.activeElement.className || document.activeElement.tagName"
    )


def refused(page: Page) -> None:
    send(page.locator(".save-bar .btn-primary"))
    expect(page.locator("#not-saved")).to_have_count(1)


def test_a_refused_customer_shows_what_is_wrong(sign_in: SignIn):
    page = sign_in("rep@demo.example", PHONE)
    page.goto(NEW)
    page.fill("[name=name]", "白鹭洲茶业")
    number = page.locator("[name=points-0-value]")
    number.fill("12")
    refused(page)
    assert focused(page) == "points-0-value"
    assert number.evaluate(IN_VIEW)
    assert violations(page) == []
    page.locator("#not-saved a").click()
    assert focused(page) == "points-0-value"
    number.fill("")
    send(page.locator(".save-bar .btn-primary"))
    expect(page.locator("h1")).to_have_text("白鹭洲茶业")

    page.goto(NEW)
    page.fill("[name=name]", "白鹭洲茶业")
    refused(page)
    assert focused(page) == "override"
    assert page.locator(".warning-box").evaluate(IN_VIEW)
    assert violations(page) == []


UNCOVERED = """() => [...document.querySelectorAll("[data-bulk-bar] button, [data-bulk-bar] a")].filter(button => {
  const box = button.getBoundingClientRect();
  return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)?.closest("#toasts");
}).length === 0"""
NOTE = "document.dispatchEvent(new CustomEvent('toast', {detail: {message: 'Note %d'}}))"


@pytest.mark.parametrize(("looked_at", "most"), [(PHONE, 1), (DESKTOP, 3)])
def test_toasts_cover_no_button_of_the_bar_and_are_few(sign_in: SignIn, looked_at: Combination, most: int):
    page = sign_in("manager@demo.example", looked_at)
    expect(page.locator("#toasts .note")).to_have_count(0)  # the page itself says who has signed in
    page.goto("/o/demo/customers/")
    for number in range(4):
        page.evaluate(NOTE % number)
    page.locator("tbody .cell-check input").first.check()
    expect(page.locator("[data-bulk-bar]")).to_be_visible()
    expect(page.locator("#toasts .note")).to_have_count(most)
    page.wait_for_function(UNCOVERED)
    expect(page.locator("#toasts .note").last).to_contain_text("Note 3")
    page.mouse.wheel(0, 5000)
    page.wait_for_function(UNCOVERED)


def test_a_finished_check_shows_its_result(sign_in: SignIn):
    page = sign_in("admin@demo.example", DESKTOP)
    page.goto("/o/demo/governance/audit/verify/")
    send(page.locator("main form .btn-primary"))
    expect(page.locator("main")).to_contain_text("Verified ", timeout=60_000)
    expect(page.locator("main")).not_to_contain_text("has not been verified yet")


def test_a_cell_saved_by_keyboard_has_the_focus_again(sign_in: SignIn):
    page = sign_in("rep@demo.example", DESKTOP)
    page.goto("/o/demo/customers/")
    pencil = page.locator("td[data-edit=city] .cell-edit").first
    pencil.focus()
    page.keyboard.press("Enter")
    page.locator("td[data-edit] form input[name=city]").fill("Wuxi")
    page.keyboard.press("Enter")
    expect(page.locator("td[data-edit=city]").first).to_contain_text("Wuxi")
    expect(pencil).to_be_focused()


def test_a_menu_low_on_the_page_opens_within_the_screen(sign_in: SignIn):
    page = sign_in("rep@demo.example", PHONE)
    page.evaluate("""() => {
      const menu = document.querySelector("main details[data-menu] > summary");
      scrollBy(0, menu.getBoundingClientRect().bottom - innerHeight + 70);
      menu.click();
    }""")
    panel = page.locator("main details[data-menu][open] .menu-panel").first
    expect(panel).to_be_visible()
    box, bar = panel.bounding_box(), page.locator(".phonebar").bounding_box()
    assert box and bar
    assert box["y"] >= 0 and box["y"] + box["height"] <= bar["y"]


def test_the_sidebar_stays_while_a_long_page_is_scrolled(sign_in: SignIn):
    page = sign_in("manager@demo.example", DESKTOP)
    page.goto("/o/demo/customers/")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("scrollY") > 300
    assert (
        page.locator(".sidebar").evaluate("sidebar => Math.round(sidebar.getBoundingClientRect().top)") == 0
    )


def test_words_without_a_space_widen_no_page(sign_in: SignIn):
    page = sign_in("rep@demo.example", PHONE)
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau"
    page.goto(NEW)
    for name in ("name", "city", "person_name"):
        page.fill(f"[name={name}]", word)
    send(page.locator(".save-bar .btn-primary"))
    expect(page.locator("h1")).to_have_text(word)
    address = page.url
    for path in (address, f"{address}edit/"):
        page.goto(path)
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        )
    page.goto(address)
    page.locator("main a.btn-primary[data-open-in-dialog]").tap()
    page.fill("dialog[open] [name=summary]", word * 3)
    assert page.locator("dialog[open]").evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") == 0
