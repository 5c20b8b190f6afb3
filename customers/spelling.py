"""What somebody may have meant who mistyped: Latin words one letter off, readings that sound alike, one wrong character.

No list of all words is kept: the few hundred neighbours of what was typed are looked up in the index of the search
documents, which costs as much as reading a page of a book's index.
"""

from functools import lru_cache

from customers.lexemes import WORD_LENGTH, plain, runs
from customers.pinyin import syllables

SHORTEST = 4
"""Letters of a word that may be mistyped: nearly every shorter one is a neighbour of another."""
_BY_PREFIX = 5
"""Neighbours of at least so many letters also stand for longer words that begin with them."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_ALIKE_FIRST = (("l", "n"), ("n", "l"), ("f", "h"), ("h", "f"), ("r", "l"))
_ALIKE_LAST = (("ng", "n"),)
_LONG_RUN = 5
_MOST_ALIKE = 60


def neighbours(word: str) -> set[str]:
    """Words one letter off: one missing, too many, another, or two changed places. 54 for each letter and 25."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    found |= {head + letter + tail[1:] for head, tail in cuts if tail for letter in _LETTERS}
    found |= {head + letter + tail for head, tail in cuts for letter in _LETTERS}
    found.discard(word)
    return found


def alike(parts: list[str]) -> list[str]:
    """The reading itself, and those that differ in one or two sounds which many speakers do not tell apart."""
    once = [parts, *_changed(parts)]
    found = dict.fromkeys("".join(one) for one in once)
    for one in once[1:]:
        found.update(dict.fromkeys("".join(two) for two in _changed(one)))
    return list(found)[:_MOST_ALIKE]


def _changed(parts: list[str]) -> list[list[str]]:
    return [
        [*parts[:place], sound, *parts[place + 1 :]]
        for place, part in enumerate(parts)
        for sound in _sounds_like(part)
    ]


def _sounds_like(part: str) -> list[str]:
    found = []
    for long, short in _ALIKE:
        if part.startswith(long):
            found.append(short + part[len(long) :])
        elif part.startswith(short):
            found.append(long + part[len(short) :])
    found += [other + part[1:] for one, other in _ALIKE_FIRST if part.startswith(one)]
    for long, short in _ALIKE_LAST:
        if part.endswith(long):
            found.append(part[: -len(long)] + short)
        elif part.endswith(short):
            found.append(part[: -len(short)] + long)
    return found


@lru_cache(maxsize=128)
def spelling_query(organization_id: int, text: str) -> str:
    """The `tsquery` of what may have been meant by `text`; "" when it is too short to guess."""
    lead = f"'{organization_id}:"
    wanted, guessed = [], False
    words = runs(text)
    for run, word in words:
        terms = _of_word(lead, word) if word else _of_run(lead, run)
        guessed |= len(terms) > 1
        wanted.append(f"({' | '.join(terms)})")
    joined = "".join([word for _run, word in words]) if all(word for _run, word in words) else ""
    if len(words) > 1 and (terms := _of_word(lead, joined)[1:]):
        return f"({' & '.join(wanted)}) | {' | '.join(terms)}"
    return " & ".join(wanted) if guessed else ""


def _of_word(lead: str, word: str) -> list[str]:
    """The word as it was typed, then its neighbours."""
    bare = plain(word)[:WORD_LENGTH]
    terms = [f"{lead}{word[:WORD_LENGTH]}':*"]
    if len(bare) >= SHORTEST and bare.isascii() and bare.isalpha():
        near = sorted(neighbours(bare))
        terms += [f"{lead}{one}'{':*' if len(one) >= _BY_PREFIX else ''}" for one in near]
    return terms


def _of_run(lead: str, run: str) -> list[str]:
    """The characters as they were typed, what sounds like them, and all but one of them."""
    if len(run) == 1:
        return [f"{lead}{run}':*"]
    pairs = [f"{lead}{run[place : place + 2]}'" for place in range(len(run) - 1)]
    terms = [f"({' <-> '.join(pairs)})"]
    for person in (True, False):
        parts = syllables(run, person=person)
        if parts:
            terms += [f"{lead}{one[:WORD_LENGTH]}':*" for one in alike(parts)]
    if len(run) >= _LONG_RUN:
        for wrong in range(len(run)):
            kept = [pair for place, pair in enumerate(pairs) if place not in (wrong - 1, wrong)]
            terms.append(f"({' & '.join(kept)})")
    return list(dict.fromkeys(terms))
