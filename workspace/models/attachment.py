from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet
from workspace.registry import FolderKind, folder_kinds


class AttachmentFolder(TenantModel):
    """A place for files. The row it belongs to points down to it; its kind answers who may see and add."""

    kind = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        default_permissions = ()

    @property
    def spec(self) -> FolderKind:
        return folder_kinds[self.kind]


class AttachmentQuerySet(TenantQuerySet):
    def present(self) -> "AttachmentQuerySet":
        return self.filter(deleted_at=None)


class Attachment(TenantModel):
    """A file in a folder. Deleted ones stay for a while, so that the deletion can be undone."""

    folder = TenantForeignKey(
        "workspace.AttachmentFolder", on_delete=models.CASCADE, related_name="attachments"
    )
    file = TenantForeignKey("workspace.StoredFile", on_delete=models.PROTECT, related_name="+")
    content_type = models.CharField(_("type"), max_length=100)
    uploaded_by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True)

    objects = TenantManager.from_queryset(AttachmentQuerySet)()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        default_permissions = ()
        indexes = [
            models.Index(fields=["organization", "folder", "-id"], name="workspace_attachment_folder"),
            models.Index(
                fields=["organization", "deleted_at"],
                name="workspace_attachment_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file.name

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
