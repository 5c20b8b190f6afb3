import uuid
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.db import EncryptedTextField
from tenancy.models import TenantModel


class StoredFile(TenantModel):
    """An uploaded or produced file: encrypted on the disk, outside the web root, under a random name.

    Made by `workspace.files.store`; the name may name a person, so that it is encrypted too.
    """

    place = models.UUIDField(default=uuid.uuid4, editable=False)
    name = EncryptedTextField(_("file name"))
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        default_permissions = ()
        indexes = [models.Index(fields=["organization", "place"], name="workspace_file_place")]

    def __str__(self) -> str:
        return self.name

    def open(self) -> BinaryIO:
        """The content, to read and to seek. Use it in `with`. Raises `workspace.files.DamagedFile`."""
        from workspace.files import open_decrypted

        return open_decrypted(self)

    def as_temporary_file(self, suffix: str = "") -> AbstractContextManager[Path]:
        """A decrypted copy that only this process's user can read, gone after the `with`."""
        from workspace.files import temporary_copy

        return temporary_copy(self, suffix)
