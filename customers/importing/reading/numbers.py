"""Numbers: of identities, of accounts, of kilometres; and what spreadsheets do to long ones."""

import re

from django.core.exceptions import ValidationError

from customers import normalise
from customers.importing.unreadable import Unreadable
from customers.text import half_width

FARTHEST = 50_000
"""Kilometres."""
_DIGITS = 15  # that a spreadsheet keeps of a number
_EXPONENT = re.compile(r"(\d(?:\.(\d+))?)[eE]\+?(\d{1,2})", re.ASCII)
_LENGTH = re.compile(r"(\d{1,8}(?:\.\d{1,4})?) ?(km|m|公里|千米|米)?", re.ASCII | re.IGNORECASE)


def whole_number(text: str, code: str) -> str:
    """Undo what a spreadsheet does to long numbers: "13800138000.0", "1.3800138E+10". Raises when digits were lost."""
    whole, point, decimals = text.partition(".")
    if point and whole.isdigit() and decimals and not decimals.strip("0"):
        return whole
    if found := _EXPONENT.fullmatch(text):
        decimals, power = found[2] or "", int(found[3])
        if len(decimals) < 8 or len(decimals) > power or power >= _DIGITS:
            raise Unreadable(code)
        return found[1].replace(".", "") + "0" * (power - len(decimals))
    return text


def identity(raw: str) -> str:
    text = whole_number(half_width(raw), "rounded_identity")
    try:
        number = normalise.identity_number(text)
    except ValidationError:
        raise Unreadable("bad_identity") from None
    if number.endswith("000") and normalise.identity_is_doubtful(number):
        raise Unreadable("rounded_identity")
    return number


def bank(raw: str) -> str:
    text = whole_number(half_width(raw), "rounded_identity")
    try:
        return normalise.bank_account(text)
    except ValidationError:
        raise Unreadable("bad_bank") from None


def distance(raw: str) -> int:
    """Kilometres ("12.5", "800m", "3 公里") as metres. 0 counts as not given."""
    found = _LENGTH.fullmatch(half_width(raw))
    if not found:
        raise Unreadable("bad_distance")
    metres = round(float(found[1]) * (1 if found[2] in ("m", "米") else 1000))
    if metres > FARTHEST * 1000:
        raise Unreadable("bad_distance")
    return metres
