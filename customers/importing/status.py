"""The one door through which an import moves on."""

from typing import Any

from django.db import transaction

from customers.enums import ImportStatus
from customers.models import ImportBatch

_S = ImportStatus
_LEADS_TO: dict[str, set[str]] = {
    _S.UPLOADED: {_S.STAGING, _S.DISCARDED},
    _S.STAGING: {_S.STAGED, _S.FAILED, _S.DISCARDED},
    _S.STAGED: {_S.STAGING, _S.APPLYING, _S.DISCARDED},
    _S.APPLYING: {_S.APPLIED, _S.REVERTING},
    _S.APPLIED: {_S.REVERTING},
    _S.REVERTING: {_S.REVERTED},
    _S.REVERTED: set(),
    _S.FAILED: {_S.STAGING, _S.DISCARDED},
    _S.DISCARDED: set(),
}


class WrongImportStatus(Exception):
    """The import has moved on: what was asked is no longer possible."""


@transaction.atomic
def change_import_status(batch: ImportBatch, status: ImportStatus, **values: Any) -> ImportBatch:
    """The one door to `batch.status`; `batch` was read FOR UPDATE. Sets `values` (counts, job, times) with it.

    UPLOADED → STAGING (checked by a job) → STAGED (previewed) → APPLYING → APPLIED → REVERTING → REVERTED; FAILED when the
    file cannot be imported, and DISCARDED instead of applying. Raises WrongImportStatus.
    """
    if status not in _LEADS_TO[batch.status]:
        raise WrongImportStatus(f"{batch.status} → {status}")
    batch.status = status
    if status != ImportStatus.FAILED:
        batch.failure, batch.failure_params = "", {}
    for name, value in values.items():
        setattr(batch, name, value)
    batch.save()
    return batch
