import uuid
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.actions.once import create_once
from tenancy.models import Membership
from workspace import files
from workspace.models import Attachment, AttachmentFolder
from workspace.registry import folder_kinds
from workspace.sniffing import FileRefused, sniff


def create_folder(kind: str) -> AttachmentFolder:
    """A place for the files of one row, which is to point to it."""
    return AttachmentFolder.objects.create(kind=folder_kinds[kind].key)


@transaction.atomic
def add_attachment(
    folder: AttachmentFolder, upload: UploadedFile, *, actor: Membership, id: uuid.UUID
) -> Attachment:
    """Put a file into the folder. The same `id` twice adds it once. Raises FileRefused."""
    limit = settings.ATTACHMENT_MAX_BYTES
    name = files.clean_name(upload.name or "")
    if (upload.size or 0) > limit:
        raise _too_large(name)
    stream = cast(BinaryIO, upload)
    content_type = sniff(stream, name)

    def make() -> Attachment:
        stored = files.store(stream, name=name, limit=limit)
        return Attachment.objects.create(
            pk=id, folder=folder, file=stored, content_type=content_type, uploaded_by=actor
        )

    return create_once(Attachment, id, make)[0]


def delete_attachment(attachment: Attachment) -> None:
    attachment.deleted_at = attachment.deleted_at or timezone.now()
    attachment.save(update_fields=["deleted_at"])


def restore_attachment(attachment: Attachment) -> None:
    attachment.deleted_at = None
    attachment.save(update_fields=["deleted_at"])


def _too_large(name: str) -> FileRefused:
    words = {"name": name, "limit": filesizeformat(settings.ATTACHMENT_MAX_BYTES)}
    return FileRefused(_("%(name)s is larger than %(limit)s.") % words)
