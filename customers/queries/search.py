"""Finding customers by whatever a person remembers: part of a name, its reading, a code, a phone, an email."""

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import (
    BooleanField,
    Case,
    F,
    Func,
    IntegerField,
    QuerySet,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Lower

from customers import lexemes, normalise
from customers.enums import PointKind
from customers.models import Customer
from customers.queries.lookups import may_look_up
from customers.text import half_width
from tenancy.access import Viewer
from tenancy.context import current_organization
from tenancy.models import Organization

MOST = 500
"""A search gives the names that begin with the text, then the newest matches, at most this many of each."""
LONGEST = 100

_NUMBER = re.compile(r"\+?[\d\s().\-]{4,24}\Z", re.ASCII)


class _Found(Func):
    """The ids that the search function answers, as one array: the planner looks each up, and cannot join them crosswise
    with a small table first, as it does with a subquery."""

    function = "customers_search"
    template = "ARRAY(SELECT %(function)s(%(expressions)s))"
    output_field = UUIDField()


class _AnyOf(Func):
    """Whether the first expression is an element of the second, an array."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()
    conditional = True


class _Texts(Func):
    template = "ARRAY[%(expressions)s]::text[]"
    output_field = TextField()


def found_by(
    rows: QuerySet[Customer], text: str, viewer: Viewer, permission: str, *, archived: bool = False
) -> QuerySet[Any]:
    """Those of `rows` that match `text`, with `rank`: 0 exact name, 1 name begins with it, 2 any other way.

    `rows` must already be limited to what `viewer` may see; the scope goes into the search besides, so that its bound
    counts rows within reach. Archived customers are left out unless `archived`.
    """
    text = text.replace("\x00", "")
    typed = lexemes.folded_line(text)
    rank = Case(
        When(name_folded=typed, then=0),
        When(name_folded__startswith=typed, then=1),
        default=2,
        output_field=IntegerField(),
    )
    ranked = rows.annotate(name_folded=Lower("name")).annotate(rank=rank)
    queries = search_queries(text, viewer, permission, archived=archived)
    if not queries:
        return ranked.none()
    wanted = _Texts(*(Value(query) for query in queries))
    return ranked.filter(_AnyOf(F("pk"), _Found(wanted, Value(MOST))))


def search_queries(text: str, viewer: Viewer, permission: str, *, archived: bool = False) -> list[str]:
    """The texts of the queries that `customers_search` is to run; none when nothing can match."""
    organization = current_organization()
    limits = _limits(organization, viewer, permission, archived)
    if limits is None:
        return []
    wanted = _what(organization, text[:LONGEST], exact=not is_limited(text, viewer))
    return [" & ".join([f"({query})", *limits]) for query in wanted]


def _limits(organization: Organization, viewer: Viewer, permission: str, archived: bool) -> list[str] | None:
    reach = viewer.reach(permission)
    if reach is None:
        return None
    limits = [] if reach.everyone else [f"({lexemes.owner_query(organization.pk, reach.members)})"]
    return limits if archived else [*limits, lexemes.present_query(organization.pk)]


def is_limited(text: str, viewer: Viewer) -> bool:
    """Whether `text` is a number or an address, and `viewer`, who sees them masked, has tried out too many."""
    typed = half_width(text[:LONGEST]).strip()
    is_number = "@" in typed or sum(c.isdigit() for c in typed) >= 4
    return is_number and not may_look_up(viewer, [typed])


def _what(organization: Organization, text: str, *, exact: bool = True) -> list[str]:
    """What is meant: a number or an address as a whole (unless not `exact`), or words."""
    words = lexemes.text_query(organization.pk, text)
    number = lexemes.index_query(organization.pk, *_indexes(organization, text)) if exact else ""
    either = " | ".join(f"({query})" for query in (number, words) if query)
    leading = lexemes.head_query(organization.pk, text) if words and not number else ""
    return [query for query in (leading, either) if query]


def _indexes(organization: Organization, text: str) -> tuple[list[bytes], list[bytes]]:
    uid, typed = organization.uid, half_width(text)
    values: list[bytes] = []
    tails: list[bytes] = []
    for kind in _kinds(typed):
        try:
            value = normalise.point(kind, typed, normalise.region_of(organization))
        except ValidationError:
            continue
        values.append(normalise.value_index(kind, value, uid))
    if typed.isascii() and typed.isdecimal() and len(typed) == 4:
        tails.append(normalise.tail_query(typed, uid))
    if len(typed) >= 8 and typed.isascii():
        values += _number_indexes(typed, uid)
    return values, tails


def _kinds(typed: str) -> Iterable[str]:
    if _NUMBER.match(typed):
        yield PointKind.PHONE
    if "@" in typed:
        yield PointKind.EMAIL
    elif typed.isascii() and len(typed) >= 6 and " " not in typed:
        yield PointKind.WECHAT


def _number_indexes(typed: str, uid: uuid.UUID) -> list[bytes]:
    try:
        number = normalise.identity_number(typed)
    except ValidationError:
        return []
    if sum(c.isdigit() for c in number) < 8:
        return []
    found = (normalise.identity_index(number, uid), normalise.bank_index(number, uid))
    return [index for index in found if index]


def search_among(rows: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Those of `rows` that match `text`, best first, whoever looks: for pages that judge access by themselves."""
    organization = current_organization()
    queries = _what(organization, text[:LONGEST])
    if not queries:
        return rows.none()
    wanted = _Texts(*(Value(query) for query in queries))
    return rows.filter(_AnyOf(F("pk"), _Found(wanted, Value(MOST)))).order_by("name_key", "pk")
