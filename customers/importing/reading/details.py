"""Contact details, and all else of which a cell may hold several."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from customers import normalise
from customers.importing.contacts import DETAILS, KINDS
from customers.importing.reading.numbers import whole_number
from customers.importing.reading.texts import NOTHING, note
from customers.importing.unreadable import Unreadable
from customers.importing.values import Problem, Values
from customers.text import half_width

LISTS = frozenset({*KINDS, *DETAILS, "tags"})
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_SEVERAL = re.compile(r"[;；、，,\n]|\s/\s|\s:::\s|(?<=\d{7})/(?=[\d+])|(?<=\d{7})\s+(?=\+?\d{7})")


@dataclass(frozen=True)
class Several:
    """Columns whose cells make one list."""

    key: str
    columns: Sequence[int]
    parser: Callable[[str], str]

    def read(self, cells: list[str], values: Values, problems: list[Problem]) -> None:
        found: list[str] = []
        for column in self.columns:
            if not (raw := cells[column]):
                continue
            for part in _SEVERAL.split(raw) if not raw.isalnum() else (raw,):
                if not part or part in NOTHING:
                    continue
                try:
                    if (value := self.parser(part)) and value not in found:
                        found.append(value)
                except Unreadable as error:
                    note(problems, error, part, column)
        if found:
            values[self.key] = found


def phone(region: str, raw: str) -> str:
    if region == "CN" and _MOBILE.fullmatch(raw):
        return f"+86{raw}"
    text = whole_number(half_width(raw), "rounded_phone")
    if not text:
        return ""
    try:
        return normalise.phone(text, region)
    except ValidationError:
        raise Unreadable("bad_phone") from None


def email(raw: str) -> str:
    try:
        return normalise.email(raw) if raw.strip() else ""
    except ValidationError:
        raise Unreadable("bad_email") from None


def wechat(raw: str) -> str:
    try:
        return normalise.wechat(raw) if raw.strip() else ""
    except ValidationError:
        raise Unreadable("bad_wechat") from None
