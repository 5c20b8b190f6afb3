"""Days where the organisation is."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tenancy.context import current_organization


def start_of_day(day: date) -> datetime:
    """The moment at which the day begins where the organisation is."""
    return datetime.combine(day, time.min, ZoneInfo(current_organization().timezone))
