"""Finding customers by whatever a person remembers: part of a name, its reading, another name, a code, a phone, an email."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Case, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from customers import lexemes
from customers.enums import MatchedBy
from customers.models import Customer
from customers.queries.alike import spelt_alike, two_letters_off
from customers.queries.lookups import TooManyLookups, may_look_up
from customers.queries.search_terms import Asked, asked_of
from customers.queries.tags import tag_label
from customers.registry import search_boosts
from customers.text import half_width
from tenancy.access import Reach, Viewer
from tenancy.context import current_organization, current_organization_id
from tenancy.db import arrays
from tenancy.models import Membership, Organization

MOST = 400
"""A search gives the names that begin with the text, then the newest matches, at most this many of each."""
LONGEST = 100
MOST_AMONG = 1_000
"""Of a list narrowed to no more than these, all are asked, not the newest matches of everybody alone."""
FEW = 3
"""With fewer matches than these, those that are spelt alike are looked for as well."""

_STEP = 4
"""Between two ways of finding there is room for whose it is, and for what is new."""
_ORDER = {way: place for place, way in enumerate(MatchedBy)}
_SURE = frozenset(list(MatchedBy)[: _ORDER[MatchedBy.READING]])
"""Who finds by one of these has mistyped nothing."""
# Where several words as they stand find as many as are wanted, what begins like them is not looked for: of common beginnings
# the index reads a hundred thousand entries. Tags are looked up along with the customers: `tagged` is the place of who has
# one whose label begins with the text.
_TAGS = """
SELECT '(' || string_agg(quote_literal(organization_id || ':~' || replace(id::text, '-', '')), ' | ') || ')' AS query
FROM customers_tag WHERE organization_id = %(organization)s AND %(label)s <> '' AND (
    (key_zh >= %(label)s AND key_zh < %(beyond)s) OR (key_en >= %(label)s AND key_en < %(beyond)s))
HAVING count(*) > 0
"""
_FIND = f"""
WITH sure AS MATERIALIZED (
    SELECT customer, cardinality(%(foremost)s::text[]) + place AS place
    FROM customers_search('{{}}', %(whole)s, %(grades)s::text[], %(most)s)
), is_left AS MATERIALIZED (
    SELECT CASE WHEN count(*) < %(most)s THEN %(parts)s::text[] ELSE '{{}}' END AS parts,
        CASE WHEN count(*) < %(most)s THEN %(beside)s::text[] ELSE '{{}}' END AS beside FROM sure
)
SELECT customer, min(place) FROM (
    SELECT customer, place FROM sure
    UNION ALL
    SELECT f.customer, f.place FROM is_left CROSS JOIN LATERAL customers_search(
        %(foremost)s::text[], is_left.parts, is_left.beside, %(limits)s::text[], %(grades)s::text[], %(most)s) f
    UNION ALL
    SELECT t.customer, %(tagged)s FROM ({_TAGS}) tags CROSS JOIN LATERAL customers_search(
        '{{}}', array_to_string(tags.query || %(limits)s::text[], ' & '), '{{}}', %(most)s) t
) found GROUP BY customer
"""  # noqa: S608 - made of constants
# Of a list that was narrowed to a few; nothing here stands for itself in it but the list.
_AMONG = f"""
WITH narrowed AS MATERIALIZED (SELECT array_agg(n.pk) AS keys, count(*) AS held FROM (%(narrowed)s) n (pk)
), asked AS MATERIALIZED (
    SELECT query::tsquery, place FROM unnest(%%(queries)s::text[] || ARRAY({_TAGS.replace("%", "%%")}))
        WITH ORDINALITY AS a(query, place)
), whole AS MATERIALIZED (SELECT string_agg('(' || query::text || ')', ' | ')::tsquery AS query FROM asked)
SELECT narrowed.held, s.customer_id, (SELECT min(place) FROM asked WHERE s.document @@ asked.query)
FROM narrowed CROSS JOIN whole LEFT JOIN customers_customersearch s ON s.organization_id = %%(organization)s
    AND s.customer_id = ANY(CASE WHEN narrowed.held <= %%(most)s THEN narrowed.keys END) AND s.document @@ whole.query
"""  # noqa: S608 - made of constants


class _Among(Func):
    """Whether the key is one of an array of keys: one parameter, whatever their number."""

    template = "%(expressions)s::uuid[])"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def _among(keys: Iterable[uuid.UUID]) -> _Among:
    return _Among(F("pk"), Value(arrays.keys(keys)))


@dataclass(frozen=True)
class Matches:
    """What a search has found, and how: at most some hundreds, within the viewer's scope, of all or of a list of few."""

    text: str
    by: dict[uuid.UUID, MatchedBy]
    member: Membership | None = None
    is_whole: bool = True
    """Whether there are no others."""

    def narrow(self, rows: QuerySet[Customer]) -> QuerySet[Any]:
        """Those of `rows` that were found, with `score`: the better the match the higher, the viewer's own before others,
        those with something new (`search_boosts`) before those without."""
        if not self.by:
            return rows.annotate(score=Value(0)).none()
        ways: dict[MatchedBy, list[uuid.UUID]] = {}
        for key, way in self.by.items():
            ways.setdefault(way, []).append(key)
        points = {way: _STEP * (len(_ORDER) - _ORDER[way]) for way in ways}
        score: Combinable = Value(next(iter(points.values())))
        if len(ways) > 1:
            cases = [When(_among(keys), then=Value(points[way])) for way, keys in ways.items()]
            score = Case(*cases, default=Value(0), output_field=IntegerField())
        if self.member is not None:
            score += Case(When(owner=self.member, then=Value(2)), default=Value(0))
        now = timezone.now()
        recent = [
            When(**{f"{boost.path}__gte": now - boost.within}, then=Value(1)) for boost in search_boosts
        ]
        if recent:
            score += Case(*recent, default=Value(0))
        return rows.annotate(score=score).filter(_among(self.by))


def found_by(
    rows: QuerySet[Customer], text: str, viewer: Viewer, permission: str, *, archived: bool = False
) -> QuerySet[Any]:
    """Those of `rows` that match `text`, with `score`; `rows` must already be limited to what `viewer` may see.

    Archived customers are left out unless `archived`. Order by "-score", "-pk": best first, then the newest.
    """
    return find(text, viewer, permission, archived=archived).narrow(rows)


def find(
    text: str,
    viewer: Viewer,
    permission: str,
    *,
    archived: bool = False,
    most: int | None = None,
    among: QuerySet[Customer] | None = None,
) -> Matches:
    """Search now: one statement, one more when hardly anything is found, a third when nothing is. The scope of
    `permission` goes into the search, so that its bound counts rows within reach.

    `among`: what a list was narrowed to, within that scope. Where more match than are given, and it is no more than
    MOST_AMONG, those in it are found instead, which takes another statement.
    """
    text, most = text.replace("\x00", "")[:LONGEST], most or MOST
    organization = current_organization()
    limits = _limits(organization, viewer, permission, archived)
    if limits is None:
        return Matches(text, {})
    exact = not is_limited(text, viewer)
    by = _search(organization, text, limits, exact=exact, most=most)
    is_whole = len(by) < most
    if among is not None and not is_whole:
        closer = _find_among(among, text, exact=exact)
        by, is_whole = (by, False) if closer is None else (closer, True)
    return Matches(text, by, viewer.membership, is_whole)


def _search(
    organization: Organization, text: str, limits: list[str], *, exact: bool, most: int
) -> dict[uuid.UUID, MatchedBy]:
    asked = asked_of(organization, text, exact=exact)
    found = _run(asked, text, limits, most)
    by = asked.named(found)
    if len(by) < FEW and "@" not in text and not _SURE.intersection(by.values()):
        alike = spelt_alike(text, limits) if asked.grades else []
        if not by and not alike:
            alike = two_letters_off(text, limits)
        by = {key: MatchedBy.SPELLING for key, _place in alike} | by
    return by


def _run(asked: Asked, text: str, limits: list[str], most: int) -> list[tuple[uuid.UUID, int]]:
    if not asked.leading and not asked.parts:
        return []
    whole = lexemes.whole_query(current_organization_id(), text)
    values = {
        "foremost": [" & ".join([f"({query})", *limits]) for _way, query in asked.leading],
        "parts": asked.parts,
        "beside": asked.beside,
        "limits": limits,
        "grades": [query for _way, query in asked.grades],
        "whole": " & ".join([f"({whole})", *limits]) if whole else "",
        "most": most,
        "tagged": len(asked.queries) + 2,
        **_labels(text if asked.parts else ""),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
        return cursor.fetchall()


def _labels(text: str) -> dict[str, Any]:
    """Between which keys the labels of tags stand that begin with `text`."""
    label = tag_label(text)
    return {"organization": current_organization_id(), "label": label, "beyond": f"{label}\U0010ffff"}


def _find_among(rows: QuerySet[Customer], text: str, *, exact: bool) -> dict[uuid.UUID, MatchedBy] | None:
    """Who of `rows` matches, by the documents alone; None where `rows` are more than MOST_AMONG. One statement."""
    asked = asked_of(current_organization(), text, exact=exact)
    few = rows.order_by().values("pk")[: MOST_AMONG + 1]
    try:
        narrowed, given = few.query.sql_with_params()
    except EmptyResultSet:
        return {}
    named = [f"%(among_{number})s" for number in range(len(given))]
    values = {
        "queries": [*asked.queries, *asked.anywhere],
        "most": MOST_AMONG,
        **_labels(text if asked.parts else ""),
        **{f"among_{number}": value for number, value in enumerate(given)},
    }
    with connection.cursor() as cursor:
        cursor.execute(_AMONG % {"narrowed": narrowed.replace("%%", "%%%%") % tuple(named)}, values)
        found = cursor.fetchall()
    if found[0][0] > MOST_AMONG:
        return None
    return asked.named((key, place) for _held, key, place in found if key)


def _limits(organization: Organization, viewer: Viewer, permission: str, archived: bool) -> list[str] | None:
    reach = viewer.reach(permission)
    if reach is None:
        return None
    limits = [] if reach.everyone else [f"({_within(organization, viewer, reach)})"]
    return limits if archived else [*limits, lexemes.present_query(organization.pk)]


def find_unowned(text: str, *, most: int) -> list[uuid.UUID]:
    """Customers that nobody owns, by their names alone: neither a number nor a contact person gives one away."""
    key = current_organization().pk
    limits = [lexemes.nobody_query(key), lexemes.present_query(key)]
    by = _search(current_organization(), text, limits, exact=False, most=most)
    return [one for one, way in by.items() if way not in (MatchedBy.PERSON, MatchedBy.TAG)]


def _within(organization: Organization, viewer: Viewer, reach: Reach) -> str:
    """The `tsquery` of the scope. A share that has ended stands in it still: `Matches.narrow` looks at the rows."""
    own = lexemes.owner_query(organization.pk, reach.members)
    if not reach.shared:
        return own
    return f"{own} | {lexemes.shared_query(organization.pk, [viewer.membership.pk, *viewer.teams])}"


def named_like(text: str, *, most: int) -> list[uuid.UUID]:
    """Customers of the whole organisation whose own or other names are like `text`, the likest first: to be judged, not
    shown."""
    by = _search(current_organization(), text.replace("\x00", "")[:LONGEST], [], exact=False, most=most)
    ways = (MatchedBy.PERSON, MatchedBy.TAG)
    return sorted((key for key, way in by.items() if way not in ways), key=lambda key: _ORDER[by[key]])[:most]


def is_limited(text: str, viewer: Viewer) -> bool:
    """Whether `text` is a number or an address, and `viewer`, who sees them masked, has tried out too many."""
    typed = half_width(text[:LONGEST]).strip()
    is_number = "@" in typed or sum(c.isdigit() for c in typed) >= 4
    return is_number and not may_look_up(viewer, [typed])


def search_among(rows: QuerySet[Customer], text: str, viewer: Viewer) -> QuerySet[Customer]:
    """Those of `rows` that match `text`, best first: for pages that judge access by themselves. Raises TooManyLookups
    where nothing is found because `viewer` has tried out too many numbers."""
    text = text.replace("\x00", "")[:LONGEST]
    limited = is_limited(text, viewer)
    by = _search(current_organization(), text, [], exact=not limited, most=MOST)
    if limited and not by:
        raise TooManyLookups
    return Matches(text, by).narrow(rows).order_by("-score", "name_key", "pk")
