"""Who owned a customer, from when, and why it changed hands."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import OwnershipKind
from customers.merge_rules import keep
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel

MOST = 10_000_000


def _most(label: Any, **more: Any) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(
        label, null=True, blank=True, validators=[MaxValueValidator(MOST)], **more
    )


class OwnershipPolicy(TenantModel):
    """How many customers a person may own, and whether a handover waits for whoever receives it.

    One row for an organisation; without a row the defaults hold (`actions.ownership_policy.policy_in_force`).
    """

    most = _most(
        _("Most customers a person may own"),
        help_text=_("Empty: as many as they like. Archived customers do not count."),
    )
    confirm_handover = models.BooleanField(
        _("The receiver confirms a handover"),
        default=True,
        help_text=_("Otherwise the customers change hands at once."),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("ownership policy")
        verbose_name_plural = _("ownership policies")
        default_permissions = ("change",)
        constraints = [models.UniqueConstraint(fields=["organization"], name="customers_ownershippolicy_one")]


class OwnershipCap(TenantModel):
    """Another cap than the policy's, for everybody of a role or for one person. `most` None: no limit.

    A person's own cap counts; without one the widest of their roles' caps; without those the policy's.
    """

    role = TenantForeignKey(
        "tenancy.Role",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("role"),
    )
    member = TenantForeignKey(
        "tenancy.Membership", on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=pgettext_lazy("of a cap", "person"),
    )  # fmt: skip
    most = _most(_("Most customers"), help_text=_("Empty: no limit."))

    class Meta:
        verbose_name = _("cap of customers")
        verbose_name_plural = _("caps of customers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "role"], name="customers_ownershipcap_role"),
            models.UniqueConstraint(fields=["organization", "member"], name="customers_ownershipcap_member"),
            models.CheckConstraint(
                condition=Q(role=None, member__isnull=False) | Q(role__isnull=False, member=None),
                name="customers_ownershipcap_of_one",
                violation_error_message=_("Choose either a role or a person."),
            ),
        ]


class OwnershipChange(TenantModel):
    """A customer came to another owner, or to none. Written by `actions.ownership` alone, and never changed.

    `part_of`: what it was part of (a bulk change, an import, a merge). Who owned it first stands in the earliest
    row's `from_owner`.
    """

    audit_exempt = (
        "append-only: the record of a change that is audited on the customer, and would double every bulk one"
    )
    scope_field = "customer__owner"
    merge_rules = {"customer": keep("it says who owned this very customer")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="ownership")
    from_owner = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("owner before"),
    )
    to_owner = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("new owner"),
    )
    kind = models.CharField(
        pgettext_lazy("of a change of owner", "kind"), max_length=12, choices=OwnershipKind.choices
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(pgettext_lazy("moment", "changed"))
    by = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("changed by"),
    )
    part_of = models.UUIDField(null=True)
    handover = TenantForeignKey(
        "customers.Handover", on_delete=models.CASCADE, null=True, related_name="changes", editable=False
    )

    class Meta:
        verbose_name = _("change of owner")
        verbose_name_plural = _("changes of owner")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_owner=F("to_owner")) | Q(from_owner=None) | Q(to_owner=None),
                name="customers_ownershipchange_other",
                violation_error_message=_("The owner before and after is the same."),
            ),
        ]
        indexes = [
            models.Index(
                F("organization"),
                F("customer"),
                F("at").desc(),
                F("id").desc(),
                name="customers_ownership_newest",
            ),
        ]
