"""The example of a code follows what is typed; one of several sessions is signed out by itself."""

import pytest
from playwright.sync_api import expect

from e2e.conftest import CONTRASTING, settle, violations


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_the_next_code_is_shown_while_one_types(sign_in, combination):
    page = sign_in("admin@demo.example", combination)
    page.goto("/o/demo/customers/codes/")
    settle(page)
    page.locator("#id_prefix").fill("KH-")
    page.locator("#id_yearly").check()
    expect(page.locator("#code-example strong")).to_contain_text("KH-20")
    assert violations(page) == []


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_another_browser_is_signed_out_from_this_one(sign_in, combination):
    other, page = (sign_in("rep@demo.example", combination) for _number in range(2))
    page.goto("/accounts/sessions/")
    settle(page)
    assert violations(page) == []
    buttons = page.locator(".session-rows form button")
    while buttons.count():
        buttons.first.click()
        settle(page)
    assert "/accounts/login/" in other.goto("/o/demo/").url
    assert page.goto("/o/demo/").url.endswith("/o/demo/")
