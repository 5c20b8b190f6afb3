from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tenancy.views.base import OrganizationView
from workspace.registry import TodayBlock, today_blocks


class TodayView(OrganizationView):
    """What the person has to do today: the blocks that the apps have registered, in their order."""

    permission_required = None

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.localtime()
        blocks = [
            {"key": block.key, "label": block.label, "html": html}
            for block in today_blocks
            if (html := self.render_block(block)) is not None
        ]
        context = {"greeting": greeting(now.hour), "now": now, "blocks": blocks}
        return render(request, "today.html", context)

    def render_block(self, block: TodayBlock) -> str | None:
        if block.permission and not self.viewer.can(block.permission):
            return None
        context = block.context(self.viewer)
        return None if context is None else render_to_string(block.template, {**context}, self.request)


def greeting(hour: int) -> str:
    """By the hour in the organisation's time zone."""
    if hour < 5:
        return pgettext("after midnight", "Good evening")
    if hour >= 18:
        return _("Good evening")
    if hour < 12:
        return _("Good morning")
    return _("Good afternoon")
