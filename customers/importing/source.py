"""A file as a table: what it is, its headings, and its rows as text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from customers.exporting.cells import unescaped
from customers.importing.csv_file import Row, inspect_csv, read_csv
from customers.importing.headings import heading_row, repeated_headings, unique_headings
from customers.importing.limits import MAX_COLUMNS, MAX_ROWS, SAMPLE_ROWS
from customers.importing.problems import FileProblem
from customers.importing.proposing import known_headings
from customers.importing.xlsx_file import UNCALCULATED, inspect_xlsx, read_xlsx

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KNOWN_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
    b"BZh",
    b"\x7fELF",
)


@dataclass(frozen=True)
class Table:
    """The beginning of a file. `dialect` says how to read the rest, and is what an import remembers. In the sample
    formulas without a value are empty."""

    dialect: dict[str, Any]
    headings: list[str]
    sample: list[list[str]]
    repeated: list[str]
    """Headings that stand over several columns; `headings` tells these apart by numbers."""


def inspect(stream: BinaryIO, *, sheet: str = "", encoding: str = "") -> Table:
    """Find out what `stream` is, as far as it is not said, and read its beginning. Raises FileProblem."""
    dialect = _inspect(stream, sheet, encoding)
    first = []
    for row in _rows(stream, dialect, sample=True):
        first.append(row)
        if len(first) > SAMPLE_ROWS:
            break
    if not first:
        raise FileProblem("empty")
    place = heading_row(first, known_headings())
    number, cells = first[place]
    below = [_trimmed(row) for _, row in first[place + 1 :]]
    width = _width(_trimmed(cells), below)
    if width > MAX_COLUMNS:
        raise FileProblem("too_many_columns", limit=MAX_COLUMNS)
    if not below:
        raise FileProblem("no_rows")
    headings = unique_headings(_trimmed(cells), width)
    sample = [[*map(_shown, row[:width]), *[""] * (width - len(row))] for row in below]
    return Table({**dialect, "heading_row": number}, headings, sample, repeated_headings(cells))


def _shown(cell: str) -> str:
    return "" if cell == UNCALCULATED else cell


def _width(headings: list[str], below: list[list[str]]) -> int:
    """Columns of the table: a column that most rows fill belongs to it, even without a heading."""
    wider = [len(row) for row in below if len(row) > len(headings)]
    return max(wider) if len(wider) * 2 > len(below) else len(headings)


def rows(stream: BinaryIO, dialect: dict[str, Any]) -> Iterator[Row]:
    """The rows below the headings. Raises FileProblem."""
    below = int(dialect["heading_row"])
    for count, row in enumerate((row for row in _rows(stream, dialect) if row[0] > below), start=1):
        if count > MAX_ROWS:
            raise FileProblem("too_many_rows", limit=MAX_ROWS)
        yield row


def _inspect(stream: BinaryIO, sheet: str, encoding: str) -> dict[str, Any]:
    stream.seek(0)
    head = stream.read(4096)
    if not head.strip():
        raise FileProblem("empty")
    if head.startswith(_ZIP):
        return inspect_xlsx(stream, sheet)
    if head.startswith(_OLE):
        raise FileProblem("protected" if _contains(stream, _ENCRYPTED) else "old_excel")
    if head.startswith(_KNOWN_BINARY) or head[:2] == b"PK":
        raise FileProblem("binary")
    beginning = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"<head")):
        raise FileProblem("html")
    if beginning.startswith(b"mime-version:"):
        raise FileProblem("html")
    if _looks_binary(head):
        raise FileProblem("binary")
    return inspect_csv(stream, encoding)


def _looks_binary(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    controls = sum(head.count(code) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return controls > len(head) * 0.02 or head.count(0) > len(head) * 0.05


def _contains(stream: BinaryIO, wanted: bytes) -> bool:
    stream.seek(0)
    tail = b""
    while chunk := stream.read(256 * 1024):
        if wanted in tail + chunk:
            return True
        tail = chunk[-len(wanted) :]
    return False


def _rows(stream: BinaryIO, dialect: dict[str, Any], *, sample: bool = False) -> Iterator[Row]:
    if dialect["format"] == "xlsx":
        below = 0 if sample else dialect["heading_row"]
        found = read_xlsx(stream, dialect["sheet"], sample=sample, below=below)
    else:
        found = read_csv(stream, dialect["encoding"], dialect["delimiter"])
    for number, cells in found:
        # Looking at each cell would cost more than the rare rows that have one.
        yield number, [unescaped(cell) for cell in cells] if "'" in "".join(cells) else cells


def _trimmed(cells: list[str]) -> list[str]:
    last = len(cells)
    while last and not cells[last - 1].strip():
        last -= 1
    return cells[:last]
