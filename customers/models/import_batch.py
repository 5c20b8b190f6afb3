from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.enums import ImportStatus, RowOutcome, RowResult
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.models import TenantModel


class ImportBatch(TenantModel):
    """One file on its way into the registry: how it is read, what it will do, what it did, whether it was undone.

    Headings may name people where a file has none of its own, so that they are encrypted. `dialect`, `mapping` and
    `options` hold column numbers and codes only.
    """

    scope_field = "created_by"

    file = TenantForeignKey("workspace.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    file_name = EncryptedTextField(_("file name"))
    size = models.PositiveBigIntegerField(_("size"), default=0)
    status = models.CharField(
        _("status"), max_length=10, choices=ImportStatus.choices, default=ImportStatus.UPLOADED
    )
    dialect = models.JSONField(default=dict)
    """How the file is read: format, encoding, delimiter, sheet, number of the heading row."""
    headings = EncryptedTextField()
    """JSON list of the file's headings, made unique."""
    mapping = models.JSONField(default=list)
    """For each column the target it goes to, "" for none."""
    options = models.JSONField(default=dict)
    """`match`, `policy` and the defaults of `customers.importing.options.Options`."""
    rows = models.PositiveIntegerField(_("rows"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    updates = models.PositiveIntegerField(_("updates"), default=0)
    people = models.PositiveIntegerField(_("contact persons"), default=0, db_default=0)
    """Rows that bring nothing but one more contact person of a customer in another row."""
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    kept = models.PositiveIntegerField(_("kept at the revert"), default=0)
    owners = models.JSONField(default=dict)
    """Membership id → how many rows would give that member a customer; empty where nobody has a cap."""
    failure = models.CharField(max_length=40, blank=True)
    failure_params = models.JSONField(default=dict)
    job = TenantForeignKey("workspace.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, related_name="+", verbose_name=_("imported by")
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    applied_at = models.DateTimeField(_("imported"), null=True)
    reverted_at = models.DateTimeField(_("reverted"), null=True)
    purged_at = models.DateTimeField(null=True)
    """When file and rows were destroyed; the import can be neither looked into nor reverted from then on."""

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ImportStatus.FAILED) ^ Q(failure=""),
                name="customers_importbatch_failure",
                violation_error_message=_("A failed import, and no other, says why."),
            ),
        ]
        indexes = [
            models.Index(F("organization"), F("id").desc(), name="customers_import_newest"),
        ]

    @property
    def is_working(self) -> bool:
        return self.status in (ImportStatus.STAGING, ImportStatus.APPLYING, ImportStatus.REVERTING)

    @property
    def has_stopped(self) -> bool:
        """Its job was cancelled or has failed: it can be continued or undone, but does not move by itself."""
        return self.is_working and self.job is not None and not self.job.is_active

    @property
    def can_map(self) -> bool:
        return self.purged_at is None and self.status in (
            ImportStatus.UPLOADED,
            ImportStatus.STAGED,
            ImportStatus.FAILED,
        )

    @property
    def can_apply(self) -> bool:
        return (
            self.status == ImportStatus.STAGED and self.purged_at is None and bool(self.new or self.updates)
        )

    @property
    def can_revert(self) -> bool:
        return self.status == ImportStatus.APPLIED and self.purged_at is None

    @property
    def can_discard(self) -> bool:
        return self.status in (
            ImportStatus.UPLOADED,
            ImportStatus.STAGING,
            ImportStatus.STAGED,
            ImportStatus.FAILED,
        )


class ImportRow(TenantModel):
    """A row of the file, checked and waiting, or done. Its key is the key of the customer it makes.

    `payload` is one AES-GCM blob of what was read, and of the cells where they could not be read; `keys` are blind
    indexes; `problems` are codes with column and row numbers: nothing here says who the row is about.
    """

    audit_exempt = "staging: what a row does is audited on the customer it makes or changes"
    sealed_columns = ("payload", "undo")

    batch = TenantForeignKey("customers.ImportBatch", on_delete=models.CASCADE, related_name="staged")
    number = models.PositiveIntegerField()
    """Row number in the file, as a spreadsheet shows it."""
    outcome = models.CharField(max_length=6, choices=RowOutcome.choices)
    target_id = models.UUIDField(null=True)
    """The customer that the row recognised, or to whom its contact person belongs."""
    problems = models.JSONField(null=True)
    """[[code, column number or null, parameter], …]"""
    payload = models.BinaryField()
    undo = models.BinaryField(null=True)
    """Encrypted: what an update replaced, so that a revert can put it back."""
    keys = models.BinaryField()
    """16 bytes for each key by which the row could be recognised, end to end."""
    result = models.CharField(max_length=10, choices=RowResult.choices, blank=True)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "batch", "number"], name="customers_importrow_number_unique"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "batch", "outcome", "number"],
                name="customers_importrow_outcome",
            ),
        ]


class ImportMapping(TenantModel):
    """The choices made for a set of headings, to be offered when a file with the same headings comes again.

    `headings_index` is a blind index of the set; `targets` follow the headings in sorted order.
    """

    headings_index = models.BinaryField(max_length=32)
    targets = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("import mapping")
        verbose_name_plural = _("import mappings")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "headings_index"], name="customers_importmapping_headings_unique"
            ),
        ]
