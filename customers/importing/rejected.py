"""The rows that were not imported, as a file to correct and to upload again."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import zip_longest

from customers.enums import RowOutcome
from customers.exporting.cells import escaped
from customers.importing import ours, source
from customers.importing.values import Problem
from customers.importing.xlsx_file import UNCALCULATED
from customers.masking import masked_text
from customers.models import ImportBatch, ImportRow
from customers.queries.imports import Words, masked_cell

_AT_ONCE = 500


def rejected_csv(batch: ImportBatch, *, in_full: bool) -> Iterator[bytes]:
    """UTF-8 with BOM: row number, reason, then the cells as they stand in the stored file, which is read anew;
    contact details masked unless `in_full`. Where the file is one of these itself, its numbers and reasons are left out."""
    if batch.file is None:
        return
    words = Words(batch)
    headings = json.loads(batch.headings)
    first = ours.added(headings)
    yield "\ufeff".encode() + _line([str(ours.NUMBER), str(ours.REASON), *headings[first:]])
    rejected = _rejected(batch)
    wanted = next(rejected, None)
    with batch.file.open() as stream:
        for number, cells in source.rows(stream, batch.dialect):
            if wanted is None:
                return
            if number == wanted[0]:
                reason = " ".join(words.of(problem) for problem in wanted[1] or ())
                cells = ["" if cell == UNCALCULATED else cell for cell in cells]
                shown = cells if in_full else _masked(cells, batch.mapping)
                yield _line([str(number), reason, *shown[first:]])
                wanted = next(rejected, None)


def _masked(cells: list[str], mapping: list[str]) -> list[str]:
    """Of what stands in a column that goes nowhere nobody knows what it is: it is masked too."""
    pairs = zip_longest(cells, mapping[: len(cells)], fillvalue="")
    return [cell and (masked_cell(cell, target) if target else masked_text(cell)) for cell, target in pairs]


def _rejected(batch: ImportBatch) -> Iterator[tuple[int, list[Problem] | None]]:
    """Numbers and problems of the rows that were not imported, in the order of the file."""
    after = 0
    while True:
        found = ImportRow.objects.filter(
            batch=batch, number__gt=after, outcome__in=(RowOutcome.ERROR, RowOutcome.SKIP)
        )
        page = list(found.order_by("number").values_list("number", "problems")[:_AT_ONCE])
        yield from page
        if len(page) < _AT_ONCE:
            return
        after = page[-1][0]


def _line(cells: list[str]) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerow([escaped(cell) for cell in cells])
    return target.getvalue().encode("utf-8", "replace")
