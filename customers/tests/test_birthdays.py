"""Birthdays in both calendars."""

# ruff: noqa: E501

from datetime import date, timedelta

import pytest
from borax.calendars.lunardate import LCalendars, LunarDate
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import Solar

from customers.birthdays import Birthday, read_lunar

DAYS = st.dates(date(1901, 3, 1), date(2090, 1, 1))


@given(DAYS)
def test_a_lunar_birthday_is_the_day_that_another_calendar_says_it_is(day):
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month = lunar.getMonth()
    birthday = Birthday(abs(month), lunar.getDay(), lunar.getYear(), lunar=True, leap=month < 0)
    assert birthday.born_on == day
    assert Birthday.parse(str(birthday)) == birthday
    assert len(str(birthday)) <= 24


@given(st.integers(1, 12), st.integers(1, 30), st.booleans(), DAYS)
def test_the_next_lunar_birthday_is_at_most_a_leap_year_ahead_and_falls_on_its_day(month, day, leap, today):
    birthday = Birthday(month, day, lunar=True, leap=leap)
    coming = birthday.next_on(today)
    assert timedelta(0) <= coming - today <= timedelta(days=385)
    kept = LunarDate.from_solar(coming)
    assert kept.month == month
    assert kept.day == min(day, LCalendars.ndays(kept.year, month, kept.leap))


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), DAYS)
def test_the_next_solar_birthday_is_its_day_or_the_last_of_february(born, today):
    birthday = Birthday.of(born, "")
    coming = birthday.next_on(today)
    assert timedelta(0) <= coming - today <= timedelta(days=366)
    assert (coming.month, coming.day) in {(born.month, born.day), (2, 28)}
    assert Birthday.parse(str(birthday)) == birthday and birthday.typed == ""


def test_the_rules_of_odd_days():
    assert Birthday(2, 29, 2000).in_year(2027) == date(2027, 2, 28)
    assert Birthday(2, 29, 2000).in_year(2028) == date(2028, 2, 29)
    # The twelfth month of the lunar year 2026 has 29 days.
    assert Birthday(12, 30, lunar=True).in_year(2026) == Birthday(12, 29, lunar=True).in_year(2026)
    # The lunar year 2025 has a leap sixth month, 2026 has none.
    leap = Birthday(6, 10, lunar=True, leap=True)
    assert (leap.in_year(2025), leap.in_year(2026)) == (date(2025, 8, 3), date(2026, 7, 23))


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29", "--02-30", "2023-13-01", "2023-00-10", "1799-12-31", "lunar 1899-01-01", "lunar 2100-01-01",
        "lunar 1985-08-31", "lunar --13-01", "lunar 1985-06-01 leap", "lunar 2024-01-30", "x", "", "1985-08", "--", "２月",
        "lunar 1985-\x00-01", "😀",
    ],
)  # fmt: skip
def test_days_that_do_not_exist_are_refused(text):
    with pytest.raises(ValidationError):
        Birthday.parse(text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("农历1985年八月十五", "lunar 1985-08-15"), ("阴历闰二月初一", "lunar --02-01 leap"), ("农历一九八五年腊月廿三", "lunar 1985-12-23"),
        ("农历正月三十", "lunar --01-30"), ("农历：冬月十一", "lunar --11-11"), ("lunar 1985-08-15", "lunar 1985-08-15"),
        ("旧历八月二十", "lunar --08-20"), ("农历 1985-8-15", "lunar 1985-08-15"), ("农历二〇〇一年闰四月初十", "lunar 2001-04-10 leap"),
    ],
)  # fmt: skip
def test_lunar_birthdays_as_people_write_them(text, stored):
    assert str(read_lunar(text)) == stored


@pytest.mark.parametrize(
    "text", ["农历", "农历八月", "农历八月四十", "农历2024年正月三十", "农历十三月初一", "lunar"]
)
def test_lunar_birthdays_that_say_too_little_or_too_much(text):
    with pytest.raises(ValidationError):
        read_lunar(text)


def test_what_is_not_lunar_is_left_to_others():
    assert read_lunar("1985-08-15") is None


def test_in_words():
    birthday = Birthday(8, 15, 1985, lunar=True)
    with override("zh-hans"):
        assert birthday.words() == "农历1985年八月十五"
        assert Birthday(6, 1, lunar=True, leap=True).words() == "农历闰六月初一"
        assert Birthday(5, 20).words() == "5月20日"
    with override("en"):
        assert birthday.words() == "lunar 15/8/1985"
