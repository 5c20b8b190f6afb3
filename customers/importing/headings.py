"""Which row holds the headings, and headings that tell their columns apart."""

import re
import unicodedata
from collections import Counter
from collections.abc import Container

from customers.importing.csv_file import Row
from customers.importing.problems import FileProblem

_SEPARATORS = re.compile(r"[\s_\-./()（）*＊:：#\[\]【】'\"]+")
_DATA = re.compile(
    r"\+?\d[\d\s\-]{6,}|[^@\s]+@[^@\s]+\.\w+|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|-?\d+\.\d+", re.ASCII
)
_LONGEST = 80
_LOOK = 50


def plain(heading: str) -> str:
    """A heading as synonyms and remembered mappings compare it."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", heading)).casefold()


def heading_row(first: list[Row], known: Container[str] = ()) -> int:
    """The place of the headings among the first rows, below a title or a preface. Raises FileProblem.

    The first row that is made of `known` headings (in the form of `plain`), or else the first about as wide as the widest.
    """
    rows = [[cell.strip() for cell in cells if cell.strip()] for _, cells in first[:_LOOK]]
    place = next((place for place, cells in enumerate(rows) if _is_known(cells, known)), None)
    if place is None:
        widest = max(map(len, rows))
        place = next(place for place, cells in enumerate(rows) if _is_wide(cells, widest, known))
    data = sum(1 for cell in rows[place] if _DATA.fullmatch(cell))
    if data * 3 >= len(rows[place]):
        raise FileProblem("no_headings")
    return place


def _is_known(cells: list[str], known: Container[str]) -> bool:
    """Two known ones at least, and half of them: words of a row can be known by chance, but beside its data."""
    count = sum(1 for cell in cells if plain(cell) in known)
    return count >= 2 and count * 2 >= len(cells) and not any(map(_DATA.fullmatch, cells))


def _is_wide(cells: list[str], widest: int, known: Container[str]) -> bool:
    """Half as wide as the widest may be a title, unless it is a heading by its words."""
    return len(cells) * 2 > widest or (
        len(cells) * 2 == widest and all(plain(cell) in known for cell in cells)
    )


def unique_headings(cells: list[str], width: int) -> list[str]:
    """Headings for `width` columns. An empty one is named after its letter, a repeated one numbered: "Phone (2)"."""
    padded = _readable(cells)
    padded += [""] * (width - len(padded))
    named = [heading or f"[{column_letter(place)}]" for place, heading in enumerate(padded, start=1)]
    unique: dict[str, str] = {}
    for heading in named:
        own, count = heading, 1
        while own.casefold() in unique:
            count += 1
            own = f"{heading} ({count})"
        unique[own.casefold()] = own
    return list(unique.values())


def repeated_headings(cells: list[str]) -> list[str]:
    """Those that stand over several columns, each once, in their order."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for heading in filter(None, _readable(cells)):
        counts[heading.casefold()] += 1
        first.setdefault(heading.casefold(), heading)
    return [heading for key, heading in first.items() if counts[key] > 1]


def _readable(cells: list[str]) -> list[str]:
    return [" ".join(cell.replace("\0", "").split())[:_LONGEST] for cell in cells]


def column_letter(number: int) -> str:
    """28 → "AB"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
