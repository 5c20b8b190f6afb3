"""Nightly: files that were deleted long enough ago, and contents whose rows were never saved, go for good."""

import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from tenancy.context import organization_context
from workspace import files
from workspace.models import Attachment, StoredFile

KEPT_AFTER_DELETION = timedelta(days=30)
ORPHAN_SECONDS = 24 * 3600
AT_ONCE = 200


def clear_files(organization_id: int) -> None:
    while _purge_some(organization_id):
        pass
    with organization_context(organization_id):
        folders = list(files.organization_folder().glob("[0-9a-f][0-9a-f]"))
    for folder in folders:
        _remove_orphans(organization_id, folder)


def _purge_some(organization_id: int) -> int:
    with organization_context(organization_id):
        limit = timezone.now() - KEPT_AFTER_DELETION
        gone = list(Attachment.objects.filter(deleted_at__lt=limit).select_related("file")[:AT_ONCE])
        for attachment in gone:
            attachment.delete()
            files.destroy(attachment.file)
    return len(gone)


def _remove_orphans(organization_id: int, folder: Path) -> None:
    """Contents older than a day without a row: what a rolled back upload has left."""
    limit = time.time() - ORPHAN_SECONDS
    old = {path.stem: path for path in folder.iterdir() if path.stat().st_mtime < limit}
    with organization_context(organization_id):
        places = [UUID(stem) for stem in old]
        known = set(StoredFile.objects.filter(place__in=places).values_list("place", flat=True))
    for stem, path in old.items():
        if UUID(stem) not in known:
            path.unlink(missing_ok=True)
