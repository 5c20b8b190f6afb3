"""What a person does with an import: upload, say what the columns are, import, revert, discard."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from customers.actions.disclosure import record_disclosure
from customers.enums import DisclosureKind, ImportStatus
from customers.importing import mapping as mappings
from customers.importing import source
from customers.importing.limits import MAX_UPLOAD, RETENTION_DAYS
from customers.importing.options import REVEAL, Options
from customers.importing.problems import FileProblem
from customers.importing.status import WrongImportStatus, change_import_status
from customers.models import ImportBatch, ImportRow
from tenancy.access import Viewer
from tenancy.context import organization_context
from tenancy.models import Membership
from workspace.actions.job import cancel_job, enqueue
from workspace.files import DamagedFile, FileTooLarge, destroy, store
from workspace.models import Job

CHECK, APPLY, REVERT = "customers.import_check", "customers.import_apply", "customers.import_revert"


@transaction.atomic
def upload_import(stream: BinaryIO, name: str, *, actor: Membership, encoding: str = "") -> ImportBatch:
    """Keep the file, encrypted, and find out what it holds: its `encoding` too unless that is named. Raises FileProblem:
    then nothing is kept."""
    table = source.inspect(stream, encoding=encoding)
    stream.seek(0)
    try:
        stored = store(stream, name=name, limit=MAX_UPLOAD)
    except FileTooLarge:
        raise FileProblem("too_large", limit=MAX_UPLOAD // 1024 // 1024) from None
    batch = ImportBatch(file=stored, file_name=stored.name, size=stored.size, created_by=actor)
    _describe(batch, table, actor)
    batch.save(force_insert=True)
    return batch


def shows_rejected_in_full(batch: ImportBatch, viewer: Viewer) -> bool:
    """Whether `viewer` gets the rows that were not imported as they stand in the file: their own file, or that of
    somebody whose contact details they may see in full."""
    reach = viewer.reach(REVEAL)
    own = batch.created_by_id == viewer.membership.pk
    return own or (reach is not None and reach.covers(batch.created_by_id))


def take_rejected(batch: ImportBatch, *, viewer: Viewer) -> bool:
    """Record that the rows that were not imported leave as a file; False when it is to be masked, which is no
    disclosure."""
    if not shows_rejected_in_full(batch, viewer):
        return False
    count = batch.errors + batch.skipped
    record_disclosure(DisclosureKind.EXPORT, viewer, count, "import_rows", target=batch, rows=count)
    return True


@transaction.atomic
def choose_sheet(batch: ImportBatch, sheet: str) -> ImportBatch:
    """Read another sheet of the workbook. Raises FileProblem, WrongImportStatus."""
    batch = _locked(batch)
    if not batch.can_map:
        raise WrongImportStatus(batch.status)
    table = read_table(batch, sheet=sheet)
    _describe(batch, table, batch.created_by)
    batch.save()
    return batch


def read_table(batch: ImportBatch, *, sheet: str = "") -> source.Table:
    """The beginning of the stored file, for the page that maps its columns. Raises FileProblem."""
    if batch.file is None:
        raise FileProblem("gone")
    try:
        with batch.file.open() as stream:
            known = batch.dialect
            return source.inspect(
                stream, sheet=sheet or known.get("sheet", ""), encoding=known.get("encoding", "")
            )
    except DamagedFile:
        raise FileProblem("damaged") from None


def _describe(batch: ImportBatch, table: source.Table, actor: Membership) -> None:
    batch.dialect = table.dialect
    batch.headings = json.dumps(table.headings, ensure_ascii=False)
    batch.mapping = mappings.propose(table.headings, table.sample)
    chosen = mappings.remembered_options(table.headings) or {
        "kind": mappings.propose_kind(table.headings, table.sample, batch.mapping),
        "day_first": mappings.propose_day_first(table.sample, batch.mapping),
    }
    batch.options = Options.from_json({"owner": str(actor.pk), **chosen}).as_json()


@transaction.atomic
def start_check(
    batch: ImportBatch, mapping: Sequence[str], options: Options, *, actor: Membership
) -> ImportBatch:
    """Say where the columns go; a job then checks every row. The choice is remembered for these headings.

    Raises FileProblem without a name column, WrongImportStatus.
    """
    batch = _locked(batch)
    if not mappings.has_name(mapping):
        raise FileProblem("no_name_column")
    if not batch.can_map:
        raise WrongImportStatus(batch.status)
    batch.mapping, batch.options = mappings.collected(mapping), options.as_json()
    remembered = {key: value for key, value in batch.options.items() if key != "owner"}
    mappings.remember(json.loads(batch.headings), batch.mapping, remembered)
    _delete_rows(batch)
    job = enqueue(CHECK, {"batch": str(batch.pk)}, actor=actor)
    return change_import_status(batch, ImportStatus.STAGING, job=job)


@transaction.atomic
def start_apply(batch: ImportBatch, *, actor: Membership) -> ImportBatch:
    """Import what was checked. Raises WrongImportStatus."""
    batch = _locked(batch)
    if not batch.can_apply:
        raise WrongImportStatus(batch.status)
    job = enqueue(APPLY, {"batch": str(batch.pk)}, actor=actor)
    return change_import_status(batch, ImportStatus.APPLYING, job=job)


@transaction.atomic
def start_revert(batch: ImportBatch, *, actor: Membership) -> ImportBatch:
    """Undo the whole import, or what a stopped one has done so far. Raises WrongImportStatus."""
    batch = _locked(batch)
    if not (batch.can_revert or (batch.status == ImportStatus.APPLYING and batch.has_stopped)):
        raise WrongImportStatus(batch.status)
    job = enqueue(REVERT, {"batch": str(batch.pk)}, actor=actor)
    return change_import_status(batch, ImportStatus.REVERTING, job=job)


@transaction.atomic
def discard_import(batch: ImportBatch) -> ImportBatch:
    """Give the import up before it is applied: file and rows are destroyed. Raises WrongImportStatus."""
    batch = _locked(batch)
    job = Job.objects.filter(pk=batch.job_id).first()
    if job is not None and job.can_cancel:
        cancel_job(job)
    change_import_status(batch, ImportStatus.DISCARDED)
    purge(batch)
    return batch


def purge(batch: ImportBatch) -> None:
    """Destroy the file and the rows of an import; that it took place, and its counts, stay."""
    _delete_rows(batch)
    stored, batch.file, batch.purged_at = batch.file, None, timezone.now()
    batch.headings = "[]"
    batch.save()
    if stored is not None:
        destroy(stored)


def purge_old(organization_id: int) -> None:
    """Nightly: what was uploaded longer ago than the retention is destroyed, import by import."""
    limit = timezone.now() - timedelta(days=RETENTION_DAYS)
    while True:
        with organization_context(organization_id):
            old = ImportBatch.objects.filter(purged_at=None, created_at__lt=limit).exclude(
                status__in=(ImportStatus.APPLYING, ImportStatus.REVERTING)
            )
            batch = old.select_for_update(of=("self",)).order_by("pk").first()
            if batch is None:
                return
            purge(batch)


def _delete_rows(batch: ImportBatch) -> None:
    ImportRow.objects.filter(batch=batch)._raw_delete(ImportRow.objects.db)


def _locked(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.select_for_update().get(pk=batch.pk)
