"""What happens with public pools in words: lines of the timeline, notes, suggestions."""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.enums import PoolReason
from customers.models.labels import in_language
from customers.pools import return_rules


def pool_name(params: Mapping) -> str:
    labels = params.get("pool", {})
    return in_language(labels.get("zh", ""), labels.get("en", ""))


def neglect(rule: str, days: int) -> str:
    """What was neglected: "no contact for 90 days"; nothing when the floor that answers it is not there."""
    return return_rules[rule].words(days) if rule in return_rules else ""


def no_order(days: int) -> str:
    """What the return rule that counts from the last order calls it."""
    return ngettext("no order for %(n)s day", "no order for %(n)s days", days) % {"n": days}


def pooled(params: Mapping) -> str:
    pool = {"pool": pool_name(params)}
    reason = params.get("reason")
    if reason == PoolReason.RULE:
        text = _("Returned to the pool “%(pool)s”") % pool
        why = neglect(params.get("rule", ""), params.get("days", 0))
        return _("%(text)s: %(why)s") % {"text": text, "why": why} if why else text
    if reason == PoolReason.PUT_BACK:
        return _("Put back into the pool “%(pool)s”") % pool
    if reason == PoolReason.UNOWNED:
        return _("Came into the pool “%(pool)s”: nobody owned it") % pool
    return _("Moved to the pool “%(pool)s”") % pool


def claimed(params: Mapping) -> str:
    words = {"pool": pool_name(params), "name": params.get("name", "")}
    if params.get("assigned"):
        return _("Given to %(name)s from the pool “%(pool)s”") % words
    return _("Claimed by %(name)s from the pool “%(pool)s”") % words


def kept(params: Mapping) -> str:
    if not params.get("until"):
        return _("May return to the pool again")
    return _("Kept from returning to the pool until %(day)s") % {"day": _day(params["until"])}


def about_to_return(params: Mapping) -> str:
    n = params.get("n", 0)
    text = ngettext(
        "%(n)s of your customers returns to the pool on %(day)s unless you keep it",
        "%(n)s of your customers return to the pool on %(day)s unless you keep them",
        n,
    )
    return text % {"n": n, "day": _day(params.get("day", ""))}


def returned(params: Mapping) -> str:
    n = params.get("n", 0)
    text = ngettext(
        "%(n)s of your customers returned to the pool", "%(n)s of your customers returned to the pool", n
    )
    return text % {"n": n}


def team_returned(params: Mapping) -> str:
    n = params.get("n", 0)
    text = ngettext(
        "%(n)s customer of your department returned to the pool",
        "%(n)s customers of your department returned to the pool",
        n,
    )
    return text % {"n": n}


def assigned(params: Mapping) -> str:
    n = params.get("n", 0)
    text = ngettext(
        "%(n)s customer from the pool was assigned to you",
        "%(n)s customers from the pool were assigned to you",
        n,
    )
    return text % {"n": n}


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT") if text else ""
