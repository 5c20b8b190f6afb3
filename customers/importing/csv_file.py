"""CSV as spreadsheets and databases really write it: any delimiter, quotes over several lines, rows of unequal length."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from customers.importing.decoding import detect_encoding
from customers.importing.limits import MAX_RECORD
from customers.importing.problems import FileProblem

Row = tuple[int, list[str]]
"""Row number in the file, and the cells."""

DELIMITERS = ",;\t|"
_END = "\ue000end\ue000"
_LOOK = 64 * 1024


def inspect_csv(stream: BinaryIO, named: str = "") -> dict[str, str]:
    """Encoding, unless a person has `named` it, and delimiter. Raises FileProblem."""
    encoding = detect_encoding(stream, named)
    stream.seek(0)
    sample = _text(stream, encoding).read(_LOOK)
    if not sample.strip("\ufeff\0 \t\r\n"):
        raise FileProblem("empty")
    return {"format": "csv", "encoding": encoding, "delimiter": _delimiter(sample)}


def read_csv(stream: BinaryIO, encoding: str, delimiter: str) -> Iterator[Row]:
    """The rows from the beginning; blank ones are left out but counted. Raises FileProblem."""
    csv.field_size_limit(MAX_RECORD)
    lines = _Lines(stream, encoding)
    reader = csv.reader(lines, delimiter=delimiter)
    number = lines.skipped
    start = lines.skipped + 1
    try:
        for cells in reader:
            number += 1
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(_END):
                # The mark at the end was swallowed by a field that was still open.
                raise FileProblem("open_quote", line=start)
            start = lines.skipped + reader.line_num + 1
            if any(cells):
                yield number, cells
    except csv.Error:
        raise FileProblem("open_quote", line=start) from None
    except UnicodeDecodeError:
        raise FileProblem("encoding", line=start) from None
    raise FileProblem("open_quote", line=start)


def _text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_Kept(stream), encoding, newline="")


class _Kept(io.BufferedReader):
    """Lends a stream to a TextIOWrapper, which would otherwise close it."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(_Raw(stream), buffer_size=256 * 1024)


class _Raw(io.RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        piece = self._stream.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


class _Lines:
    """Lines of bounded length, a mark after the last; `sep=;` in the first line is obeyed by `_delimiter`."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        stream.seek(0)
        self._text = _text(stream, encoding)
        first = self._text.readline(MAX_RECORD)
        self.skipped = 1 if _separator_line(first) else 0
        self._first = "" if self.skipped else first

    def __iter__(self) -> Iterator[str]:
        if self._first:
            yield self._first
        readline = self._text.readline
        while line := readline(MAX_RECORD):
            if len(line) == MAX_RECORD:
                raise csv.Error("no end of line in sight")
            yield line
        yield _END


def _separator_line(line: str) -> str:
    """`sep=;` as spreadsheets write it into the first line."""
    line = line.strip('\ufeff\r\n "')
    return line[4] if len(line) == 5 and line.lower().startswith("sep=") and line[4] in DELIMITERS else ""


def _delimiter(sample: str) -> str:
    """The delimiter that cuts most rows into the same number of cells, and into the most."""
    if named := _separator_line(sample.partition("\n")[0]):
        return named
    complete = sample[: sample.rfind("\n") + 1] if len(sample) == _LOOK else sample
    scores = {delimiter: _score(complete, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > 0 else ","


def _score(sample: str, delimiter: str) -> float:
    counts: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in cells):
                counts.append(len(cells))
            if len(counts) == 60:
                break
    except csv.Error:
        pass
    if not counts:
        return 0
    usual = max(set(counts), key=lambda count: (counts.count(count), count))
    return counts.count(usual) / len(counts) * min(usual - 1, 20) if usual > 1 else 0
