"""Every page, in two contrasting ways of looking (all eight with `make walk`): no error, no barrier, no overflow.

What links lead to is looked at in the demo; what they do not, because nothing of the kind stands there, in the gallery.
"""

import pytest

from e2e.conftest import CONTRASTING, EVERY, SHOTS, entered
from e2e.crawl import reachable
from e2e.look import Look
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
    assert Look(sign_in("admin@demo.example", combination)).all(reached) == []


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_nor_where_no_link_leads(sign_in, gallery, reached, combination):
    keeper = sign_in(gallery.keeper, combination)
    rest = {name: path for name, path in gallery.pages.items() if name not in reached and name not in NO_PAGE}
    assert Look(keeper).all(rest) == []


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
    assert Look(page).all(reachable(page, HOME), SHOTS / str(combination) / person) == []


@pytest.mark.walk
@pytest.mark.parametrize("combination", EVERY, ids=str)
def test_walk_of_the_gallery(sign_in, gallery, combination):
    page = sign_in(gallery.keeper, combination)
    pages = {name: path for name, path in gallery.pages.items() if name not in NO_PAGE}
    assert Look(page).all(pages, SHOTS / str(combination) / "gallery") == []
