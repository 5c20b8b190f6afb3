"""Which records are worth comparing: those that share a key. A key that too many share says nothing and is skipped."""

import re
from array import array
from collections.abc import Iterable, Iterator

from customers.likeness.names import has_chinese, plain
from customers.likeness.record import Record

MOST = 60
"""Records under one key; more are a common name or a placeholder address."""
_PARTS = 16
_PLACE_BITS = 24
_PLACE_MASK = (1 << _PLACE_BITS) - 1
_VOWELS = re.compile(r"[aeiouyhw\s\W_]+")
_DIGITS = re.compile(r"\d+")
_TWICE = re.compile(r"(.)\1+")


def keys_of(record: Record) -> Iterator[tuple]:
    """The keys of one record: details that identify, and pairs of parts of name, birthday and address."""
    yield from (("d", value) for value in (*record.phones, *record.emails, *record.wechats))
    if record.identity is not None:
        yield ("i", record.identity)
    if record.birthday:
        yield ("b", record.birthday)
    yield from _company_keys(record) if record.is_company else _person_keys(record)
    yield from _address_keys(record)


def _company_keys(record: Record) -> Iterator[tuple]:
    for one in (record.company, *record.other_companies):
        yield ("c", one.sound)
        core = one.core
        if has_chinese(core) and len(core) >= 5:
            # One character wrong leaves one half of the name whole.
            half = len(core) // 2
            yield ("c<", core[:half], len(core))
            yield ("c>", core[half:], len(core))
        elif not has_chinese(core) and len(core) >= 6:
            yield ("cs", skeleton(core))


def _person_keys(record: Record) -> Iterator[tuple]:
    yield ("n", record.sound)
    for one in record.aliases:
        yield ("c", one)
    near = record.postcode or record.city
    if has_chinese(record.name):
        yield ("nr", record.sound, near)
        return
    words = sorted(set(record.words))[:4]
    if len(words) > 1:
        yield ("ns", *sorted(skeleton(word) for word in words))
    for word in words:
        sign = skeleton(word)
        yield ("np", sign, record.postcode)
        yield ("nc", sign, skeleton(record.city))
        yield ("nh", sign, record.house)
        yield from (("ni", sign, other[:1]) for other in words if other is not word)


def _address_keys(record: Record) -> Iterator[tuple]:
    if has_chinese(record.street):
        street = plain(record.street)
        if _DIGITS.search(street):
            yield ("s", street, record.city)
        return
    city = skeleton(record.city)
    if record.house and record.postcode:
        yield ("hp", record.house, record.postcode)
    # Street and building are often written in each other's place.
    for line in {skeleton(record.street), skeleton(record.place)} - {""}:
        yield ("lc", line, city)
        yield ("lp", line, record.postcode)
        if record.house:
            yield ("lh", line, record.house)


def skeleton(text: str) -> str:
    """The first letter and the consonants after it, none twice: what most slips of the pen leave alone."""
    text = plain(text).replace(" ", "")
    return text[:1] + _TWICE.sub(r"\1", _VOWELS.sub("", text[1:]))[:8]


class Blocks:
    """Collects the keys of records, known by their place (0, 1, 2 …); answers the pairs that share one.

    Everything is kept packed in 64 bits: 80 bytes for each record with ten keys, 16 for each pair.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._entries = [array("Q") for _ in range(_PARTS)]

    def add(self, place: int, keys: Iterable[tuple]) -> None:
        for key in set(keys):
            mark = hash(key) & 0xFFFFFFFFFF
            self._entries[mark % _PARTS].append(mark << _PLACE_BITS | place)

    def pairs(self, wanted: bytearray | None = None) -> list[array]:
        """The pairs (first << 24 | second, first < second), in order and each once, in several parts.

        `wanted`: one byte for each place; pairs in which neither is marked are left out.
        """
        found = [array("Q") for _ in range(_PARTS)]
        size = 1 + max((entry & _PLACE_MASK for part in self._entries for entry in part), default=0) // _PARTS
        for number, part in enumerate(self._entries):
            for block in _blocks(sorted(part)):
                if 1 < len(block) <= self.most:
                    _add_pairs(found, block, wanted, size)
            self._entries[number] = array("Q")
        return [array("Q", sorted(set(part))) for part in found]


def _blocks(entries: list[int]) -> Iterator[list[int]]:
    block: list[int] = []
    current = -1
    for entry in entries:
        if entry >> _PLACE_BITS != current:
            if block:
                yield block
            block, current = [], entry >> _PLACE_BITS
        block.append(entry & _PLACE_MASK)
    if block:
        yield block


def _add_pairs(found: list[array], block: list[int], wanted: bytearray | None, size: int) -> None:
    for at, first in enumerate(block):
        mine = found[min(first // size, _PARTS - 1)]
        for second in block[at + 1 :]:
            if wanted is None or wanted[first] or wanted[second]:
                mine.append(first << _PLACE_BITS | second)


def unpacked(pair: int) -> tuple[int, int]:
    return pair >> _PLACE_BITS, pair & _PLACE_MASK
