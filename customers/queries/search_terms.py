"""What a search asks the documents of customers, of what a person has typed."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from customers import lexemes, normalise
from customers.enums import MatchedBy, PointKind
from customers.text import half_width
from tenancy.models import Organization

_NUMBER = re.compile(r"\+?[\d\s().\-]{4,24}(?:(?:转|分机|ext\.?|x|#)\s*\d{1,6})?\Z", re.ASCII | re.IGNORECASE)
_WORDS = (
    (MatchedBy.NAME, lexemes.NAME),
    (MatchedBy.READING, lexemes.NAME + lexemes.READING),
    (MatchedBy.ALIAS, lexemes.NAME + lexemes.READING + lexemes.ALIAS),
)


@dataclass(frozen=True)
class Asked:
    """What a text asks the documents, the surest first, each with what it would be found by."""

    leading: list[tuple[MatchedBy, str]]
    grades: list[tuple[MatchedBy, str]]
    """Of a match by words: by which of them."""
    parts: list[str]
    """The words, all of which have to be there, or one of `beside`, wherever they stand."""
    beside: list[str]

    @property
    def anywhere(self) -> list[str]:
        return [" | ".join([" & ".join(self.parts), *self.beside])] if self.parts else []

    @property
    def queries(self) -> list[str]:
        return [query for _way, query in (*self.leading, *self.grades)]

    def named(self, found: Iterable[tuple[uuid.UUID, int]]) -> dict[uuid.UUID, MatchedBy]:
        """`found`, whose places count from one, behind the queries for the words of somebody else and for tags."""
        ways = [way for way, _query in (*self.leading, *self.grades)] + [MatchedBy.PERSON, MatchedBy.TAG]
        return {key: ways[place - 1] for key, place in found}


def asked_of(organization: Organization, text: str, *, exact: bool) -> Asked:
    key, leading = organization.pk, numbers_of(organization, text) if exact else []
    parts, beside = lexemes.text_parts(key, text)
    if not parts:
        return Asked(leading, [], [], [])
    leading += [
        (MatchedBy.EXACT, lexemes.head_query(key, text, whole=True)),
        (MatchedBy.BEGINNING, lexemes.head_query(key, text)),
    ]
    grades = [(way, lexemes.text_query(key, text, weights)) for way, weights in _WORDS]
    return Asked([(way, query) for way, query in leading if query], grades, parts, beside)


def numbers_of(organization: Organization, text: str) -> list[tuple[MatchedBy, str]]:
    """The queries of what was typed as a whole number or address, each with what it would be found by. Also of a kind that
    the organisation no longer collects: who knows the number is shown nothing more, and enters nobody twice."""
    uid, typed, key = organization.uid, half_width(text), organization.pk
    found = []
    for kind, way in _kinds(typed):
        try:
            value = normalise.point(kind, typed, normalise.region_of(organization))
        except ValidationError:
            continue
        found.append((way, lexemes.index_query(key, normalise.value_index(kind, value, uid))))
    if typed.isascii() and typed.isdecimal() and len(typed) == 4:
        found.append((MatchedBy.TAIL, lexemes.index_query(key, normalise.tail_query(typed, uid), tail=True)))
    if len(typed) >= 8 and typed.isascii():
        found += [(way, lexemes.index_query(key, index)) for way, index in _number_indexes(typed, uid)]
    return found


def _kinds(typed: str) -> Iterable[tuple[PointKind, MatchedBy]]:
    if _NUMBER.match(typed):
        yield PointKind.PHONE, MatchedBy.PHONE
    if "@" in typed:
        yield PointKind.EMAIL, MatchedBy.EMAIL
    elif typed.isascii() and len(typed) >= 6 and " " not in typed:
        yield PointKind.WECHAT, MatchedBy.WECHAT


def _number_indexes(typed: str, uid: uuid.UUID) -> list[tuple[MatchedBy, bytes]]:
    try:
        number = normalise.identity_number(typed)
    except ValidationError:
        return []
    if sum(c.isdigit() for c in number) < 8:
        return []
    found = (
        (MatchedBy.IDENTITY, normalise.identity_index(number, uid)),
        (MatchedBy.BANK, normalise.bank_index(number, uid)),
    )
    return [(way, index) for way, index in found if index]
