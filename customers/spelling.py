"""What somebody may have meant who mistyped: Latin words one letter off, readings that sound alike, one wrong character.

No list of all words is kept: the few hundred neighbours of what was typed are looked up in the index of the search
documents, and those that stand there are searched for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from customers.lexemes import WORD_LENGTH, plain, runs
from customers.likeness.names import FORMS, LATIN_FORMS
from customers.pinyin import same_sound, syllables

SHORTEST = 4
"""Letters of a word that may be mistyped: nearly every shorter one is a neighbour of another."""
TWICE = 8
"""Letters of a word in which two may be wrong."""
_BY_PREFIX = 7
"""Neighbours of at least so many letters also stand for longer words that begin with them: few words do."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_ALIKE_FIRST = (("l", "n"), ("n", "l"), ("f", "h"), ("h", "f"), ("r", "l"))
_ALIKE_LAST = (("ng", "n"),)
_LONG_RUN = 5
"""Characters of a run in which any one may be wrong: in shorter ones it has to sound the same."""
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


def beginnings(word: str) -> list[str]:
    """How a word may begin that is two letters off from this one, of at least TWICE letters: with the same letters, or
    with one of them wrong. (Where both are wrong in the first half it is not found.)"""
    bare = plain(word)[:WORD_LENGTH]
    if len(bare) < TWICE or not (bare.isascii() and bare.isalpha()):
        return []
    half = bare[: len(bare) // 2]
    return [half, *sorted(one for one in neighbours(half) if not one.startswith(half))]


def twice_off(word: str, names: Iterable[str]) -> bool:
    """Whether a word of one of the names is at most two letters off."""
    bare = plain(word)
    words = [plain(other) for name in names for _run, other in runs(name) if other]
    return any(OSA.distance(bare, other, score_cutoff=2) <= 2 for other in words)


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


@dataclass(frozen=True)
class Word:
    """A piece of what was typed: as a term of a `tsquery`, and the words (`zhangsan`, `microsof:*`) that may be meant."""

    term: str
    meant: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Guess:
    """What may have been meant. `joined`: by all pieces together."""

    words: list[Word]
    joined: list[str]

    def candidates(self) -> list[str]:
        """The words that are to be looked up."""
        return list(dict.fromkeys([*self.joined, *(one for word in self.words for one in word.meant)]))

    @property
    def is_loose(self) -> bool:
        """Whether a character may be wrong even where none of the candidates is known."""
        return any("|" in word.term for word in self.words)


def guess(organization_id: int, text: str) -> Guess:
    lead = f"'{organization_id}:"
    pieces = runs(text)
    words = [
        Word(f"{lead}{word[:WORD_LENGTH]}':*", _near(word)) if word else _of_run(lead, run)
        for run, word in pieces
    ]
    typed = [word for _run, word in pieces]
    joined = (
        "".join(typed) if len(typed) > 1 and all(typed) and LATIN_FORMS.isdisjoint(map(plain, typed)) else ""
    )
    return Guess(words, _near(joined))


def _near(word: str) -> list[str]:
    """The words that one letter makes of it; none of a legal form, which is no slip: half of all companies bear it."""
    bare = plain(word)[:WORD_LENGTH]
    if len(bare) < SHORTEST or bare in LATIN_FORMS or not (bare.isascii() and bare.isalpha()):
        return []
    # What only goes on behind the word begins with it, and is found by that.
    near = sorted(one for one in neighbours(bare) if not one.startswith(bare))
    return [f"{one}:*" if len(one) >= _BY_PREFIX else one for one in near]


def _homophones(lead: str, run: str, pairs: list[str]) -> list[str]:
    """The run with any one of its characters replaced by those of the same sound, wherever it stands in a name."""
    found = []
    for place, character in enumerate(run):
        before, after = run[:place][-1:], run[place + 1 :][:1]
        others = []
        for one in same_sound(character):
            near = [f"{lead}{pair}'" for pair in (before + one, one + after) if len(pair) == 2]
            others.append(f"({' <-> '.join(near)})" if len(near) == 2 else near[0])
        if others:
            kept = [pair for number, pair in enumerate(pairs) if number not in (place - 1, place)]
            either = f"({' | '.join(others)})"
            found.append(f"({' & '.join([*kept, either])})")
    return found


def _all_but_one(pairs: list[str]) -> list[str]:
    """The run with any one of its characters wrong, as the pairs that are left."""
    kept = [
        [pair for place, pair in enumerate(pairs) if place not in (wrong - 1, wrong)]
        for wrong in range(len(pairs) + 1)
    ]
    return [f"({' & '.join(one)})" for one in kept]


def _of_run(lead: str, run: str) -> Word:
    """The characters as they were typed or all but one of them, and what sounds like them. A legal form is no slip: half of
    all companies bear it."""
    if len(run) == 1:
        return Word(f"{lead}{run}':*")
    pairs = [f"{lead}{run[place : place + 2]}'" for place in range(len(run) - 1)]
    if run in FORMS:
        return Word(f"({' <-> '.join(pairs)})")
    others = _homophones(lead, run, pairs) if len(run) < _LONG_RUN else _all_but_one(pairs)
    sounds = [
        f"{one[:WORD_LENGTH]}:*"
        for person in (True, False)
        for one in alike(syllables(run, person=person))
        if one
    ]
    return Word(" | ".join([f"({' <-> '.join(pairs)})", *others]), list(dict.fromkeys(sounds)))
