"""A handover in a browser: forty customers go to a rep, who confirms on the phone; both lists show it."""

from playwright.sync_api import Page, expect

from e2e.conftest import Combination, SignIn, violations

DESKTOP, PHONE = Combination(False, False, "en"), Combination(True, True, "en")
FORTY, REP = 40, "林晓"


def owners(page: Page) -> int:
    """How many customers the rep owns, by the page that counts them."""
    page.goto("/o/demo/customers/owners/")
    row = page.locator("tbody tr", has=page.get_by_role("link", name=REP, exact=True))
    return int(row.locator("td.num").first.inner_text().replace(",", ""))


def take_over_what_waits(rep: Page) -> None:
    """The demo's own handover: its customers wait there, and cannot be in another one."""
    rep.goto("/o/demo/customers/handovers/")
    rep.locator("tbody th.cell-main a").first.click()
    rep.locator("form[action$='/accept/'] button").click()
    expect(rep.locator("[data-toast]").first).to_contain_text("belong to " + REP)


def test_a_handover_moves_forty_customers(sign_in: SignIn):
    manager, rep = sign_in("manager@demo.example", DESKTOP), sign_in("rep@demo.example", PHONE)
    take_over_what_waits(rep)
    before = owners(manager)
    # Those that nobody has touched for longest: other tests in this house move none of them.
    manager.goto("/o/demo/customers/?sort=-updated")
    rows = manager.locator("tbody tr").filter(has_not_text=REP)
    names = rows.locator("th.cell-main a").all_inner_texts()[:FORTY]
    assert len(names) == FORTY
    for place in range(FORTY):
        rows.nth(place).locator("input[name=ids]").check()
    manager.locator(".bulk-actions button[formaction$='/handovers/new/']").click()
    expect(manager.locator(".hand-over-row")).to_have_count(FORTY)
    assert violations(manager) == []
    manager.locator("select[name=receiver]").select_option(label=REP)
    manager.locator("textarea[name=note]").fill("New region from January on.")
    manager.locator(".hand-over-row input[name^=note_]").first.fill("Ask for Ms Wang.")
    manager.locator(".save-bar .btn-primary").click()
    manager.wait_for_url("**/handovers/*-*/")
    assert violations(manager) == []
    assert owners(manager) == before

    rep.goto("/o/demo/")
    rep.locator("a[href*='/handovers/']", has_text=str(FORTY)).first.click()
    expect(rep.locator("main")).to_contain_text("Ask for Ms Wang.")
    assert violations(rep) == []
    rep.locator("form[action$='/accept/'] button").click()
    expect(rep.locator("[data-toast]").first).to_contain_text(str(FORTY))
    assert violations(rep) == []

    assert owners(manager) == before + FORTY
    rep.goto("/o/demo/customers/?q=" + names[0])
    expect(rep.locator("tbody th.cell-main a").first).to_contain_text(names[0])
