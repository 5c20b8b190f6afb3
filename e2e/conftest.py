import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from crm_project import environment as env
from e2e.gallery import Gallery, gallery_of
from e2e.house import PASSWORD, House, house

AXE = env.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 120  # seconds
SHOTS = env.LOCAL_DIR / "walk"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# Only what is wrong: describing what is right takes most of the time.
# A bar that stays in view hides half of whatever happens to be behind it: that is scrolled to, and no small target.
RUN_AXE = """async rules => {
  for (const bar of document.querySelectorAll(".topbar, .save-bar, .bulk-bar, .phonebar")) bar.style.position = "static";
  const found = await axe.run(document.querySelector("dialog[open]") ?? document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations;
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
    if not os.environ.get("CRM_WALK"):
        items[:] = [item for item in items if not item.get_closest_marker("walk")]


@dataclass(frozen=True)
class Combination:
    """How a page is looked at."""

    phone: bool
    dark: bool
    language: str

    def __str__(self) -> str:
        return "-".join(
            ("phone" if self.phone else "desktop", "dark" if self.dark else "light", self.language)
        )

    @property
    def options(self) -> dict:
        size = {"width": 390, "height": 844} if self.phone else {"width": 1440, "height": 900}
        return {
            "viewport": size,
            "has_touch": self.phone,
            "is_mobile": self.phone,
            "locale": "zh-CN" if self.language.startswith("zh") else "en-GB",
            "reduced_motion": "reduce",
            "color_scheme": "dark" if self.dark else "light",
        }


EVERY = [
    Combination(phone, dark, language)
    for language in ("zh-hans", "en")
    for phone in (True, False)
    for dark in (False, True)
]
CONTRASTING = [Combination(True, False, "zh-hans"), Combination(False, True, "en")]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("No Chromium: set CHROMIUM to the program.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def the_house(migrated_copy) -> Iterator[House]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw9")
    with house(f"{os.getpid()}_{worker}", migrated_copy, queue=4 + int(worker[2:]) % 10) as built:
        yield built


@pytest.fixture(scope="session")
def gallery(the_house: House) -> Gallery:
    return gallery_of(the_house)


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(chromium: Browser, the_house: House) -> Iterator[SignIn]:
    """`sign_in("rep@demo.example", combination)` → a page that stands on the person's today page."""
    opened: list[BrowserContext] = []

    def enter(email: str, combination: Combination = CONTRASTING[0]) -> Page:
        context = chromium.new_context(base_url=the_house.url, **combination.options)
        opened.append(context)
        return entered(context, the_house, email, combination)

    yield enter
    for context in opened:
        context.close()


def entered(context: BrowserContext, house: House, email: str, combination: Combination) -> Page:
    """The person's today page, looked at in this combination."""
    theme = "dark" if combination.dark else "light"
    context.add_cookies([{"name": "theme", "value": theme, "url": house.url}])
    context.request.get("/accounts/login/")
    _post(context, "/accounts/login/", login=email, password=PASSWORD)
    _post(context, "/i18n/", language=combination.language)
    page = context.new_page()
    page.goto("/")
    page.wait_for_url("**/o/*/")
    return page


def _post(context: BrowserContext, path: str, **fields: str) -> None:
    """Send what a form would, without looking at it."""
    token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken")
    form: dict[str, str | float | bool] = {**fields, "next": "/healthz", "csrfmiddlewaretoken": token}
    answer = context.request.post(path, form=form)
    assert answer.url.endswith("/healthz"), f"{path} did not take what was sent"


def type_in(page: Page, email: str) -> None:
    """Sign in by hand."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    send(page.locator("form .btn-primary").first)


def send(button: Locator) -> None:
    """Press what sends a form, and wait for the page that answers: at the same address, an address alone does not tell."""
    with button.page.expect_navigation():
        button.click()


def comes_up(page: Page, address: str, what: Locator) -> None:
    """The worker does it: look again until it is there."""
    ends = time.monotonic() + PATIENCE
    while True:
        page.goto(address)
        if what.first.is_visible():
            return
        assert time.monotonic() < ends, f"{what} has not come up at {address}"
        page.wait_for_timeout(1000)


def settle(page: Page) -> None:
    """Wait until the fragments that the page fetches by itself have come."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    page.wait_for_function("() => !document.querySelector('.htmx-request, #busy.on')")


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA on the page as it stands, or in the dialog that is open over it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN_AXE, RULES)
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"][:3]]
