"""Logging a contact with its next step on a phone: at most three taps and one typed field, wherever one stands."""

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Combination, SignIn, settle, violations

PHONE = Combination(True, False, "zh-hans")
LIST = "/o/demo/customers/"
DIALOG = "dialog[open]"
MOST = 3


class Thumb:
    """Taps and types on the page, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.typed = 0

    def tap(self, what: str | Locator) -> None:
        target = self.page.locator(what).first if isinstance(what, str) else what
        target.scroll_into_view_if_needed()
        target.tap()
        self.taps += 1

    def type(self, text: str) -> None:
        self.page.fill(f"{DIALOG} [name=summary]", text)
        self.typed += 1


def from_the_row(thumb: Thumb) -> None:
    thumb.page.goto(LIST)
    thumb.tap("tbody tr a[data-open-in-dialog]")


def from_the_record(thumb: Thumb) -> None:
    open_first(thumb.page)
    thumb.tap("main a.btn-primary[data-open-in-dialog]")


def from_the_palette(thumb: Thumb) -> None:
    thumb.tap(".topbar [data-palette-open]")
    thumb.tap("#palette .palette-shortcut")


def from_the_palette_over_the_record(thumb: Thumb) -> None:
    open_first(thumb.page)
    thumb.tap(".topbar [data-palette-open]")
    thumb.tap('#palette a[href$="/contacts/new/"]')


def from_the_bar(thumb: Thumb) -> None:
    thumb.tap(".phonebar-log")
    thumb.tap(f"{DIALOG} #customer-choices .choice")


def from_the_bar_under_the_record(thumb: Thumb) -> None:
    open_first(thumb.page)
    thumb.tap(".phonebar-log")


ENTRANCES = {
    from_the_row: 2,
    from_the_record: 2,
    from_the_palette: 3,
    from_the_palette_over_the_record: 3,
    from_the_bar: 3,
    from_the_bar_under_the_record: 2,
}


def open_first(page: Page) -> str:
    """Opens the first customer of the list; answers the name."""
    page.goto(LIST)
    link = page.locator("tbody .cell-main a").first
    name = link.inner_text()
    link.click()
    expect(page.locator("h1")).to_contain_text(name)
    return name


def steps_of(page: Page, key: str) -> int:
    """How many steps are planned with the customer."""
    page.goto(f"{LIST}{key}/")
    return page.locator("main .plan-row").count()


@pytest.fixture
def page(sign_in: SignIn) -> Page:
    return sign_in("rep@demo.example", PHONE)


@pytest.mark.parametrize(("enter", "taps"), ENTRANCES.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_a_contact_and_its_next_step_take_three_taps_and_one_typed_field(page, enter, taps):
    said = f"{enter.__name__}：一切顺利"
    thumb = Thumb(page)
    enter(thumb)
    chosen = page.locator(f"{DIALOG} input[name=customer]:is([type=hidden], :checked)")
    key = chosen.input_value()
    second = page.context.new_page()
    before = steps_of(second, key)
    thumb.type(said)
    thumb.tap(f"{DIALOG} .save-ahead")
    expect(page.locator(DIALOG)).to_have_count(0, timeout=20_000)
    assert (thumb.taps, thumb.typed) == (taps, 1)
    assert taps <= MOST
    assert steps_of(second, key) == before + 1
    expect(second.locator("main")).to_contain_text(said)


def test_what_is_offered_meets_no_barrier(page):
    page.tap(".topbar [data-palette-open]")
    expect(page.locator(".palette-shortcut").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    name = open_first(page)
    page.tap(".phonebar-log")
    expect(page.locator(f"{DIALOG} .contact-customer")).to_contain_text(name)
    settle(page)
    assert violations(page) == []


def test_another_customer_can_be_meant(page):
    open_first(page)
    page.tap(".phonebar-log")
    page.tap(f"{DIALOG} .contact-customer a")
    expect(page.locator(f"{DIALOG} #customer-choices .choice").first).to_be_visible()
    assert violations(page) == []


def test_a_chosen_day_leaves_one_way_to_save(page):
    page.goto(LIST)
    page.tap("tbody tr a[data-open-in-dialog]")
    expect(page.locator(f"{DIALOG} .save-ahead")).to_be_visible()
    page.locator(f"{DIALOG} .contact-next .choice").nth(1).tap()
    expect(page.locator(f"{DIALOG} .save-ahead")).to_be_hidden()


def test_the_shortcut_is_reached_by_keys(sign_in):
    page = sign_in("rep@demo.example", Combination(False, True, "en"))
    page.keyboard.press("Control+k")
    expect(page.locator(".palette-shortcut").first).to_be_visible()
    selected = page.locator("#palette [role=option][aria-selected=true]")
    while "/customers/0" not in (selected.get_attribute("href") or ""):
        assert selected.get_attribute("class") == "palette-item"
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(selected).to_have_class("palette-shortcut")
    page.keyboard.press("ArrowLeft")
    expect(selected).to_have_class("palette-item")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(f"{DIALOG} .contact-form")).to_be_visible()
