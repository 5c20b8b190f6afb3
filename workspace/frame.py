"""The part of the frame around a page that depends on rights and language, not on the person.

Roles give the same few combinations to everybody, so each is rendered once: a page costs a look-up."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from workspace.registry import Command, NavItem, commands, navigation

PLACEHOLDER = "organization-slug"
MOST_UNFOLDED = 8
"""More lines than these under one heading of the sidebar are folded."""


class Entry(NamedTuple):
    key: str
    label: str | Promise
    icon: str
    url: str
    current: bool = False
    dialog: bool = False
    slot: str = ""
    """Where the number behind the line is put in: it is the person's own, and the rest is rendered once for many."""


class Section(NamedTuple):
    label: str | Promise
    items: list[Entry]
    folds: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it stands unfolded when the page comes: we are in it."""
        return any(item.current for item in self.items)


class Frame(NamedTuple):
    """`places` and `doings`: keys of the NavItems and Commands that may be opened; `current`: where we are."""

    language: str | None
    slug: str
    places: tuple[str, ...]
    doings: tuple[str, ...]
    current: str

    @property
    def sections(self) -> list[Section]:
        """The sidebar under its headings, in the order of registration."""
        found: dict[str | Promise, list[NavItem]] = {}
        for item in self._places():
            found.setdefault(item.section, []).append(item)
        return [part for label, items in found.items() for part in self._parts(label, items)]

    def _parts(self, label: str | Promise, items: list[NavItem]) -> list[Section]:
        """A section as it is, or folded where there are many."""
        if len(items) <= MOST_UNFOLDED or not all(item.fold for item in items):
            return [Section(label, [self._entry(item) for item in items])]
        folds: dict[str | Promise, list[Entry]] = {}
        for item in items:
            folds.setdefault(item.fold, []).append(self._entry(item))
        return [Section(fold, entries, folds=True) for fold, entries in folds.items()]

    @property
    def phone_items(self) -> list[Entry]:
        """The two places of the phone's bottom bar beside "+", notices and "More"."""
        return [self._entry(item) for item in self._places() if item.phone][:2]

    @property
    def create(self) -> list[Entry]:
        return [self._entry(item) for item in self._doings() if item.create]

    @property
    def log(self) -> Entry | None:
        """What the `+` of the phone's bottom bar opens."""
        return next((self._entry(item) for item in self._doings() if item.phone), None)

    def _places(self) -> list[NavItem]:
        return [navigation[key] for key in self.places]

    def _doings(self) -> list[Command]:
        return [commands[key] for key in self.doings]

    def _entry(self, item: NavItem | Command) -> Entry:
        url = shell_path(item.url_name, self.slug)
        dialog = isinstance(item, Command) and item.dialog
        slot = count_slot(item.key) if isinstance(item, NavItem) and item.count else ""
        return Entry(item.key, item.label, item.icon, url, item.key == self.current, dialog, slot)


@lru_cache(maxsize=512)
def _path(url_name: str, language: str | None) -> str:
    try:
        return reverse(url_name, kwargs={"organization": PLACEHOLDER})
    except NoReverseMatch:
        return ""


def shell_path(url_name: str, slug: str) -> str:
    """The address of an organisation's page that takes no other argument; "" when there is no such page."""
    return _path(url_name, get_language()).replace(PLACEHOLDER, slug, 1)


def allowed(items: Iterable[NavItem | Command], viewer, slug: str) -> dict[str, str]:
    """Key → address of the registered pages this viewer may open."""
    language = get_language()
    permitted = (item for item in items if not item.permission or viewer.can(item.permission))
    paths = ((item.key, _path(item.url_name, language)) for item in permitted)
    return {key: path.replace(PLACEHOLDER, slug, 1) for key, path in paths if path}


def nearest(path: str, places: dict[str, str]) -> str:
    """The key of the place that `path` lies under: the longest address that begins it."""
    today = shell_path("today", path.split("/", 3)[2]) if path.startswith("/o/") else ""
    under = [key for key, url in places.items() if path == url or (url != today and path.startswith(url))]
    return max(under, key=lambda key: len(places[key]), default="")


@lru_cache(maxsize=1024)
def _rendered(template: str, frame: Frame) -> SafeString:
    return render_to_string(template, {"frame": frame})


def count_slot(key: str) -> str:
    return f"{{COUNT:{key}}}"


def render_frame(template: str, frame: Frame) -> SafeString:
    return render_to_string(template, {"frame": frame}) if settings.DEBUG else _rendered(template, frame)
