"""Which row holds the headings, and headings that tell their columns apart."""

import re
import unicodedata
from collections import Counter

from customers.importing.csv_file import Row
from customers.importing.problems import FileProblem

_SEPARATORS = re.compile(r"[\s_\-./()（）*＊:：#\[\]【】'\"]+")
_DATA = re.compile(
    r"\+?\d[\d\s\-]{6,}|[^@\s]+@[^@\s]+\.\w+|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|-?\d+\.\d+", re.ASCII
)
_LONGEST = 80


def plain(heading: str) -> str:
    """A heading as synonyms and remembered mappings compare it."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", heading)).casefold()


def heading_row(first: list[Row]) -> int:
    """The place of the headings among the first rows: a title line above them has fewer cells. Raises FileProblem."""
    filled = [sum(1 for cell in cells if cell.strip()) for _, cells in first[:20]]
    enough = max(filled) / 2
    place = next(place for place, count in enumerate(filled) if count >= enough)
    cells = [cell.strip() for cell in first[place][1] if cell.strip()]
    if sum(1 for cell in cells if _DATA.fullmatch(cell)) * 3 >= len(cells):
        raise FileProblem("no_headings")
    return place


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
