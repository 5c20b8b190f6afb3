"""Looking at pages: no error, no barrier, no overflow, no icon that is not there."""

from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page

from e2e.conftest import AXE, settle, violations
from e2e.crawl import name_of
from workspace.tests.sprite import MISSING, drawn

ASKED_FOR = (
    "[...document.querySelectorAll('use[href*=\"vendor/icons\"]')].map(use => use.href.baseVal.split('#')[1])"
)


class Look:
    """One page after the other in the same tab, and what is wrong with them: a new tab for each, with axe read anew, takes
    twice the time."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self._at = ""
        self._drawn = drawn()
        page.add_init_script(path=AXE)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._tell(f"script: {error}"))

    def at(self, name: str, path: str) -> None:
        """Open the address, at which a page of this name must stand."""
        self._at = f"{name} ({path})"
        answer = self.page.goto(path)
        settle(self.page)
        if answer is None or answer.status != 200:
            self._tell(f"status {answer and answer.status}")
        if name_of(self.page.url) != name_of(path):
            self._tell(f"leads to {self.page.url}")
        self._judge()

    def as_it_stands(self, name: str) -> None:
        """What is open now: no address leads there."""
        self._at = f"{name} ({self.page.url})"
        settle(self.page)
        self._judge()

    def _judge(self) -> None:
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            self._tell(f"{wide} px wider than the window")
        for icon in sorted(set(self.page.evaluate(ASKED_FOR)) - self._drawn):
            self._tell(f"no icon {icon!r}: {MISSING}")
        for barrier in violations(self.page):
            self._tell(barrier)

    def all(self, pages: dict[str, str], pictures: Path | None = None) -> list[str]:
        """Name → address; what is wrong with any of them."""
        for name, path in pages.items():
            self.at(name, path)
            if pictures:
                pictures.mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=pictures / f"{name.replace(':', '-')}.png", full_page=True)
        return list(self.found)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self._tell(f"console: {said.text}")

    def _tell(self, what: str) -> None:
        self.found.append(f"{self._at}: {what}")
