"""The rows that were not imported, as a file to correct and to upload again."""

import csv
import io
import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from customers.enums import RowOutcome
from customers.exporting.cells import escaped
from customers.importing import source
from customers.importing.values import Problem
from customers.models import ImportBatch, ImportRow
from customers.queries.imports import Words

_AT_ONCE = 500


def rejected_csv(batch: ImportBatch) -> Iterator[bytes]:
    """UTF-8 with BOM: row number, reason, then the cells as they stand in the stored file, which is read anew."""
    if batch.file is None:
        return
    words = Words(batch)
    yield "\ufeff".encode() + _line([_("Row"), _("Reason"), *json.loads(batch.headings)])
    rejected = _rejected(batch)
    wanted = next(rejected, None)
    with batch.file.open() as stream:
        for number, cells in source.rows(stream, batch.dialect):
            if wanted is None:
                return
            if number == wanted[0]:
                reason = " ".join(words.of(problem) for problem in wanted[1] or ())
                yield _line([str(number), reason, *cells])
                wanted = next(rejected, None)


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
