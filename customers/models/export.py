from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.enums import ExportFormat
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.models import TenantModel


class CustomerExport(TenantModel):
    """A list of customers taken out of the product as a file: by whom, which rows, which columns, when.

    `query`: the search, filters and order of the list, encrypted like those of a saved view. A small one is streamed
    and keeps no file; a large one is made by `job` into `file`, which is destroyed at `expires_at`. When one whom it
    holds is erased, it is destroyed before. Who is in it stands in the disclosure that has its key.
    """

    scope_field = "requested_by"

    requested_by = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    format = models.CharField(_("format"), max_length=10, choices=ExportFormat.choices)
    query = EncryptedTextField(_("filters"))
    columns = models.JSONField(default=list)
    reveals = models.BooleanField(default=False)
    """Whether it holds contact details in full."""
    rows = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    job = TenantForeignKey("workspace.Job", on_delete=models.PROTECT, null=True, related_name="+")
    file = TenantForeignKey("workspace.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("export of customers")
        verbose_name_plural = _("exports of customers")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(file=None) | Q(expires_at__isnull=False),
                name="customers_customerexport_expires",
                violation_error_message=_("A kept file has an end."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "requested_by", "-id"], name="customers_export_mine"),
            models.Index(
                fields=["organization", "expires_at"],
                name="customers_export_expires",
                condition=Q(file__isnull=False),
            ),
        ]

    @property
    def is_there(self) -> bool:
        """Whether its file can still be fetched."""
        return self.file_id is not None and self.expires_at is not None and self.expires_at > timezone.now()

    @property
    def was_withdrawn(self) -> bool:
        """Whether its file went before its time, because somebody in it was erased."""
        return self.file_id is None and self.expires_at is not None and self.expires_at > timezone.now()
