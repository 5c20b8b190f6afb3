"""Dates as people and programs write them."""

import re
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]\d{1,2}:\d{2}.*)?", re.ASCII)
_COMPACT = re.compile(r"(1[89]\d{2}|20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", re.ASCII)
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?: \d{1,2}:\d{2}.*)?", re.ASCII)
_WORDS = re.compile(
    r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ ,-]+(\d{4})|([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})", re.ASCII
)
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?", re.ASCII)
_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}


def read_date(text: str, *, day_first: bool = False) -> date | None:
    """None for what is no date. `day_first` decides 3/4/2024; a number above 12 decides by itself.

    A bare number of five digits is the day count of a spreadsheet.
    """
    try:
        if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _GERMAN.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _SLASHED.fullmatch(text):
            return _slashed(int(found[1]), int(found[2]), int(found[3]), day_first)
        if found := _WORDS.fullmatch(text):
            return _worded(found)
        if found := _SERIAL.fullmatch(text):
            return date(1899, 12, 30) + timedelta(days=int(found[1]))
    except (ValueError, OverflowError):
        pass
    return None


def _slashed(first: int, second: int, year: int, day_first: bool) -> date:
    if first > 12 or (day_first and second <= 12):
        return date(year, second, first)
    return date(year, first, second)


def _worded(found: re.Match[str]) -> date | None:
    day, name, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    month = _MONTHS.get(name[:3].lower())
    return date(int(year), month, int(day)) if month else None
