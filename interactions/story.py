"""Contacts and plans in words, in the reader's language: lines of the timeline, notifications."""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.enums import ContactKind

Params = Mapping


def contact(params: Params) -> str:
    return _kind(params.get("kind", "")) + _next(params)


def plan_done(params: Params) -> str:
    return _("%(kind)s, as planned") % {"kind": _kind(params.get("kind", ""))} + _next(params)


def plan_made(params: Params) -> str:
    return _("%(kind)s planned for %(date)s") % _words(params)


def plan_postponed(params: Params) -> str:
    return _("%(kind)s moved from %(from)s to %(date)s") % _words(params)


def plan_cancelled(params: Params) -> str:
    return _("%(kind)s planned for %(date)s cancelled") % _words(params)


def owed(params: Params) -> str:
    n = params.get("n", 0)
    return ngettext("%(n)s customer is owed a contact", "%(n)s customers are owed a contact", n) % {"n": n}


def _words(params: Params) -> dict[str, str]:
    return {
        "kind": _kind(params.get("kind", "")),
        "date": _day(params.get("on", "")),
        "from": _day(params.get("from", "")),
    }


def _next(params: Params) -> str:
    if not params.get("next_on"):
        return ""
    what = params.get("next") or _kind(params.get("next_kind", ""))
    return _(" · next on %(date)s: %(what)s") % {"date": _day(params["next_on"]), "what": what}


def _kind(value: str) -> str:
    return str(ContactKind(value).label) if value in ContactKind.values else _("Contact")


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "—"
    return date_format(
        day, "MONTH_DAY_FORMAT" if day.year == timezone.localdate().year else "SHORT_DATE_FORMAT"
    )


def no_contact(days: int) -> str:
    """What a return rule of the public pools calls it."""
    return ngettext("no contact for %(n)s day", "no contact for %(n)s days", days) % {"n": days}
