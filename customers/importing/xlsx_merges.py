"""Cells of a sheet that lie over several rows: only the first row holds the value, the others get it from there."""

import re
from zipfile import ZipFile

from customers.importing.limits import MAX_COLUMNS, MAX_FILLED, MAX_MERGES
from customers.importing.problems import FileProblem

_CHUNK = 256 * 1024
_LONGEST = 200
_SPAN = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]{0,100}?\bref=[\"']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})[\"']"
)

Span = tuple[int, int, int]
"""First row, last row, column."""


class Merges:
    """Fills rows, which must come in their order."""

    def __init__(self, spans: list[Span]) -> None:
        self._waiting = sorted(spans, reverse=True)
        self._open: dict[int, tuple[int, str]] = {}
        self._filled = 0

    def fill(self, number: int, cells: list[str]) -> None:
        for column, (last, value) in list(self._open.items()):
            if number > last:
                del self._open[column]
            else:
                self._put(cells, column, value)
        while self._waiting and self._waiting[-1][0] <= number:
            first, last, column = self._waiting.pop()
            if first == number and column <= len(cells) and cells[column - 1]:
                self._open[column] = last, cells[column - 1]

    def _put(self, cells: list[str], column: int, value: str) -> None:
        self._filled += len(value)
        if self._filled > MAX_FILLED:
            raise FileProblem("too_many_merges")
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = cells[column - 1] or value


def read_merges(archive: ZipFile, path: str, below: int) -> Merges | None:
    """Those that begin below the row `below`; None without any.

    They stand behind the rows that they are about: the part is searched for them, without being parsed.
    """
    spans: list[Span] = []
    rest = b""
    with archive.open(path) as part:
        while chunk := part.read(_CHUNK):
            piece = rest + chunk
            end = 0
            for found in _SPAN.finditer(piece) if b"mergeCell" in piece else ():
                end = found.end()
                span = int(found[2]), int(found[3]), _column(found[1])
                if below < span[0] < span[1] and span[2] <= MAX_COLUMNS:
                    spans.append(span)
            if len(spans) > MAX_MERGES:
                raise FileProblem("too_many_merges")
            rest = piece[max(end, len(piece) - _LONGEST) :]
    return Merges(spans) if spans else None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
