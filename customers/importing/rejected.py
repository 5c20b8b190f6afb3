"""The rows that were not imported, as a file to correct and to upload again."""

import csv
import io
import json
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from customers.enums import RowOutcome
from customers.importing import rows
from customers.models import ImportBatch, ImportRow
from customers.queries.imports import Words
from tenancy.context import current_organization

_AT_ONCE = 500
# What a spreadsheet would run: also behind spaces, and in full width. Real numbers are left alone.
_FORMULA = re.compile(r"[\s ]*[=+\-@＝＋－＠\t\r|]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def escaped(cell: str) -> str:
    """A text cell that a spreadsheet shows instead of executing."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def rejected_csv(batch: ImportBatch) -> Iterator[bytes]:
    """UTF-8 with BOM: row number, reason, then the cells as they stood in the file."""
    headings = json.loads(batch.headings)
    words, uid = Words(batch), current_organization().uid
    yield "\ufeff".encode() + _line([_("Row"), _("Reason"), *headings])
    after = 0
    while True:
        wanted = ImportRow.objects.filter(
            batch=batch, number__gt=after, outcome__in=(RowOutcome.ERROR, RowOutcome.SKIP)
        )
        found = list(wanted.order_by("number")[:_AT_ONCE])
        if not found:
            return
        for row in found:
            cells, _values = rows.unseal(bytes(row.payload), uid, row.pk)
            reason = " ".join(words.of(problem) for problem in row.problems or ())
            yield _line([str(row.number), reason, *cells])
        after = found[-1].number


def _line(cells: list[str]) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerow([escaped(cell) for cell in cells])
    return target.getvalue().encode("utf-8", "replace")
