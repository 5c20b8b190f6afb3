"""Every page, in two contrasting ways of looking (all eight with `make walk`): no error, no barrier, no overflow.

What links lead to is looked at in the demo; what they do not, because nothing of the kind stands there, in the gallery.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from e2e.conftest import AXE, CONTRASTING, EVERY, SHOTS, entered, settle, violations
from e2e.crawl import name_of, reachable
from tenancy.tests.test_matrix import CASES

HOME = "/o/demo/"
NO_PAGE = {
    "customers:count": "a number for the list's heading",
    "customers:export_download": "a file",
    "customers:import_rejected": "a file",
    "governance:dictionary_file": "a file",
    "governance:request_package": "a file",
    "tenancy:member_options": "options within a select",
    "workspace:attachment": "a file",
}
"""What answers GET with 200 and is nothing to look at."""
LEADS_ON = {
    "customers:customer_hand_over": "to the handover of this one customer",
    "customers:import_progress": "to the page of the import",
    "workspace:notification": "to what it is about",
}
METHOD_NOT_ALLOWED = 405
PEOPLE = ("admin", "manager", "rep", "service")


def problems_of(page: Page, path: str) -> list[str]:
    """What is wrong with the page at an address, but for what its scripts tell."""
    told: list[str] = []
    answer = page.goto(path)
    settle(page)
    if answer.status != 200:
        told.append(f"status {answer.status}")
    if name_of(answer.url) != name_of(path):
        told.append(f"leads to {answer.url}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        told.append(f"{wide} px wider than the window")
    return told + violations(page)


def look_at(page: Page, pages: dict[str, str], pictures: Path | None = None) -> list[str]:
    """Opens one after the other in the same tab: a new one for each, with axe read anew, takes twice the time."""
    found: list[str] = []
    at = ""
    page.add_init_script(path=AXE)
    page.on("console", lambda said: said.type == "error" and found.append(f"{at}: console: {said.text}"))
    page.on("pageerror", lambda error: found.append(f"{at}: script: {error}"))
    for name, path in pages.items():
        at = f"{name} ({path})"
        found += [f"{at}: {what}" for what in problems_of(page, path)]
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=pictures / f"{name.replace(':', '-')}.png", full_page=True)
    return found


@pytest.fixture(scope="module")
def reached(chromium, the_house) -> dict[str, str]:
    """Where links lead the demo's administrator: to the same pages however these are looked at."""
    context = chromium.new_context(base_url=the_house.url)
    found = reachable(entered(context, the_house, "admin@demo.example", CONTRASTING[0]), HOME)
    context.close()
    return found


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_an_admin_meets_no_barrier(sign_in, reached, combination):
    assert len(reached) > 80
    assert look_at(sign_in("admin@demo.example", combination), reached) == []


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_nor_where_no_link_leads(sign_in, gallery, reached, combination):
    keeper = sign_in(gallery.keeper, combination)
    rest = {name: path for name, path in gallery.pages.items() if name not in reached and name not in NO_PAGE}
    assert look_at(keeper, rest) == []


def test_every_page_of_an_organisation_is_among_them(gallery):
    """The matrix has a case for every address that there is: `tenancy/tests/test_matrix.py`."""
    answers = {name for name, case in CASES.items() if case.get != METHOD_NOT_ALLOWED}
    assert answers == set(gallery.pages) | set(LEADS_ON)
    assert set(NO_PAGE) <= set(gallery.pages)


def test_what_is_left_out_is_no_page(sign_in, gallery):
    page = sign_in(gallery.keeper)
    assert {CASES[name].get for name in LEADS_ON} == {302}
    whole = [name for name in NO_PAGE if "<html" in page.request.get(gallery.pages[name]).text()]
    assert whole == []


@pytest.mark.walk
@pytest.mark.parametrize("combination", EVERY, ids=str)
@pytest.mark.parametrize("person", PEOPLE)
def test_walk(sign_in, person, combination):
    page = sign_in(f"{person}@demo.example", combination)
    assert look_at(page, reachable(page, HOME), SHOTS / str(combination) / person) == []


@pytest.mark.walk
@pytest.mark.parametrize("combination", EVERY, ids=str)
def test_walk_of_the_gallery(sign_in, gallery, combination):
    page = sign_in(gallery.keeper, combination)
    pages = {name: path for name, path in gallery.pages.items() if name not in NO_PAGE}
    assert look_at(page, pages, SHOTS / str(combination) / "gallery") == []
