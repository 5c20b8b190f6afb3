"""Every reachable page, in two contrasting ways of looking (all eight with `make walk`): no error, no barrier, no overflow."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from e2e.conftest import CONTRASTING, EVERY, SHOTS, settle, violations
from e2e.crawl import reachable

PEOPLE = ("admin", "manager", "rep", "service")


def problems_of(page: Page, name: str, path: str) -> list[str]:
    told: list[str] = []
    page.on("console", lambda message: message.type == "error" and told.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"script: {error}"))
    answer = page.goto(path)
    settle(page)
    if answer.status != 200:
        told.append(f"status {answer.status}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        told.append(f"{wide} px wider than the window")
    told += violations(page)
    return [f"{name} ({path}): {what}" for what in told]


def look_everywhere(page: Page, pictures: Path | None = None) -> list[str]:
    pages = reachable(page, "/o/demo/")
    found = []
    for name, path in pages.items():
        fresh = page.context.new_page()
        found += problems_of(fresh, name, path)
        if pictures:
            fresh.screenshot(path=pictures / f"{name.replace(':', '-')}.png", full_page=True)
        fresh.close()
    assert len(pages) > 8, f"only {sorted(pages)} were reached"
    return found


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_an_admin_meets_no_barrier(sign_in, combination):
    page = sign_in("admin@demo.example", combination)
    assert look_everywhere(page) == []


@pytest.mark.walk
@pytest.mark.parametrize("combination", EVERY, ids=str)
@pytest.mark.parametrize("person", PEOPLE)
def test_walk(sign_in, person, combination):
    page = sign_in(f"{person}@demo.example", combination)
    pictures = SHOTS / str(combination) / person
    pictures.mkdir(parents=True, exist_ok=True)
    assert look_everywhere(page, pictures) == []


@pytest.mark.parametrize("combination", CONTRASTING, ids=str)
def test_signing_in_meets_no_barrier(chromium, the_house, combination):
    context = chromium.new_context(base_url=the_house.url, **combination.options)
    page = context.new_page()
    found = [
        problem
        for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/")
        for problem in problems_of(page, path, path)
    ]
    context.close()
    assert found == []
