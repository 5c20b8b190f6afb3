"""What no address leads to: the pages that answer a bulk action, and the dialogs as they stand open over a page.

Both are taken from the pages themselves, so that a new one is looked at by itself.
"""

import pytest
from playwright.sync_api import Page

from e2e.conftest import CONTRASTING, settle
from e2e.crawl import name_of
from e2e.look import Look

LIST = "/o/demo/customers/"
SHORT = f"{LIST}?tier=key"
HOME = "/o/demo/"
IN_DIALOGS = (
    "() => [...document.querySelectorAll('a[data-open-in-dialog]')].map(link => link.getAttribute('href'))"
)
OPEN = """href => [...document.querySelectorAll('a[data-open-in-dialog]')]
  .find(link => link.getAttribute('href') === href).click()"""
ROUTES = (
    "() => [...document.querySelectorAll('.bulk-actions button')].map(one => one.getAttribute('formaction'))"
)
RECORDS = 4
"""A dialog is behind what a customer has: so many are looked for links."""


def select_two(page: Page) -> None:
    for place in range(2):
        page.locator("tbody input[name=ids]").nth(place).check()


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_pages_that_answer_a_bulk_action(sign_in, combination):
    page = sign_in("admin@demo.example", combination)
    look = Look(page)
    page.goto(SHORT)
    actions = page.evaluate(ROUTES)
    assert len(actions) >= 8
    for action in actions:
        page.goto(SHORT)
        select_two(page)
        button = page.locator(f'.bulk-actions button[formaction="{action}"]')
        with page.expect_navigation():
            button.click()
        look.as_it_stands(f"bulk {name_of(action)}")
    assert look.found == []


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_dialogs_over_a_page(sign_in, combination):
    page = sign_in("admin@demo.example", combination)
    look = Look(page)
    behind = dialogs_of(page)
    assert len(behind) >= 12
    for name, (path, href) in sorted(behind.items(), key=lambda one: one[1]):
        if not page.url.endswith(path):
            page.goto(path)
        page.evaluate(OPEN, href)
        page.wait_for_selector("#loaded[open]")
        look.as_it_stands(f"dialog {name}")
        page.evaluate("document.querySelectorAll('dialog[open]').forEach(one => one.close())")
    assert look.found == []


def dialogs_of(page: Page) -> dict[str, tuple[str, str]]:
    """Name of what opens in a dialog → the page with its link, and the link's address."""
    found: dict[str, tuple[str, str]] = {}
    page.goto(SHORT)
    rows = page.locator("tbody th.cell-main a")
    records = [rows.nth(place).get_attribute("href") for place in range(min(RECORDS, rows.count()))]
    for path in (HOME, SHORT, *filter(None, records)):
        page.goto(path)
        settle(page)
        for href in page.evaluate(IN_DIALOGS):
            found.setdefault(name_of(href), (path, href))
    return found
