"""Rows into bytes, with constant memory however many there are."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from customers.enums import ExportFormat
from customers.exporting.cells import Cell, as_text, escaped

SHEET_ROWS = 1_000_000
"""A sheet ends at 1,048,576 rows; what is longer goes on in the next one."""
_LONGEST_CELL = 32_767
_PIECE = 64 * 1024


def csv_pieces(headings: Sequence[str], rows: Iterable[Sequence[Cell]], format: str) -> Iterator[bytes]:
    """UTF-8 with its mark, or GB18030, which older Chinese spreadsheets expect."""
    encoding = "gb18030" if format == ExportFormat.GB18030 else "utf-8"
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    if encoding == "utf-8":
        target.write("\ufeff")
    writer.writerow([escaped(text) for text in headings])
    for cells in rows:
        writer.writerow([as_text(cell) for cell in cells])
        if target.tell() > _PIECE:
            yield target.getvalue().encode(encoding, "replace")
            target.seek(0)
            target.truncate()
    yield target.getvalue().encode(encoding, "replace")


class XlsxFile:
    """A workbook that grows row by row on the disk. `close()` finishes it."""

    def __init__(self, target: str | IO[bytes], headings: Sequence[str]) -> None:
        self._book = xlsxwriter.Workbook(target, {"constant_memory": True})
        self._headings = headings
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._sheet, self._row = self._new_sheet(), 1

    def add(self, cells: Sequence[Cell]) -> None:
        if self._row > SHEET_ROWS:
            self._sheet, self._row = self._new_sheet(), 1
        for column, cell in enumerate(cells):
            if cell is not None:
                self._write(column, cell)
        self._row += 1

    def close(self) -> None:
        self._book.close()

    def _new_sheet(self) -> Worksheet:
        sheet = self._book.add_worksheet()
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, max(1, len(self._headings) - 1), 16)
        for column, text in enumerate(self._headings):
            sheet.write_string(0, column, escaped(text), self._bold)
        return sheet

    def _write(self, column: int, cell: Cell) -> None:
        if isinstance(cell, str):
            self._sheet.write_string(self._row, column, escaped(cell)[:_LONGEST_CELL])
        elif isinstance(cell, date) and cell.year >= 1900:
            look = self._moment if isinstance(cell, datetime) else self._day
            self._sheet.write_datetime(self._row, column, cell, look)
        elif isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
            self._sheet.write_number(self._row, column, cell)
        else:
            self._sheet.write_string(self._row, column, as_text(cell))
