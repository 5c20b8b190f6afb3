"""How a search found the customers that a page shows: the words beside each of them."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from customers import lexemes
from customers.enums import MatchedBy
from customers.models import ContactPerson, CustomerAlias
from customers.queries.search import Matches

_MODELS: dict[MatchedBy, type[CustomerAlias] | type[ContactPerson]] = {
    MatchedBy.ALIAS: CustomerAlias,
    MatchedBy.PERSON: ContactPerson,
}
_SENTENCES = {
    MatchedBy.ALIAS: gettext_lazy("also known as %(name)s"),
    MatchedBy.PERSON: gettext_lazy("contact person %(name)s"),
}


def notes_for(matches: Matches, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Why each of these was found, for those whose name does not show it. One statement, where some were found by another
    name or a contact person. Names no detail that the person has not typed."""
    ways = {key: matches.by[key] for key in keys if key in matches.by}
    notes = {key: str(way.label) for key, way in ways.items()}
    names = _names(ways)
    fitting = {way: _fitting(matches.text, way == MatchedBy.PERSON) for way in _SENTENCES}
    for key, held in names.items():
        way = ways[key]
        meant = max(held, key=fitting[way]) if len(held) > 1 else held[0]
        notes[key] = _SENTENCES[way] % {"name": meant}
    return notes


def _names(ways: dict[uuid.UUID, MatchedBy]) -> dict[uuid.UUID, list[str]]:
    """The other names, or the contact persons, of those that were found by them. One statement; none for nobody."""
    rows: QuerySet[Any] | None = None
    for way, model in _MODELS.items():
        keys = [key for key, one in ways.items() if one == way]
        if keys:
            named = model.objects.filter(customer__in=keys).order_by()
            part = named.values_list("position", "pk", "customer_id", "name")
            rows = part if rows is None else rows.union(part, all=True)
    names = defaultdict(list)
    for _position, _pk, key, name in sorted(rows or ()):
        names[key].append(name)
    return names


def _fitting(text: str, person: bool) -> Callable[[str], int]:
    """How many words of what was typed a name fits."""
    words = [tuple(lexemes.spellings(run or word)) for run, word in lexemes.runs(text)]
    whole = tuple(spelt for one in lexemes.joined_readings(text) for spelt in lexemes.spellings(one))

    def fitting(name: str) -> int:
        written, read = lexemes.plain(lexemes.head(name)), lexemes.readings(name, person)
        if whole and any(one.startswith(whole) for one in read):
            return len(words)
        return sum(
            any(one in written for one in spelt) or any(one.startswith(spelt) for one in read)
            for spelt in words
        )

    return fitting
