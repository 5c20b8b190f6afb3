"""What the palette offers: commands, pages and records, each only to those who may."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from pypinyin import Style, lazy_pinyin

from tenancy.access import Viewer
from workspace.frame import shell_path
from workspace.registry import Command, Hit, NavItem, commands, navigation, search_sources

PER_GROUP = 6
LONGEST = 100


class Line(NamedTuple):
    hit: Hit
    dialog: bool = False


class Group(NamedTuple):
    label: str
    lines: list[Line]


def palette(viewer: Viewer, query: str) -> list[Group]:
    """Groups for what was typed: records by search, commands and pages by name. Without it all of these, and of the
    records those seen last: on a phone there is room for them before the keyboard, and not for more."""
    typed = " ".join(query.replace("\x00", " ").split())[:LONGEST]
    needle = typed.casefold()
    records = list(_records(viewer, needle))
    groups = [
        *records,
        Group(_("Commands"), _entries(viewer, "commands", commands, needle)),
        Group(_("Go to"), _entries(viewer, "navigation", navigation, needle)),
    ]
    if any(letter.isalpha() for letter in needle) and not any(group.lines for group in records):
        groups.append(Group(_("Not found"), _made_of(viewer, typed)))
    return [group for group in groups if group.lines]


def _entries(viewer: Viewer, registry: str, items: Iterable[Command | NavItem], needle: str) -> list[Line]:
    lines = []
    for item in items:
        url = shell_path(item.url_name, viewer.organization.slug)
        if (
            url
            and _may(viewer, item.permission)
            and any(needle in name for name in _names(registry, item.key))
        ):
            hit = Hit(item.label, url, icon=item.icon)
            lines.append(Line(hit, getattr(item, "dialog", False)))
    return lines[:PER_GROUP] if needle else lines


def _made_of(viewer: Viewer, name: str) -> list[Line]:
    """What can be made of a name that nothing has yet. Who types the name of a command means the command."""
    lines = []
    for command in commands:
        url = shell_path(command.url_name, viewer.organization.slug)
        called = str(command.label).casefold().startswith(name.casefold())
        if command.named and not called and url and _may(viewer, command.permission):
            label = _("%(command)s “%(name)s”") % {"command": command.label, "name": name}
            lines.append(
                Line(Hit(label, f"{url}?{urlencode({'name': name})}", icon=command.icon), command.dialog)
            )
    return lines


def _records(viewer: Viewer, needle: str) -> Iterable[Group]:
    for source in search_sources:
        if not _may(viewer, source.permission):
            continue
        if needle:
            hits = source.search(viewer, needle, PER_GROUP)
        else:
            hits = source.recent(viewer, PER_GROUP) if source.recent else []
        lines = [Line(hit._replace(icon=hit.icon or source.icon)) for hit in hits]
        yield Group(str(source.label), lines)


def _may(viewer: Viewer, permission: str) -> bool:
    return not permission or viewer.can(permission)


@cache
def _names(registry: str, key: str) -> tuple[str, ...]:
    """What a person may type for it: label and keywords in each language, Chinese also in pinyin."""
    item: Command | NavItem = commands[key] if registry == "commands" else navigation[key]
    names = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            names += [str(item.label).casefold(), str(getattr(item, "keywords", "")).casefold()]
    names += [
        "".join(lazy_pinyin(name, style=style))
        for name in names[:2]
        for style in (Style.NORMAL, Style.FIRST_LETTER)
    ]
    return tuple(filter(None, names))
