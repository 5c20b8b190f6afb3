"""Sharing in a browser: a manager shares a colleague's customer to read until a day; who gets it sees it, cannot change it,
leaves, thinks better of it, and leaves again."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from e2e.conftest import Combination, SignIn, violations

DESKTOP, PHONE = Combination(False, False, "en"), Combination(True, True, "en")
OWNER, REP = "孙浩", "林晓"


def somebody_elses(page: Page) -> str:
    """The address of a customer of a colleague in another team."""
    page.goto("/o/demo/customers/filters/")
    key = page.locator("select[name=owner] option", has_text=OWNER).get_attribute("value")
    page.goto(f"/o/demo/customers/?owner={key}")
    return str(page.locator("tbody th.cell-main a").first.get_attribute("href"))


def status_of(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer is not None
    return answer.status


def share(page: Page, address: str) -> None:
    page.goto(address)
    card = page.locator(".card-sharing")
    card.locator("a[href$='/share/']").click()
    dialog = page.locator("#dialog-body")
    expect(dialog.locator("select[name=level]")).to_be_visible()
    assert violations(page) == []
    dialog.locator("select[name=member]").select_option(label=REP)
    dialog.locator("input[name=until]").fill((datetime.now(UTC).date() + timedelta(days=7)).isoformat())
    dialog.locator("input[name=reason]").fill("Tender in January")
    dialog.get_by_role("button", name="Share").click()
    expect(page.locator("[data-toast]").first).to_contain_text(REP)
    expect(card).to_contain_text("Tender in January")


def test_a_shared_customer_is_seen_not_changed_and_left(sign_in: SignIn):
    manager, rep = sign_in("manager@demo.example", DESKTOP), sign_in("rep@demo.example", PHONE)
    address = somebody_elses(manager)
    assert status_of(rep, address) == 404
    share(manager, address)

    assert status_of(rep, address) == 200
    card = rep.locator(".card-sharing")
    expect(card).to_contain_text("Tender in January")
    assert rep.locator("a[href$='/edit/']").count() == 0
    assert violations(rep) == []
    assert status_of(rep, address + "edit/") == 404

    rep.goto("/o/demo/customers/shared-with-me/")
    assert violations(rep) == []
    rep.locator(f"form[action='{address}share/leave/'] button").click()
    expect(rep.locator("[data-toast]").first).to_contain_text("no longer shared with you")
    assert status_of(rep, address) == 404

    share(manager, address)
    rep.goto(address)
    rep.locator(".card-sharing").get_by_role("button", name="Leave").click()
    rep.locator("[data-undo]").first.click()
    expect(rep.locator("[data-toast]").first).to_contain_text("It is shared with you again.")
    assert status_of(rep, address) == 200
    rep.locator(".card-sharing").get_by_role("button", name="Leave").click()
    expect(rep.locator("[data-toast]").first).to_contain_text("no longer shared with you")
    assert status_of(rep, address) == 404
    manager.goto(address)
    expect(manager.locator(".card-sharing")).not_to_contain_text(REP)
