"""Contact details and numbers in the one form in which they are stored, compared and searched.

Used alike by the form, the importer, the demo and the benchmark. Costs on one core: a Chinese mobile 3 µs, an
email 2 µs, a foreign number about 60 µs (libphonenumber), a blind index 3 µs.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.countries import country_of_zone
from customers.enums import PointKind
from customers.text import clean_line, half_width
from tenancy.crypto import blind_index

if TYPE_CHECKING:
    import uuid

    from tenancy.models import Organization

POINT_LENGTH = 120

# The euro tells no country: a number without its country code counts as doubtful then.
_REGIONS = {"CNY": "CN", "HKD": "HK", "JPY": "JP", "SGD": "SG", "GBP": "GB", "USD": "US"}
_JUNK = re.compile(r"[\s\-‐‑–—.·()（）/_]+")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|,|;ext=|#)(\d{1,6})$", re.IGNORECASE)
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})\Z", re.ASCII)
_LANDLINE = re.compile(r"(?:(?:\+?86|0086)0?|0)((?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8})\Z", re.ASCII)
_SERVICE = re.compile(r"(?:\+?86)?([48]00\d{7})\Z", re.ASCII)
_DIGITS = re.compile(r"\+?\d{5,17}\Z", re.ASCII)
"""E.164 has at most 15, behind + or 00."""
_BEHIND = re.compile(r"((?<!\d)(?:0\d{2,3})?\d{7,8})[-‐‑–—](\d{1,5})\s*\Z", re.ASCII)
"""021-61234567-802: in China the extension follows the number of seven or eight digits."""
_WECHAT = re.compile(r"[a-z][-_a-z0-9]{5,19}\Z")
_NUMBER = re.compile(r"[A-Z0-9]{4,40}\Z", re.ASCII)
_BETWEEN = re.compile(r"[\s\-]+")


def region_of(organization: "Organization") -> str:
    """The region (ISO 3166-1 alpha-2) whose local phone numbers are typed without a country code; "ZZ" where neither the
    time zone nor the currency tells."""
    return country_of_zone(organization.timezone) or _REGIONS.get(organization.currency, "ZZ")


def phone(value: str, region: str = "CN") -> str:
    """E.164 ("+8613812345678", extension as ";ext=12"); the digits as typed where no country knows the number.

    Raises ValidationError when it cannot be a phone number.
    """
    text = half_width(value)
    if region == "CN" and (found := _BEHIND.search(text)):
        text = f"{text[: found.end(1)]}转{found[2]}"
    text, extension = _without_extension(_JUNK.sub("", text))
    number = (_chinese(text) if region == "CN" or text[:3] == "+86" else "") or _abroad(text, region)
    if not number:
        raise ValidationError(_("This does not look like a phone number."), code="phone")
    return f"{number};ext={extension}" if extension else number


def _without_extension(text: str) -> tuple[str, str]:
    if text.isdecimal():
        return text, ""
    found = _EXTENSION.search(text)
    return (text[: found.start()], found[1]) if found and found.start() >= 5 else (text, "")


def _chinese(text: str) -> str:
    found = _MOBILE.match(text) or _LANDLINE.match(text) or _SERVICE.match(text)
    return f"+86{found[1]}" if found else ""


@lru_cache(maxsize=4096)
def _abroad(text: str, region: str) -> str:
    if not _DIGITS.match(text):
        return ""
    # In China every number that begins with 0 or 1 and is valid has been recognised above.
    if region == "CN" and not text.startswith(("+", "00")):
        return text
    import phonenumbers

    try:
        number = phonenumbers.parse(text if text[0] != "0" or text[:2] != "00" else f"+{text[2:]}", region)
    except phonenumbers.NumberParseException:
        return text
    if phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return text


def phone_is_doubtful(number: str) -> bool:
    """Whether a stored number is one that no country's numbering knows: without a country code, or impossible in it."""
    plain = number.partition(";")[0]
    return not (_chinese(plain) if plain.startswith("+86") else _is_known(plain))


@lru_cache(maxsize=4096)
def _is_known(number: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def tail_of(number: str) -> str:
    """The last four digits of a normalised phone, by which people remember it; "" for a shorter one."""
    digits = number.partition(";")[0].lstrip("+")
    return digits[-4:] if len(digits) >= 7 else ""


_PLAIN_EMAIL = re.compile(
    r"[a-z0-9](?:[a-z0-9_+-]|\.(?!\.)){0,62}(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\Z"
)


def email(value: str) -> str:
    """Lower case. Raises ValidationError for what is not an address; nothing is asked of the network."""
    text = half_width(value).lower().removeprefix("mailto:")
    if _PLAIN_EMAIL.match(text) and len(text) <= POINT_LENGTH:
        return text
    return _unusual_email(text)


def _unusual_email(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text[:400], check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValidationError(_("This does not look like an email address."), code="email") from None
    if len(found.normalized) > POINT_LENGTH:
        raise ValidationError(_("This does not look like an email address."), code="email")
    return found.normalized.lower()


def wechat(value: str) -> str:
    """A WeChat id in lower case: 6 to 20 letters, digits, - and _; or the phone or QQ number that serves as one."""
    text = half_width(value).lower().replace(" ", "")
    if _WECHAT.match(text) or (text.isascii() and text.isdecimal() and 5 <= len(text) <= 20):
        return text
    message = _("A WeChat id has 6 to 20 letters, digits, hyphens or underscores.")
    raise ValidationError(message, code="wechat")


def point(kind: str, value: str, region: str = "CN") -> str:
    """A contact detail of `kind` (PointKind), normalised. Raises ValidationError."""
    if kind == PointKind.PHONE:
        return phone(value, region)
    return email(value) if kind == PointKind.EMAIL else wechat(value)


def identity_number(value: str) -> str:
    """An identity or registration number: capitals and digits only. Raises ValidationError."""
    return _number(value, _("An identity number has 4 to 40 letters and digits."))


def bank_account(value: str) -> str:
    """A bank account or IBAN: capitals and digits only. Raises ValidationError."""
    return _number(value, _("A bank account has 4 to 40 letters and digits."))


def _number(value: str, message) -> str:
    text = _BETWEEN.sub("", half_width(value)).upper()
    if text and not _NUMBER.match(text):
        raise ValidationError(message, code="number")
    return text


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_is_doubtful(number: str) -> bool:
    """A PRC identity number (GB 11643-1999, 18 digits) whose check digit is wrong. Others are not judged."""
    if len(number) != 18 or not number[:17].isdecimal() or not number.isascii():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] != number[17]


def name(value: str) -> str:
    return clean_line(value)


def value_index(kind: str, value: str, uid: "uuid.UUID") -> bytes:
    """The blind index by which a normalised contact detail is found exactly, 32 bytes. A phone's extension tells in the
    second half alone: search, which keeps the beginning of an index, finds a whole switchboard by its number."""
    place = f"customers_contactpoint.{kind}"
    index = blind_index(value, uid, place)
    number, extended, _extension = value.partition(";ext=")
    if not extended or kind != PointKind.PHONE:
        return index
    return blind_index(number, uid, place)[:16] + index[:16]


def tail_index(kind: str, value: str, uid: "uuid.UUID") -> bytes | None:
    """The blind index of a phone's last four digits; None for other kinds."""
    tail = tail_of(value) if kind == PointKind.PHONE else ""
    return blind_index(tail, uid, "customers_contactpoint.tail") if tail else None


def tail_query(digits: str, uid: "uuid.UUID") -> bytes:
    return blind_index(digits, uid, "customers_contactpoint.tail")


def identity_index(value: str, uid: "uuid.UUID") -> bytes | None:
    return blind_index(value, uid, "customers_customer.identity_number") if value else None


def bank_index(value: str, uid: "uuid.UUID") -> bytes | None:
    return blind_index(value, uid, "customers_customer.bank_account") if value else None
