"""What every signed-in page shows around its content. Everything is lazy: a fragment pays for nothing."""

from functools import cached_property

from django.http import HttpRequest
from django.utils.translation import get_language, ngettext

from workspace.frame import Frame, allowed, nearest, shell_path
from workspace.queries.counts import UNREAD, counts_for, shown
from workspace.registry import commands, navigation

THEMES = ("light", "dark")


class Shell:
    """The frame around one page: `shell` in every template."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.viewer = getattr(request, "viewer", None)
        self.organization = getattr(request, "organization", None)

    @cached_property
    def theme(self) -> str:
        """The person's own choice, or "" to follow the device."""
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def frame(self) -> Frame:
        if not self.viewer or not self.organization:
            return Frame(get_language(), "", (), (), "")
        slug = self.organization.slug
        places = allowed(navigation, self.viewer, slug)
        doings = tuple(allowed(commands, self.viewer, slug))
        return Frame(get_language(), slug, tuple(places), doings, nearest(self.request.path, places))

    @cached_property
    def unread(self) -> int:
        return self.counts.get(UNREAD, 0)

    @cached_property
    def counts(self) -> dict[str, int]:
        """What the frame counts: unread notes, and what waits behind the lines of the navigation."""
        if not self.viewer or not self.organization:
            return {}
        return counts_for(self.viewer, self.frame.places)

    @cached_property
    def unread_label(self) -> str:
        return ngettext("%(n)d unread notification", "%(n)d unread notifications", self.unread) % {
            "n": self.unread
        }

    @property
    def unread_short(self) -> str:
        """As much as fits on a bell."""
        return shown(self.unread)

    @property
    def palette_url(self) -> str:
        return self._url("workspace:palette")

    @property
    def notifications_url(self) -> str:
        return self._url("workspace:notifications")

    @property
    def today_url(self) -> str:
        return self._url("today")

    @property
    def customers_url(self) -> str:
        return self._url("customers:list")

    def _url(self, url_name: str) -> str:
        return shell_path(url_name, self.organization.slug) if self.organization else ""


def shell(request: HttpRequest) -> dict:
    return {"shell": Shell(request)}
