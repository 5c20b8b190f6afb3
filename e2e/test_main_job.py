"""The main job, on real input: a rep imports five thousand people on a phone, finds one, logs a visit with a next step."""

import csv
import datetime
import os
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from crm_project import environment as env
from e2e.conftest import CONTRASTING, type_in

PEOPLE = env.BASE_DIR.parent / "shared" / "data" / "febrl" / "dataset2.csv"
PATIENCE = 180_000
SUMMARY = "Met at the front desk; wants a quote for the second quarter."
QUICK = "Called in passing; all is well."
NEXT = "Bring the quote"


@pytest.fixture(scope="module")
def people() -> Path:
    if not PEOPLE.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{PEOPLE.name} is missing beside the project.")
        pytest.skip(f"{PEOPLE.name} is not here.")
    return PEOPLE


def an_uncommon_name(path: Path) -> str:
    """A full name that stands in the file once."""
    with path.open(encoding="utf-8") as file:
        rows = [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]
    names = Counter((row["given_name"], row["surname"]) for row in rows)
    given, surname = next(n for n, count in names.items() if count == 1 and all(len(part) > 5 for part in n))
    return f"{given} {surname}"


def wait_for(page: Page, selector: str) -> None:
    """The page refreshes itself while the job runs."""
    expect(page.locator(selector).first).to_be_visible(timeout=PATIENCE)


def import_file(page: Page, path: Path) -> None:
    page.goto("/o/demo/customers/imports/new/")
    page.set_input_files("input[type=file]", path)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/columns/")
    page.click("main form[data-guard] button.btn-primary")
    wait_for(page, ".page-actions button.btn-primary")
    page.click(".page-actions button.btn-primary")
    wait_for(page, '.page-actions a[href="/o/demo/customers/"]')


def find(page: Page, slug: str, name: str) -> int:
    page.goto(f"/o/{slug}/customers/")
    page.fill("[data-search]", name)
    page.press("[data-search]", "Enter")
    page.wait_for_url("**q=**")
    page.wait_for_load_state("networkidle")
    return page.locator("th.cell-main a").count()


def log_quickly(page: Page) -> int:
    """From the list's row, with one typed field and a next step: how many taps it took."""
    taps = 0
    for step in (
        "tbody tr a[data-open-in-dialog]",
        ".contact-next label.choice >> nth=1",
        "form button.btn-primary",
    ):
        inside = page.locator("dialog[open]") if taps else page
        inside.locator(step).first.click()
        taps += 1
        if taps == 1:
            page.fill("dialog[open] textarea[name=summary]", QUICK)
    expect(page.locator("dialog[open]")).to_have_count(0, timeout=20_000)
    return taps


def log_with_a_step_today(page: Page) -> None:
    page.locator("tbody tr a[data-open-in-dialog]").first.click()
    page.fill("dialog[open] textarea[name=summary]", SUMMARY)
    today = datetime.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    page.check("dialog[open] input[name=ahead][value=date]", force=True)
    page.fill("dialog[open] input[name=next_on]", today.isoformat())
    page.fill("dialog[open] input[name=next_subject]", NEXT)
    page.click("dialog[open] form button.btn-primary")
    expect(page.locator("dialog[open]")).to_have_count(0, timeout=20_000)


def test_the_main_job(sign_in, people):
    name = an_uncommon_name(people)
    page = sign_in("rep@demo.example", CONTRASTING[0])
    page.context.clear_cookies(name="sessionid")
    type_in(page, "rep@demo.example")
    import_file(page, people)

    assert find(page, "demo", name) == 1
    assert log_quickly(page) <= 3
    page.wait_for_load_state("networkidle")
    log_with_a_step_today(page)
    page.wait_for_load_state("networkidle")

    page.locator("th.cell-main a").first.click()
    expect(page.locator("h1")).to_contain_text(name)
    assert QUICK in page.content()
    assert SUMMARY in page.content()
    page.goto("/o/demo/")
    assert NEXT in page.content()
    assert name in page.content()

    stranger = sign_in("rep@globex.example", CONTRASTING[1])
    assert find(stranger, "globex", name) == 0
    assert stranger.request.get("/o/demo/customers/").status == 404
