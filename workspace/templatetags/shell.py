"""Small pieces of HTML that every page uses. A builtin tag library: no `{% load %}` needed."""

from datetime import datetime
from functools import lru_cache
from zlib import crc32

from django import template
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tenancy import counting
from workspace.frame import count_slot, render_frame
from workspace.queries.counts import shown
from workspace.toasts import CLEARS, LINK, UNDO

register = template.Library()

AVATAR_COLOURS = 6
NATIVE_NAMES = {"zh-hans": "简体中文", "en": "English"}
CSRF, NEXT = "{CSRF}", "{NEXT}"
TOAST_LOOKS = {
    constants.SUCCESS: "success",
    constants.WARNING: "warning",
    constants.ERROR: "danger",
}


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("vendor/icons.svg")


@lru_cache(maxsize=1024)
def _icon(name: str, css: str) -> SafeString:
    classes = f"icon {css}" if css else "icon"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, _sprite(), name
    )


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A Tabler icon. Decorative: whatever carries it needs a text or an aria-label of its own."""
    return _icon(name, css)


@register.simple_tag
def badge(text: object, tone: str = "neutral", icon: str = "") -> SafeString:
    """A status word. Tones: neutral, green, blue, amber, red, purple."""
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, _icon(icon, "") if icon else "", text)


@register.simple_tag
def native_languages() -> list[tuple[str, str]]:
    """Each language in its own name."""
    return [(code, NATIVE_NAMES.get(code, str(name))) for code, name in settings.LANGUAGES]


def initials(name: str) -> str:
    """Two letters for "Ada Lovelace", the given name for 王小明 (小明), as Chinese offices write them."""
    words = name.split()
    if not words:
        return "?"
    if ord(words[0][0]) > 0x2E80:
        return words[0][-2:]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def avatar(name: object, size: str = "") -> SafeString:
    """Initials in a circle, decorative. Sizes: "sm", "" and "lg"."""
    text = str(name or "")
    colour = crc32(text.encode()) % AVATAR_COLOURS
    css = f"face face-{colour} face-{size}" if size else f"face face-{colour}"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, initials(text))


def _past(seconds: int) -> str:
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", seconds // 60) % {"n": seconds // 60}
    return ngettext("%(n)d hour ago", "%(n)d hours ago", seconds // 3600) % {"n": seconds // 3600}


@lru_cache(maxsize=4096)
def _dated(minute: datetime, language: str | None) -> tuple[str, str, str]:
    """The day, the day with its year, and all of it. What stands in one list often happened within a minute."""
    formats = ("MONTH_DAY_FORMAT", "SHORT_DATE_FORMAT", "DATETIME_FORMAT")
    day, dated, full = (date_format(minute, one) for one in formats)
    return day, dated, full


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """`<time>`: "5 minutes ago" within the day, then the date; the exact time in the tooltip."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    now = timezone.localtime()
    seconds = int((now - local).total_seconds())
    day, dated, full = _dated(local.replace(second=0, microsecond=0, tzinfo=None), get_language())
    if 0 <= seconds < 86400:
        text = _past(seconds)
    else:
        text = dated if local.year != now.year else day
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full, text
    )


@register.simple_tag
def progress(value: int, maximum: int = 100, label: str = "") -> SafeString:
    return format_html(
        '<progress class="bar" value="{}" max="{}" aria-label="{}"></progress>',
        value,
        maximum,
        label or _("Progress"),
    )


@register.simple_block_tag
def card(content: str, title: str = "", icon: str = "", css: str = "", id: str = "") -> SafeString:
    """A titled panel. Without a title it is a bare panel."""
    heading = ""
    if title:
        heading = format_html(
            '<header class="panel-head"><h2>{}{}</h2></header>', _icon(icon, "") if icon else "", title
        )
    anchor = format_html(' id="{}"', id) if id else ""
    return format_html('<section class="panel {}"{}>{}{}</section>', css, anchor, heading, content)


@register.simple_block_tag
def dialog(content: str, id: str, title: str, size: str = "") -> SafeString:
    """A native `<dialog>`, opened by `data-dialog="<id>"` on a button. Sizes: "", "wide", "side"."""
    return format_html(
        '<dialog id="{id}" class="sheet {size}" aria-labelledby="{id}-title">'
        '<header class="sheet-head"><h2 id="{id}-title">{title}</h2>{close}</header>{content}</dialog>',
        id=id,
        size=f"sheet-{size}" if size else "",
        title=title,
        close=_close_button(),
        content=content,
    )


@register.simple_tag
def dialog_close() -> SafeString:
    return _close_button()


def _close_button() -> SafeString:
    return format_html(
        '<button type="button" class="btn-quiet" data-dialog-close aria-label="{}">{}</button>',
        _("Close"),
        _icon("x", ""),
    )


@register.simple_block_tag
def menu(
    content: str, label: str = "", icon: str = "", css: str = "", name: str = "", align: str = "end"
) -> SafeString:
    """A dropdown of links and buttons (class "menu-item"). Give `label`, or `icon` with `name` to be read out."""
    face = format_html("{}{}", _icon(icon, "") if icon else "", label)
    if label:
        face = format_html("{}{}", face, _icon("chevron-down", "icon-sm"))
    title = format_html(' aria-label="{}" title="{}"', name, name) if name else ""
    return format_html(
        '<details class="menu menu-{}" data-menu><summary class="{}"{}>{}</summary>'
        '<div class="menu-panel">{}</div></details>',
        align,
        css or ("btn" if label else "btn-quiet"),
        title,
        face,
        content,
    )


@register.inclusion_tag("components/toast.html")
def server_toast(message: Message) -> dict:
    words = (message.extra_tags or "").split()
    found = {
        prefix: word.removeprefix(prefix)
        for prefix in (UNDO, CLEARS, LINK)
        for word in words
        if word.startswith(prefix)
    }
    return {
        "message": conditional_escape(message.message),
        "level": TOAST_LOOKS.get(message.level, "info"),
        "undo_url": found.get(UNDO, ""),
        "clears": found.get(CLEARS, ""),
        "link": found.get(LINK, ""),
    }


@register.simple_tag(takes_context=True)
def frame(context: template.Context, name: str) -> SafeString:
    """A part of the frame that depends on rights and language alone."""
    shell = context["shell"]
    text = render_frame(name, shell.frame)
    if "{COUNT:" not in text:
        return text
    for key in shell.frame.places:
        text = text.replace(count_slot(key), nav_count(shell.counts.get(key, 0)))
    return mark_safe(text)  # noqa: S308 - our own template, and numbers


@register.filter
def capped(count: int) -> str:
    """A number that was counted as far as anybody reads: "1,000+" stands for more."""
    return counting.capped(count)


def nav_count(n: int) -> SafeString | str:
    """The number behind a line of the navigation; nothing for none."""
    if not n:
        return ""
    return format_html('<span class="nav-count">{}</span>', shown(n))


@lru_cache(maxsize=32)
def _furniture(name: str, language: str | None) -> SafeString:
    return render_to_string(name)


@register.simple_tag(takes_context=True)
def furniture(context: template.Context, name: str) -> SafeString:
    """A part of the page that depends on the language alone, rendered once; CSRF and NEXT are put in."""
    text = render_to_string(name) if settings.DEBUG else _furniture(name, get_language())
    if CSRF not in text:
        return text
    # Both values are escaped or a token of letters and digits; the rest is our own template.
    request = context.get("request")
    path = request.get_full_path() if request else "/"
    return mark_safe(text.replace(CSRF, str(context.get("csrf_token", ""))).replace(NEXT, escape(path)))  # noqa: S308
