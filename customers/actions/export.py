"""Exports: recorded, streamed when small, made by a job into an encrypted file that expires when large."""

import tempfile
import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from customers.actions.disclosure import name_customers, record_disclosure
from customers.enums import DisclosureKind, ExportFormat
from customers.exporting.cells import Cell
from customers.exporting.rows import BATCH, Export, Wanted
from customers.exporting.writers import XlsxFile, csv_pieces
from customers.models import CustomerExport
from customers.rights import EXPORT
from tenancy.access import Viewer, viewer_for
from tenancy.context import organization_context
from tenancy.errors import Refused
from workspace import files
from workspace.actions.job import enqueue
from workspace.models import Job
from workspace.progress import JobFailed, Progress

JOB = "customers.export"
DIRECT = 10_000
"""More rows than these are made in the background."""
KEPT = timedelta(days=7)
_PURGE_AT_ONCE = 100
_KEY = 16
"""Bytes of a key."""


class BrokenFilter(Refused):
    """A filter of the address narrows nothing. `names`: which."""

    def __init__(self, names: Sequence[str]) -> None:
        told = _(
            "Nothing was exported. These filters are unknown here, out of your reach or unreadable: %(filters)s."
        )
        super().__init__(told % {"filters": _(", ").join(names)})


def allow_export(export: Export) -> None:
    """Raises BrokenFilter when the file would hold more than was asked for."""
    if names := export.misunderstood:
        raise BrokenFilter(names)


@transaction.atomic
def start_export(wanted: Wanted, format: str, *, viewer: Viewer) -> tuple[CustomerExport, Export | None]:
    """Record the export; a small one is answered to be streamed, a large one has become a job (None).

    Raises PermissionDenied, BrokenFilter.
    """
    if not viewer.can(EXPORT):
        raise PermissionDenied
    export = Export(wanted, viewer)
    allow_export(export)
    row = CustomerExport(
        requested_by=viewer.membership,
        format=ExportFormat(format),
        query=wanted.query,
        columns=[fact.key for fact in export.columns],
        reveals=export.reveals,
    )
    count = export.count(DIRECT)
    if count > DIRECT:
        row.job = enqueue(JOB, {"export": str(row.pk)}, actor=viewer.membership)
        row.save(force_insert=True)
        return row, None
    row.rows = count
    row.save(force_insert=True)
    disclosed(row, count)
    return row, export


def disclosed(row: CustomerExport, customers: Collection[uuid.UUID] | int) -> None:
    """The one place that tells the audit of customers leaving as a file or on paper: who, or how many, to be named while
    they are written. The disclosure has the key of the export: so a file is found by whom it holds."""
    kind = DisclosureKind.PRINT if row.format == ExportFormat.PRINT else DisclosureKind.EXPORT
    note = {"rows": row.rows, "columns": row.columns, "reveals": row.reveals, "format": row.format}
    record_disclosure(kind, row.requested_by, customers, "customers", key=row.pk, export=str(row.pk), **note)


def stream_csv(row: CustomerExport, export: Export) -> Iterator[bytes]:
    """The file, for a response: the page's own context and language are gone by the time it is read.

    Each batch is a transaction: who is in it is on record before the first of them leaves, also where the rest never
    does.
    """
    headings, language, organization = export.headings, get_language(), export.viewer.organization

    def rows() -> Iterator[list[Cell]]:
        cursor, first = "", True
        while cursor or first:
            with organization_context(organization, actor=export.viewer.membership), override(language):
                batch = export.batch(cursor)
                name_customers(row.pk, batch.customers)
            cursor, first = batch.after, False
            yield from batch.cells

    return csv_pieces(headings, rows(), row.format)


def xlsx_file(row: CustomerExport, export: Export) -> IO[bytes]:
    """A finished workbook in a file that vanishes when it is closed."""
    target = tempfile.TemporaryFile()  # noqa: SIM115
    book = XlsxFile(target, export.headings)
    for batch in export.batches():
        name_customers(row.pk, batch.customers)
        for cells in batch.cells:
            book.add(cells)
    book.close()
    target.seek(0)
    return target


def run_export(job: Job, progress: Progress) -> dict[str, Any]:
    """Read batch by batch, each in a short transaction that asks the rights anew; store the file at the end, together
    with whom it holds.

    A killed attempt leaves nothing and starts over: half a file is of no use. So does one in which somebody has been
    erased meanwhile: their key leads nowhere any more.
    """
    key = uuid.UUID(job.params["export"])
    with tempfile.TemporaryFile() as target, tempfile.TemporaryFile() as customers:
        count = _fill(target, customers, key, progress)
        target.seek(0)
        with progress.batch():
            row = CustomerExport.objects.select_for_update().get(pk=key)
            row.rows, row.expires_at = count, timezone.now() + KEPT
            disclosed(row, count)
            _name_all(key, customers)
            row.file = files.store(target, name=file_name(row))
            row.save()
            progress.checkpoint(done=count, total=count)
    return {"rows": count}


def _name_all(key: uuid.UUID, customers: IO[bytes]) -> None:
    """Name everybody whose key was noted, so many at a time, however many they are; each is checked to be there still."""
    customers.seek(0)
    while noted := customers.read(BATCH * _KEY):
        name_customers(key, [uuid.UUID(bytes=noted[at : at + _KEY]) for at in range(0, len(noted), _KEY)])
        connection.check_constraints()


def _fill(target: IO[bytes], customers: IO[bytes], key: uuid.UUID, progress: Progress) -> int:
    """Write the rows to `target` and the keys of whom they are about to `customers`. Answers how many."""
    writer: Any = None
    cursor, done, first, format = "", 0, True, ""
    while cursor or first:
        with progress.batch():
            export, format = _export_of(key)
            if first:
                progress.checkpoint(total=export.queryset.order_by().count(), done=0, stage="write")
                writer = XlsxFile(target, export.headings) if format == ExportFormat.XLSX else None
            cells, keys, cursor = export.batch(cursor)
            if done % 5000 == 0:
                progress.checkpoint(done=done)
        customers.writelines(one.bytes for one in keys)
        if writer is not None:
            for line in cells:
                writer.add(line)
        else:
            pieces = csv_pieces(export.headings, cells, format) if first else _more(cells, format)
            target.writelines(pieces)
        done, first = done + len(cells), False
    if writer is not None:
        writer.close()
    return done


def _more(cells: Any, format: str) -> Iterator[bytes]:
    """Lines of a file that has its headings."""
    whole = b"".join(csv_pieces([], cells, format))
    mark = b"\r\n" if format == ExportFormat.GB18030 else "\ufeff\r\n".encode()
    yield whole.removeprefix(mark)


def _export_of(key: uuid.UUID) -> tuple[Export, str]:
    row = CustomerExport.objects.select_related("requested_by").get(pk=key)
    viewer = viewer_for(row.requested_by)
    if not viewer.can(EXPORT):
        raise JobFailed("no_right")
    export = Export(Wanted(row.query, row.columns), viewer)
    if export.misunderstood:
        raise JobFailed("filter_gone")
    return export, row.format


def file_name(row: CustomerExport) -> str:
    ending = "xlsx" if row.format == ExportFormat.XLSX else "csv"
    return f"customers-{timezone.localtime(row.created_at or timezone.now()):%Y%m%d-%H%M}.{ending}"


def purge_exports(organization_id: int) -> None:
    """Nightly: files whose time is over are destroyed; that they were made stays."""
    while True:
        with organization_context(organization_id):
            over = CustomerExport.objects.filter(file__isnull=False, expires_at__lt=timezone.now())
            found = list(over.select_related("file")[:_PURGE_AT_ONCE])
            for row in found:
                stored, row.file = row.file, None
                row.save(update_fields=["file"])
                files.destroy(stored)
        if not found:
            return
