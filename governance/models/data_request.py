from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merge_rules import keep
from governance.enums import IdentityCheck, RequestChannel, RequestKind, RequestStatus
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.links import organization_url
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet


class DataRequestQuerySet(TenantQuerySet):
    def open(self) -> "DataRequestQuerySet":
        return self.filter(status__in=RequestStatus.OPEN)


class DataRequest(TenantModel):
    """A person asks for a copy of their data, or for its erasure. The status changes through
    `actions.data_request.change_request_status` alone. After an erasure it names nobody any more."""

    merge_rules = {
        "customer": keep("it was made about this very record, and is read through the merged customer")
    }

    number = models.CharField(pgettext_lazy("privacy request", "number"), max_length=20, editable=False)
    kind = models.CharField(
        pgettext_lazy("privacy request", "request"), max_length=10, choices=RequestKind.choices
    )
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=RequestStatus.choices,
        default=RequestStatus.RECEIVED,
        editable=False,
    )
    customer = TenantForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("customer"),
    )
    channel = models.CharField(
        pgettext_lazy("privacy request", "came by"),
        max_length=10,
        choices=RequestChannel.choices,
        default=RequestChannel.EMAIL,
    )
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("to be answered by"))
    note = EncryptedTextField(_("note"))
    identity_check = models.CharField(
        _("identity checked by"), max_length=10, choices=IdentityCheck.choices, blank=True
    )
    handler = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, related_name="+", verbose_name=_("handled by")
    )
    registered_by = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("registered by"),
    )
    approved_by = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    rejection = EncryptedTextField(_("reason for the rejection"))
    job = TenantForeignKey(
        "workspace.Job", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    package = TenantForeignKey(
        "workspace.StoredFile", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    package_until = models.DateField(_("can be downloaded until"), null=True, editable=False)
    outcome = models.JSONField(default=dict, editable=False)
    """Counts of what was destroyed and kept."""
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    objects = TenantManager.from_queryset(DataRequestQuerySet)()

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="governance_datarequest_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("received_on")),
                name="governance_datarequest_due",
                violation_error_message=_("The deadline lies before the request."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.OPEN, closed_at=None)
                | Q(status__in=("done", "rejected"), closed_at__isnull=False),
                name="governance_datarequest_closed",
                violation_error_message=_("A closed request, and no other, has a time of closing."),
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.REJECTED) | Q(rejection__isnull=False),
                name="governance_datarequest_reasoned",
                violation_error_message=_("Say why the request is rejected."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "status", "due_on", "id"], name="governance_request_due"),
            models.Index(F("organization"), F("id").desc(), name="governance_request_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return organization_url("governance:request", pk=self.pk)

    @property
    def is_open(self) -> bool:
        return self.status in RequestStatus.OPEN

    def days_left(self, today: date | None = None) -> int:
        """Until the deadline; negative once it has passed."""
        return (self.due_on - (today or timezone.localdate())).days

    @property
    def is_late(self) -> bool:
        return self.is_open and self.days_left() < 0

    @property
    def can_download(self) -> bool:
        return (
            self.package_id is not None
            and self.package_until is not None
            and timezone.localdate() <= self.package_until
        )
