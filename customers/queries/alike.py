"""Finding customers by what is spelt or sounds like what was typed: asked when hardly anything is found by that itself."""

import uuid
from typing import Any

from django.db import connection

from customers import lexemes
from customers.spelling import beginnings, guess, twice_off
from tenancy.context import current_organization_id

MOST_ALIKE = 30
MOST_JUDGED = 300

# `terms`: what was typed, piece by piece; `meant`, with the `places` of their pieces, and `joined`: what may be meant by one
# piece or all together. Words of small letters: nothing in them needs to be quoted.
_GUESS = """
WITH known AS MATERIALIZED (
    SELECT word, %(lead)s || split_part(word, ':', 1) || '''' || CASE right(word, 2) WHEN ':*' THEN ':*' ELSE '' END AS term
    FROM customers_known_words(%(candidates)s::text[]) AS k(word)
), pieces AS (
    SELECT p.place, '(' || concat_ws(' | ', p.term, string_agg(known.term, ' | ')) || ')' AS term, count(known.term) AS near
    FROM unnest(%(terms)s::text[]) WITH ORDINALITY AS p(term, place)
    LEFT JOIN unnest(%(places)s::int[], %(meant)s::text[]) AS m(place, word) ON m.place = p.place
    LEFT JOIN known ON known.word = m.word
    GROUP BY p.place, p.term
), query AS (
    SELECT (SELECT array_agg(term ORDER BY place) FROM pieces HAVING sum(near) > 0 OR %(loose)s) AS parts,
        (SELECT array_agg(term) FROM known WHERE word = ANY(%(joined)s::text[])) AS joined
)
SELECT found.customer, found.place FROM query CROSS JOIN LATERAL customers_search('{}',
    CASE WHEN query.parts IS NOT NULL THEN query.parts WHEN query.joined IS NULL THEN '{}'
        ELSE ARRAY['(' || array_to_string(query.joined, ' | ') || ')'] END,
    CASE WHEN query.parts IS NULL THEN '{}' ELSE coalesce(query.joined, '{}') END,
    %(limits)s::text[], '{}', %(most)s) found
"""
_NAMED = """
SELECT found.customer, found.place, ARRAY(SELECT a.name::text FROM customers_customeralias a
    WHERE a.organization_id = c.organization_id AND a.customer_id = c.id) || c.name::text
FROM customers_search('{}', %(wanted)s, '{}', %(most)s) found
JOIN customers_customer c ON c.organization_id = %(organization)s AND c.id = found.customer
"""


def spelt_alike(text: str, limits: list[str]) -> list[tuple[uuid.UUID, int]]:
    """By what is spelt or sounds alike. One statement: which of the neighbours occur, and who has them."""
    organization = current_organization_id()
    meant = guess(organization, text)
    places = [(place, word) for place, piece in enumerate(meant.words, start=1) for word in piece.meant]
    values: dict[str, Any] = {
        "candidates": meant.candidates(),
        "lead": f"'{organization}:",
        "terms": [piece.term for piece in meant.words],
        "places": [place for place, _word in places],
        "meant": [word for _place, word in places],
        "joined": meant.joined,
        "loose": meant.is_loose,
        "limits": limits,
        "most": MOST_ALIKE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_GUESS, values)
        return cursor.fetchall()


def two_letters_off(text: str, limits: list[str]) -> list[tuple[uuid.UUID, int]]:
    """By long Latin words that are two letters off: whoever has words that begin alike is read and judged. One
    statement."""
    organization = current_organization_id()
    words = [word for _run, word in lexemes.runs(text)]
    starts = [beginnings(word) for word in words]
    if not all(words) or not any(starts):
        return []
    terms = [
        " | ".join(
            f"'{organization}:{one[: lexemes.WORD_LENGTH]}':*" for one in start or lexemes.spellings(word)
        )
        for word, start in zip(words, starts, strict=True)
    ]
    wanted = " & ".join([f"({term})" for term in terms] + limits)
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"wanted": wanted, "most": MOST_JUDGED, "organization": organization})
        found = cursor.fetchall()
    long = [word for word, start in zip(words, starts, strict=True) if start]
    return [(key, place) for key, place, names in found if all(twice_off(word, names) for word in long)][
        :MOST_ALIKE
    ]
