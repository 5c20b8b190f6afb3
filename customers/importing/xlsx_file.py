"""Sheets of a workbook as rows of text, streamed: memory is bounded by the shared texts, whatever the sheet claims to be."""

import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from xml.parsers import expat

from customers.importing.csv_file import Row
from customers.importing.limits import LAST_ROW, MAX_CELL, MAX_COLUMNS, MAX_SEARCHED, SAMPLE_ROWS
from customers.importing.problems import FileProblem
from customers.importing.xlsx_merges import Merges, read_merges
from customers.importing.xlsx_parts import (
    LocalNames,
    Texts,
    Workbook,
    new_parser,
    open_workbook,
    read_formats,
    read_texts,
    unescaped,
)

_CHUNK = 64 * 1024
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a cell has no time zone
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001
_EPOCH_FIRST_60 = datetime(1899, 12, 31)  # noqa: DTZ001 - before the 29 February 1900 that never was
_DIGITS = "0123456789"
_LAST_SERIAL = 2_958_466
_EXACT = 1e15
"""A spreadsheet keeps 15 digits of a number."""
UNCALCULATED = "\0" * 7
"""Stands in the cell of a formula whose value the workbook does not hold. No other cell has it: XML knows no NUL."""


def inspect_xlsx(stream: BinaryIO, sheet: str = "") -> dict[str, Any]:
    """The visible sheets and the one to read: the one asked for, otherwise the first that has cells. Raises FileProblem."""
    book = open_workbook(stream)
    names = list(book.sheets)
    if sheet not in names:
        sheet = next((name for name in names if _has_cells(book, name)), "")
    if not sheet:
        raise FileProblem("no_sheet")
    return {"format": "xlsx", "sheets": names, "sheet": sheet}


def read_xlsx(stream: BinaryIO, sheet: str, *, sample: bool = False, below: int = 0) -> Iterator[Row]:
    """The rows of a sheet; blank ones are left out. `sample`: only its beginning, without reading every text of the workbook.
    Cells over several rows that begin below the row `below` count for each of them."""
    book = open_workbook(stream)
    if sheet not in book.sheets:
        raise FileProblem("no_sheet")
    path = book.sheets[sheet]
    texts = read_texts(book, _texts_needed(book, sheet) if sample else None)
    searched = not sample or book.archive.getinfo(path).file_size <= MAX_SEARCHED
    rows = _SheetReader(book, texts).read(path, below if searched else None)
    yield from _first(rows, SAMPLE_ROWS + 10) if sample else rows


def _first(rows: Iterator[Row], count: int) -> Iterator[Row]:
    for _, row in zip(range(count), rows, strict=False):
        yield row


def _has_cells(book: Workbook, name: str) -> bool:
    return next(_SheetReader(book, None).read(book.sheets[name]), None) is not None


def _texts_needed(book: Workbook, sheet: str) -> int:
    reader = _SheetReader(book, None)
    for _ in _first(reader.read(book.sheets[sheet]), SAMPLE_ROWS + 10):
        pass
    return reader.highest_text + 1


class _SheetReader:
    """`texts=None` reads the shape only, and notes the highest text number that occurs."""

    def __init__(self, book: Workbook, texts: Texts | None) -> None:
        self._book, self._texts = book, texts
        self._formats = read_formats(book)
        self._names = LocalNames()
        self._rows: list[Row] = []
        self._cells: list[str] = []
        self._number = self._column = 0
        self._type = self._style = ""
        self._text = ""
        self._columns = _Columns()
        self._taking = self._phonetic = self._formula = False
        self._merges: Merges | None = None
        self.highest_text = -1

    def read(self, path: str, below: int | None = None) -> Iterator[Row]:
        """Cells over several rows are filled where they begin below `below`, none without it."""
        parser = new_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        try:
            if below is not None:
                self._merges = read_merges(self._book.archive, path, below)
            with self._book.archive.open(path) as part:
                while chunk := part.read(_CHUNK):
                    parser.Parse(chunk, False)
                    yield from self._rows
                    self._rows.clear()
                parser.Parse(b"", True)
        except (expat.ExpatError, zipfile.BadZipFile, KeyError, EOFError, OSError, RuntimeError, ValueError):
            raise FileProblem("broken_workbook") from None
        yield from self._rows

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = self._names[tag]
        if tag == "v" or tag == "t":
            self._taking = not self._phonetic
            if self._formula:
                # A text may be empty; other values are there or have never been worked out.
                self._formula = self._type != "str"
        elif tag == "c":
            reference = attributes.get("r")
            self._column = self._columns[reference.rstrip(_DIGITS)] if reference else self._column + 1
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._text = ""
            self._formula = False
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "row":
            self._number = self._row_number(attributes.get("r"))
            self._column = 0
            self._cells = []

    def _row_number(self, written: str | None) -> int:
        number = int(written) if written else self._number + 1
        if not self._number < number <= LAST_ROW:
            raise FileProblem("broken_workbook")
        return number

    def _data(self, text: str) -> None:
        if self._taking and len(self._text) <= MAX_CELL:
            self._text += text

    def _end(self, tag: str) -> None:
        tag = self._names[tag]
        if tag == "v" or tag == "t":
            self._taking = False
        elif tag == "c":
            if self._text:
                self._put(self._value(self._text))
            elif self._formula:
                self._put(UNCALCULATED)
        elif tag == "row":
            if any(self._cells):
                if self._merges:
                    self._merges.fill(self._number, self._cells)
                self._rows.append((self._number, self._cells))
        elif tag == "rPh":
            self._phonetic = False

    def _put(self, value: str) -> None:
        cells, place = self._cells, self._column - 1
        if not value:
            return
        if place >= MAX_COLUMNS:
            raise FileProblem("too_many_columns", limit=MAX_COLUMNS)
        if place == len(cells):
            cells.append(value)
        else:
            cells.extend([""] * (place + 1 - len(cells)))
            cells[place] = value

    def _value(self, raw: str) -> str:
        if self._type == "s":
            number = int(raw)
            if self._texts is None:
                self.highest_text = max(self.highest_text, number)
                return "?"
            return self._texts[number] if 0 <= number < len(self._texts) else ""
        if self._type in ("str", "inlineStr"):
            return unescaped(raw)[: MAX_CELL + 1]
        if self._type == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if self._type == "n":
            style = int(self._style) if self._style else 0
            return _number_text(
                raw, self._formats[style] if style < len(self._formats) else "", self._book.date1904
            )
        return raw[: MAX_CELL + 1]


class _Columns(dict):
    """Letters of a column → its number ("AB" → 28), each worked out once."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self[letters] = number = max(number, 1)
        return number


def _number_text(raw: str, style: str, date1904: bool) -> str:
    """What a person sees: no exponent, no “.0”, dates as ISO, the zeros that a format adds in front.

    From 1e15 on, digits would be made up: what is written stays as it is, and its exponent tells that some are lost.
    """
    if style == "date":
        return _date_text(float(raw), date1904)
    if raw.isdigit():
        return raw.zfill(len(style)) if style else raw
    try:
        number = float(raw)
    except ValueError:
        return raw
    if abs(number) >= _EXACT:
        return raw.upper().removesuffix(".0")
    if number.is_integer():
        return str(int(number)).zfill(len(style))
    return repr(round(number, 12))


def _date_text(serial: float, date1904: bool) -> str:
    if not 0 <= serial < _LAST_SERIAL:
        return repr(serial)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_FIRST_60 if serial < 60 else _EPOCH
    moment = epoch + timedelta(days=int(serial), seconds=round(serial % 1 * 86_400))
    if serial < 1 and not date1904:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%Y-%m-%d") if serial == int(serial) else moment.strftime("%Y-%m-%d %H:%M:%S")
