"""What every signed-in page shows around its content. Everything is lazy: a fragment pays for nothing."""

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from workspace.queries.notification import unread_count
from workspace.registry import Command, NavItem, commands, navigation

THEMES = ("light", "dark")
PLACEHOLDER = "organization-slug"


class Entry(NamedTuple):
    key: str
    label: str | Promise
    icon: str
    url: str
    current: bool
    dialog: bool = False


class Section(NamedTuple):
    label: str | Promise
    items: list[Entry]


@lru_cache(maxsize=512)
def _path(url_name: str, language: str | None) -> str | None:
    """The path with a placeholder for the organisation; None when the page is not there."""
    try:
        return reverse(url_name, kwargs={"organization": PLACEHOLDER})
    except NoReverseMatch:
        return None


def shell_path(url_name: str, slug: str) -> str:
    """The address of an organisation's page that takes no other argument; "" when there is no such page."""
    path = _path(url_name, get_language())
    return path.replace(PLACEHOLDER, slug, 1) if path else ""


class Shell:
    """The frame around one page: `shell` in every template."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def viewer(self):
        return getattr(self.request, "viewer", None)

    @cached_property
    def organization(self):
        return getattr(self.request, "organization", None)

    @cached_property
    def theme(self) -> str:
        """The person's own choice, or "" to follow the device."""
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        return [(code, NATIVE_NAMES.get(code, name)) for code, name in settings.LANGUAGES]

    @cached_property
    def sections(self) -> list[Section]:
        """The sidebar: what this person may open, under its headings, in the order of registration."""
        found: dict[str | Promise, list[Entry]] = {}
        for item, entry in self._allowed:
            found.setdefault(item.section, []).append(entry)
        return [Section(label, items) for label, items in found.items()]

    @cached_property
    def phone_items(self) -> list[Entry]:
        """At most three places of the phone's bottom bar; "+" and "More" are always there."""
        return [entry for item, entry in self._allowed if item.phone][:3]

    @cached_property
    def create(self) -> list[Entry]:
        return [self._entry(command) for command in self._commands if command.create]

    @cached_property
    def log(self) -> Entry | None:
        """What the `+` of the phone's bottom bar opens."""
        return next((self._entry(command) for command in self._commands if command.phone), None)

    @cached_property
    def palette_url(self) -> str:
        return self._url("workspace:palette")

    @cached_property
    def notifications_url(self) -> str:
        return self._url("workspace:notifications")

    @cached_property
    def today_url(self) -> str:
        return self._url("today")

    @cached_property
    def customers_url(self) -> str:
        return self._url("customers:list")

    @cached_property
    def unread(self) -> int:
        return unread_count(self.viewer) if self.viewer and self.organization else 0

    @cached_property
    def _allowed(self) -> list[tuple[NavItem, Entry]]:
        pairs = ((item, self._entry(item)) for item in self._permitted(navigation))
        return [(item, entry) for item, entry in pairs if entry.url]

    @cached_property
    def _commands(self) -> list[Command]:
        return [command for command in self._permitted(commands) if self._url(command.url_name)]

    def _permitted(self, items: Iterable) -> Iterable:
        if not self.viewer or not self.organization:
            return ()
        return (item for item in items if not item.permission or self.viewer.can(item.permission))

    def _entry(self, item: NavItem | Command) -> Entry:
        url = self._url(item.url_name)
        current = (
            bool(url)
            and self.request.path.startswith(url)
            and (url != self.today_url or self.request.path == url)
        )
        return Entry(item.key, item.label, item.icon, url, current, getattr(item, "dialog", False))

    def _url(self, url_name: str) -> str:
        return shell_path(url_name, self.organization.slug) if self.organization else ""


NATIVE_NAMES = {"zh-hans": "简体中文", "en": "English"}


def shell(request: HttpRequest) -> dict:
    return {"shell": Shell(request)}
