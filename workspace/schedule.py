"""When work that comes round is due: in the organisation's own time."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tenancy.models import Organization

NextDue = Callable[[Organization, datetime], datetime | None]


def nightly(hour: int = 2, minute: int = 0) -> NextDue:
    """Every night at this hour of the organisation. A clock change neither skips nor doubles a night."""

    def next_due(organization: Organization, now: datetime) -> datetime:
        zone = ZoneInfo(organization.timezone)
        day = now.astimezone(zone).date()
        due = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
        if due <= now:
            due = datetime.combine(day + timedelta(days=1), time(hour, minute), zone).astimezone(UTC)
        return due

    return next_due


def every(**interval: float) -> NextDue:
    """`every(minutes=5)` after the last run."""
    step = timedelta(**interval)
    return lambda organization, now: now + step


def on_request(organization: Organization, now: datetime) -> None:
    """Only when something asks for it (`workspace.actions.due.make_due`)."""
    return None
