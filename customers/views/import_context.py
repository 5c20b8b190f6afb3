"""What the pages of an import show: steps, columns with examples, counts as tabs, rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from customers.enums import ImportStatus, RowOutcome, RowResult
from customers.models import ImportBatch
from customers.queries.imports import FILTERS, lines, masked_cell
from tenancy.access import Viewer
from tenancy.links import organization_url

_EXAMPLES = 3
_LONGEST = 40


def steps(current: int, batch: ImportBatch | None = None) -> list[dict[str, str]]:
    """The four steps of the wizard; the columns can be gone back to until the import is applied."""
    labels = (_("File"), _("Match columns"), _("Preview"), _("Result"))
    states = ["done" if place < current else "current" if place == current else "todo" for place in range(4)]
    back = organization_url("customers:import_map", pk=batch.pk) if batch and batch.can_map else ""
    urls = ("", back if current > 1 else "", "", "")
    return [
        {"label": label, "state": state, "url": url}
        for label, state, url in zip(labels, states, urls, strict=True)
    ]


def column_rows(fields: Sequence[forms.BoundField], sample: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Each column with its choice and its first examples; what looks like a contact detail is masked."""
    found = []
    for place, field in enumerate(fields):
        cells = [row[place].strip() for row in sample if place < len(row) and row[place].strip()]
        target = str(field.value() or "")
        examples = [masked_cell(cell[:_LONGEST], target) for cell in dict.fromkeys(cells)]
        found.append({"field": field, "examples": examples[:_EXAMPLES]})
    return found


def repeated_text(headings: Sequence[str]) -> str:
    """What to do about columns that have the same heading; "" where none have."""
    if not headings:
        return ""
    return _(
        "Several columns have the same heading: %(headings)s. They are numbered below, in the order of the file. "
        "Choose for each what it holds; one that stays at “Not imported” is left out."
    ) % {"headings": _(", ").join(headings)}


def result_context(batch: ImportBatch, query: Mapping[str, str], viewer: Viewer) -> dict[str, Any]:
    """Counts as tabs, and a page of the rows behind the one chosen."""
    chosen = query.get("rows", "")
    chosen = chosen if chosen in FILTERS else ""
    start = query.get("after", "0")
    after = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 0
    shown, following = ([], None)
    if not batch.is_working and batch.rows and batch.purged_at is None:
        shown, following = lines(batch, chosen, after, viewer)
    return {
        "batch": batch,
        "job": batch.job,
        "tabs": _tabs(batch, chosen),
        "lines": shown,
        "next_url": f"?rows={chosen}&after={following}" if following else "",
        "previous_url": f"?rows={chosen}" if after else "",
        "highlights": highlights(batch),
        "rejected": batch.purged_at is None and bool(batch.errors or batch.skipped),
    }


def _tabs(batch: ImportBatch, chosen: str) -> list[dict[str, Any]]:
    counted = [
        ("", _("All"), batch.rows),
        (RowOutcome.NEW, RowOutcome.NEW.label, batch.new),
        (RowOutcome.UPDATE, RowOutcome.UPDATE.label, batch.updates),
        *([(RowOutcome.PERSON, RowOutcome.PERSON.label, batch.people)] if batch.people else ()),
        (RowOutcome.SKIP, RowOutcome.SKIP.label, batch.skipped),
        (RowOutcome.ERROR, RowOutcome.ERROR.label, batch.errors),
    ]
    if batch.kept:
        counted.append((RowResult.KEPT, RowResult.KEPT.label, batch.kept))
    return [
        {"label": label, "url": f"?rows={key}", "count": number_format(count), "current": key == chosen}
        for key, label, count in counted
    ]


def highlights(batch: ImportBatch) -> list[dict[str, Any]]:
    done = batch.status not in (ImportStatus.STAGED, ImportStatus.STAGING)
    people = {"label": _("Contact persons"), "value": number_format(batch.people), "tone": "blue"}
    return [
        {
            "label": _("Customers created") if done else _("Will be created"),
            "value": number_format(batch.new),
            "tone": "green",
        },
        {
            "label": _("Customers updated") if done else _("Will be updated"),
            "value": number_format(batch.updates),
            "tone": "blue",
        },
        *([people] if batch.people else ()),
        {"label": _("Skipped"), "value": number_format(batch.skipped), "tone": ""},
        {"label": _("Errors"), "value": number_format(batch.errors), "tone": "red" if batch.errors else ""},
    ]
