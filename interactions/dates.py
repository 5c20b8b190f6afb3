"""Days as people name them: tomorrow, next week, next month. All in the organisation's own time."""

from calendar import monthrange
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Ahead(TextChoices):
    """How far ahead the next step lies."""

    TOMORROW = "tomorrow", _("Tomorrow")
    DAYS = "days", _("In 3 days")
    WEEK = "week", _("Next week")
    MONTH = "month", _("Next month")


def day_ahead(ahead: str, today: date | None = None) -> date:
    """The day that `ahead` names. A month ahead of 31 January is the last day of February."""
    today = today or timezone.localdate()
    if ahead == Ahead.MONTH:
        year, month = (today.year, today.month + 1) if today.month < 12 else (today.year + 1, 1)
        return date(year, month, min(today.day, monthrange(year, month)[1]))
    return today + timedelta(days={Ahead.TOMORROW: 1, Ahead.DAYS: 3, Ahead.WEEK: 7}[Ahead(ahead)])


def monday(today: date | None = None) -> date:
    today = today or timezone.localdate()
    return today - timedelta(days=today.weekday())
