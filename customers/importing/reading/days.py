"""Days of a customer: of birth, solar or lunar, with a year or without; of what was done."""

import re
from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError

from customers.birthdays import Birthday, read_lunar
from customers.importing.dates import read_date
from customers.importing.unreadable import Unreadable
from customers.importing.values import Values
from customers.text import half_width

FIRST_CONSENT = date(1990, 1, 1)
_EARLIEST = date(1850, 1, 1)
_LUNAR = re.compile("农历|阴历|旧历|lunar", re.IGNORECASE)
_NO_YEAR = re.compile(r"(?:-?-)?(\d{1,2})[-/月](\d{1,2})[日号]?", re.ASCII)


def past_day(day_first: bool, today: date, raw: str, earliest: date = _EARLIEST) -> str:
    """ISO."""
    day = read_date(half_width(raw), day_first=day_first)
    if day is None:
        raise Unreadable("bad_date")
    if day > today:
        raise Unreadable("date_future")
    if day < earliest:
        raise Unreadable("date_past")
    return day.isoformat()


def birthday(day_first: bool, today: date, raw: str) -> str:
    """ISO for a solar date; what `Birthday` writes for a lunar one or one without a year."""
    text = half_width(raw)
    if read_date(text, day_first=day_first) is None:
        return _unusual_birthday(text, today)
    return past_day(day_first, today, raw)


def _unusual_birthday(text: str, today: date) -> str:
    try:
        found = read_lunar(text)
        if found is None and (parts := _NO_YEAR.fullmatch(text)):
            found = Birthday(int(parts[1]), int(parts[2]))
    except ValidationError as error:
        raise Unreadable("no_such_day" if error.code == "no_such_day" else "bad_date") from None
    if found is None:
        raise Unreadable("bad_date")
    day = found.born_on
    if day and day > today:
        raise Unreadable("date_future")
    return found.typed


def is_lunar(heading: str) -> bool:
    return _LUNAR.search(heading) is not None


def lunar_birthday(read: Callable[[str], str], raw: str) -> str:
    """Under a heading that says so, every date is lunar."""
    return read(raw if is_lunar(raw) or not raw.strip() else f"农历{raw.strip()}")


def unusual(typed: str) -> bool:
    """Whether `birthday` has read one that is lunar or without a year."""
    return not typed[0].isdigit()


def born(typed: str) -> Values:
    """The values of such a birthday."""
    day = Birthday.parse(typed).born_on
    return {"birthday_typed": typed, **({"birthday": day.isoformat()} if day else {})}
