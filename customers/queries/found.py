"""How a search found the customers that a page shows: the words beside each of them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from customers import lexemes
from customers.enums import MatchedBy
from customers.models import ContactPerson, CustomerAlias
from customers.queries.search import Matches


def notes_for(matches: Matches, keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Why each of these was found, for those whose name does not show it. A statement for all that were found by another
    name, and one for all that were found by a contact person. Names no detail that the person has not typed."""
    ways = {key: matches.by[key] for key in keys if key in matches.by}
    notes = {key: str(way.label) for key, way in ways.items()}
    notes |= _named(matches.text, ways, MatchedBy.ALIAS)
    return notes | _named(matches.text, ways, MatchedBy.PERSON)


def _named(text: str, ways: dict[uuid.UUID, MatchedBy], way: MatchedBy) -> dict[uuid.UUID, str]:
    keys = [key for key, one in ways.items() if one == way]
    if not keys:
        return {}
    names = defaultdict(list)
    model: type[CustomerAlias] | type[ContactPerson]
    model, sentence = (
        (CustomerAlias, _("also known as %(name)s"))
        if way == MatchedBy.ALIAS
        else (ContactPerson, _("contact person %(name)s"))
    )
    stored = model.objects.filter(customer__in=keys).order_by("position", "pk")
    for key, name in stored.values_list("customer_id", "name"):
        names[key].append(name)
    person = way == MatchedBy.PERSON
    return {key: sentence % {"name": _meant(text, found, person)} for key, found in names.items()}


def _meant(text: str, names: list[str], person: bool) -> str:
    """The name that fits what was typed, or fits most of its words."""
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

    return max(names, key=fitting)
