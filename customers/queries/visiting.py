"""Whether a customer wants to be visited at a moment."""

import uuid
from datetime import date, time

from django.utils.translation import gettext as _

from customers.fields import UNSUITABLE_TIMES
from customers.models import UnsuitableTime
from customers.queries.field_policy import is_hidden


def unsuitable_time(customer: uuid.UUID, day: date, at: time | None) -> UnsuitableTime | None:
    """The unsuitable time into which `at` on `day` (the organisation's own) falls; without a time of day, only one that
    takes the whole of the day's working hours, 9 to 18, counts. None where such times are not collected. One query."""
    for one in UnsuitableTime.objects.filter(~is_hidden(UNSUITABLE_TIMES), customer=customer):
        if one.weekday not in (None, day.weekday()):
            continue
        if one.starts <= at < one.ends if at else one.starts <= time(9) and one.ends >= time(18):
            return one
    return None


def unsuitable_words(found: UnsuitableTime) -> str:
    """Why not then, in the language in force."""
    words = {
        "day": found.get_weekday_display() if found.weekday is not None else _("Every day"),
        "from": f"{found.starts:%H:%M}",
        "until": f"{found.ends:%H:%M}",
    }
    text = _("The customer is not to be visited then: %(day)s, %(from)s–%(until)s.") % words
    return f"{text} {found.note}".strip()
