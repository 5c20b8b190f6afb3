"""Birthdays as people give them: in the solar or the lunar calendar, with or without the year.

Lunar dates by `borax`, 1900–2100. A lunar birthday of the 30th falls on the 29th in a month that has no 30th; one of a leap
month falls in the ordinary month in years without it; 29 February falls on the 28th in common years.
"""

import re
from dataclasses import dataclass
from datetime import date

from borax.calendars.lunardate import LCalendars, LunarDate
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from customers.text import half_width

EARLIEST = date(1800, 1, 1)
FIRST_LUNAR, LAST_LUNAR = 1900, 2099
_LEAP_DAY = (2, 29)
_STORED = re.compile(r"(lunar )?(?:(\d{4})|-)-(\d{1,2})-(\d{1,2})( leap)?\Z", re.ASCII)

MONTHS = "正月 二月 三月 四月 五月 六月 七月 八月 九月 十月 冬月 腊月".split()
_DIGITS = "一二三四五六七八九"
DAYS = [
    *(f"初{digit}" for digit in _DIGITS), "初十", *(f"十{digit}" for digit in _DIGITS), "二十",
    *(f"廿{digit}" for digit in _DIGITS), "三十",
]  # fmt: skip


@dataclass(frozen=True)
class Birthday:
    """A day of the year, and the year of birth where it is known. `leap`: the lunar month was a leap month."""

    month: int
    day: int
    year: int | None = None
    lunar: bool = False
    leap: bool = False

    def __post_init__(self) -> None:
        """Raises ValidationError when there is, or was in that year, no such day."""
        fault = self._lunar_fault() if self.lunar else self._solar_fault()
        if fault:
            raise ValidationError(str(fault), code="no_such_day")

    @classmethod
    def parse(cls, text: str) -> "Birthday":
        """Read what `str()` writes: "1985-08-15", "--05-20", "lunar 1985-08-15", "lunar --02-01 leap". Or ValidationError."""
        found = _STORED.match(half_width(text))
        if not found:
            raise ValidationError(_("Give at least the month and the day."), code="incomplete")
        year = int(found[2]) if found[2] else None
        return cls(int(found[3]), int(found[4]), year, bool(found[1]), bool(found[1] and found[5]))

    @classmethod
    def of(cls, day: date | None, typed: str) -> "Birthday | None":
        """What a customer's columns `birthday` and `birthday_typed` say together."""
        if typed:
            return cls.parse(typed)
        return cls(day.month, day.day, day.year) if day else None

    def __str__(self) -> str:
        year = f"{self.year:04d}" if self.year else "-"
        text = f"{year}-{self.month:02d}-{self.day:02d}"
        return f"lunar {text}{' leap' if self.leap else ''}" if self.lunar else text

    @property
    def typed(self) -> str:
        """What the column `birthday_typed` holds: nothing where the solar date says it all."""
        return str(self) if self.lunar or self.year is None else ""

    @property
    def born_on(self) -> date | None:
        """The solar date of birth; None when the year is not known."""
        if self.year is None:
            return None
        if self.lunar:
            return LunarDate(self.year, self.month, self.day, int(self.leap)).to_solar_date()
        return date(self.year, self.month, self.day)

    def in_year(self, year: int) -> date:
        """The solar date on which the birthday of the solar, or lunar, year `year` is kept."""
        if not self.lunar:
            day = 28 if (self.month, self.day) == _LEAP_DAY and not _is_leap(year) else self.day
            return date(year, self.month, day)
        leap = self.leap and LCalendars.leap_month(year) == self.month
        last = LCalendars.ndays(year, self.month, int(leap))
        return LunarDate(year, self.month, min(self.day, last), int(leap)).to_solar_date()

    def next_on(self, today: date) -> date:
        """The first day, from `today` on, on which it is kept."""
        year = LunarDate.from_solar(today).year if self.lunar else today.year
        return next(day for day in (self.in_year(year), self.in_year(year + 1)) if day >= today)

    def words(self) -> str:
        """In the language in force."""
        if not self.lunar:
            if self.year:
                return date_format(date(self.year, self.month, self.day))
            return date_format(date(2000, self.month, self.day), "MONTH_DAY_FORMAT")
        if (get_language() or "").startswith("zh"):
            year = f"{self.year}年" if self.year else ""
            return f"农历{year}{'闰' if self.leap else ''}{MONTHS[self.month - 1]}{DAYS[self.day - 1]}"
        day = f"{self.day}/{self.month}" + (f"/{self.year}" if self.year else "")
        return gettext("lunar %(day)s (leap month)" if self.leap else "lunar %(day)s") % {"day": day}

    def _solar_fault(self) -> Promise | None:
        if self.year is not None and not EARLIEST.year <= self.year <= 9998:
            return _("The birthday lies too far back.")
        year = 2000 if self.year is None else self.year
        try:
            date(year, self.month, self.day)
        except ValueError:
            if (self.month, self.day) == _LEAP_DAY:
                return _("That year has no 29 February.")
            return _("There is no such day.")
        return None

    def _lunar_fault(self) -> Promise | None:
        if not (1 <= self.month <= 12 and 1 <= self.day <= 30):
            return _("There is no such day in the lunar calendar.")
        if self.year is None:
            return None
        if not FIRST_LUNAR <= self.year <= LAST_LUNAR:
            return _("Lunar dates are known from 1900 to 2099.")
        if self.leap and LCalendars.leap_month(self.year) != self.month:
            return _("That lunar year has no such leap month.")
        if self.day > LCalendars.ndays(self.year, self.month, int(self.leap)):
            return _("That lunar month had only 29 days.")
        return None


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


_LUNAR_WORD = re.compile(r"(?:农历|阴历|旧历|lunar)[:： ]*", re.IGNORECASE)
_LUNAR_DAY = re.compile(r"(?:闰|正月|腊月|冬月|月初[一二三四五六七八九十]|月[廿卅])")
"""What only a lunar date has."""
_BRACKETS = re.compile(r"[()（）]")
_NUMERAL = {digit: number for number, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
_YEAR = re.compile(r"((?:19|20)\d{2}|[一二][〇零○一二三四五六七八九]{3})(?:年|[-/.])?")
_MONTH = re.compile(r"(闰)?(正|冬|腊|[一二三四五六七八九十]{1,2}|\d{1,2})(?:月|[-/.])")
_DAY = re.compile(r"(?:初([一二三四五六七八九十])|([一二三四五六七八九十廿卅]{1,3})|(\d{1,2}))[日号]?\Z")
_NAMED_MONTHS = {"正": 1, "冬": 11, "腊": 12}


def read_lunar(text: str) -> Birthday | None:
    """A lunar birthday as people write it: "农历1985年八月十五", "1985-08-15（阴历）", "闰二月初一", "lunar 1985-08-15"; None
    when it is none.

    Raises ValidationError for a day that does not exist.
    """
    text = half_width(text).strip()
    if not _LUNAR_WORD.search(text) and not _LUNAR_DAY.search(text):
        return None
    rest = _BRACKETS.sub("", _LUNAR_WORD.sub("", text)).strip()
    if stored := _STORED.match(f"lunar {rest}"):
        return Birthday.parse(stored[0])
    year = _YEAR.match(rest)
    rest = rest[year.end() :] if year else rest
    month = _MONTH.match(rest)
    day = _DAY.match(rest[month.end() :]) if month else None
    if not month or not day:
        raise ValidationError(_("Give at least the month and the day."), code="incomplete")
    number = _NAMED_MONTHS.get(month[2]) or _number(month[2])
    return Birthday(
        number, _number(day[1] or day[2] or day[3]), _year(year[1]) if year else None, True, bool(month[1])
    )


def _year(text: str) -> int:
    return int("".join(str(_NUMERAL.get(digit, digit)) for digit in text))


def _number(text: str) -> int:
    """1 to 39: "十", "二十一", "廿三", "卅", or digits."""
    if text.isascii():
        return int(text)
    tens = {"廿": "二十", "卅": "三十"}.get(text[0])
    text = tens + text[1:] if tens else text
    before, ten, after = text.rpartition("十")
    if not ten:
        return _NUMERAL[text] if len(text) == 1 else 99
    return (_NUMERAL[before] if before else 1) * 10 + (_NUMERAL[after] if after else 0)
