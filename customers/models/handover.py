"""Customers that one person gives to another: offered, confirmed or sent back, and kept as history."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import HandedState, HandoverReason, HandoverStatus
from customers.merge_rules import keep
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.links import organization_url
from tenancy.models import TenantModel

UNDO_WITHIN = timedelta(days=1)
NOTE, ITEM_NOTE, ANSWER = 1000, 300, 300


def _member(label: Any, **more: Any) -> TenantForeignKey:
    return TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, related_name="+", verbose_name=label, **more
    )


class Handover(TenantModel):
    """One or many customers given to `receiver`. Its status changes through `actions.handover` alone.

    `giver`: whose the customers were, or who gave those of several. `by`: who made it. `decided_by`: who ended the
    waiting. `query`: the filters that chose the customers, encrypted; "" when they were ticked one by one. `stays`: keys
    of the open items, and of the kinds of them, that do not come along.
    """

    scope_field = "giver"

    giver = _member(pgettext_lazy("of a handover", "from"))
    receiver = _member(pgettext_lazy("of a handover", "to"))
    by = _member(_("made by"), null=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=HandoverStatus.choices,
        default=HandoverStatus.PREPARING,
        editable=False,
    )
    reason = models.CharField(_("reason"), max_length=10, choices=HandoverReason.choices)
    note = models.CharField(_("note"), max_length=NOTE, blank=True)
    stays = models.JSONField(default=list)
    over_cap = models.BooleanField(default=False)
    query = EncryptedTextField(_("filters"))
    at = models.DateTimeField(pgettext_lazy("moment", "made"), auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = _member(_("decided by"), null=True)
    answer = models.CharField(_("reason for sending it back"), max_length=ANSWER, blank=True)
    customers = models.PositiveIntegerField(pgettext_lazy("how many", "customers"), default=0)
    moved = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by = _member(_("undone by"), null=True)
    job = TenantForeignKey("workspace.Job", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")),
                name="customers_handover_to_another",
                violation_error_message=_("Nobody hands customers over to themselves."),
            ),
            models.CheckConstraint(
                condition=~Q(status=HandoverStatus.SENT_BACK, answer=""),
                name="customers_handover_answered",
                violation_error_message=_("Say why you send it back."),
            ),
        ]
        indexes = [
            models.Index(F("organization"), F("at").desc(), F("id").desc(), name="customers_handover_newest"),
            models.Index(
                F("organization"), F("receiver"), F("status"), F("at").desc(), F("id").desc(),
                name="customers_handover_receiver",
            ),
            models.Index(
                F("organization"), F("by"), F("at").desc(), F("id").desc(), name="customers_handover_by"
            ),
            models.Index(
                F("organization"), F("giver"), F("at").desc(), F("id").desc(), name="customers_handover_giver"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver}"

    def get_absolute_url(self) -> str:
        return organization_url("customers:handover", pk=self.pk)

    @property
    def waits(self) -> bool:
        return self.status == HandoverStatus.WAITING

    @property
    def can_be_undone(self) -> bool:
        """Within a day of the customers' coming to their new owner."""
        since = self.decided_at
        return (
            self.status == HandoverStatus.ACCEPTED
            and since is not None
            and since > timezone.now() - UNDO_WITHIN
        )


class HandedCustomer(TenantModel):
    """One customer of a handover: whose it was, a note about it, and what became of it.

    `came`: kind of open item → keys of those that came along. `version`: the customer's after it came to the receiver;
    an undo leaves alone what has changed since.
    """

    audit_exempt = "derived: the handover and the change of each customer's owner are audited"
    scope_field = "customer__owner"
    merge_rules = {"customer": keep("it says what was handed over at the time")}

    handover = TenantForeignKey("customers.Handover", on_delete=models.CASCADE, related_name="items")
    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="handed")
    from_owner = _member(_("owner before"), null=True)
    note = models.CharField(_("note"), max_length=ITEM_NOTE, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=HandedState.choices, default=HandedState.WAITING, editable=False
    )
    version = models.PositiveIntegerField(default=0)
    came = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("customer handed over")
        verbose_name_plural = _("customers handed over")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "handover", "customer"], name="customers_handedcustomer_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "customer"],
                condition=Q(state=HandedState.WAITING),
                name="customers_handedcustomer_waits_once",
                violation_error_message=_("The customer waits in another handover."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "customer", "handover"], name="customers_handed_customer"),
        ]
