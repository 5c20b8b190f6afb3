from datetime import UTC, date, datetime

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.merge_rules import rebuilt
from interactions.enums import ContactKind
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel

# Sort columns are never NULL, so that an index serves both ends: "never" sorts first, "none" sorts last.
NEVER = datetime(1900, 1, 1, tzinfo=UTC)
NONE = date(9999, 12, 31)
TEXT_LENGTH = 200


class CustomerContact(TenantModel):
    """What lists and filters know of a customer's contacts: one row for each, with the customer's `id`.

    Derived from customers, contacts, plans and the policy by the one statement in `actions.rollup`: every
    action that changes one of them runs it, and `rebuild_contacts` runs it over all.
    """

    audit_exempt = "derived: rebuilt from contacts, plans and the policy"
    scope_field = "owner"
    merge_rules = {"customer": rebuilt("computed from contacts, plans and the policy")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="contact")
    owner = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    """The customer's owner, repeated here so that one index serves "my customers, the most overdue first"."""
    last_at = models.DateTimeField(_("last contact"), default=NEVER)
    last_kind = models.CharField(
        _("kind of last contact"), max_length=10, choices=ContactKind.choices, blank=True
    )
    last_text = models.CharField(_("said at last contact"), max_length=TEXT_LENGTH, blank=True)
    next_on = models.DateField(_("next step on"), default=NONE)
    next_plan = TenantForeignKey("interactions.Plan", on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("contact due by"), default=NONE)
    owed = models.BooleanField(_("owed a contact"), default=False)

    class Meta:
        verbose_name = _("contact figures")
        verbose_name_plural = _("contact figures")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "customer"], name="interactions_rollup_customer"),
        ]
        indexes = [
            models.Index(fields=["organization", "due_on", "customer"], name="interactions_rollup_due"),
            models.Index(fields=["organization", "last_at", "customer"], name="interactions_rollup_last"),
            models.Index(fields=["organization", "next_on", "customer"], name="interactions_rollup_next"),
            models.Index(
                fields=["organization", "owner", "due_on", "customer"], name="interactions_rollup_own_due"
            ),
            models.Index(
                fields=["organization", "owner", "last_at", "customer"], name="interactions_rollup_own_last"
            ),
            models.Index(
                fields=["organization", "owner", "next_on", "customer"], name="interactions_rollup_own_next"
            ),
            models.Index(
                F("organization"),
                F("owner"),
                F("due_on"),
                F("customer"),
                name="interactions_rollup_owed",
                condition=models.Q(owed=True),
            ),
        ]

    @property
    def last_contact(self) -> datetime | None:
        return None if self.last_at == NEVER else self.last_at

    @property
    def next_step(self) -> date | None:
        return None if self.next_on == NONE else self.next_on

    @property
    def due(self) -> date | None:
        return None if self.due_on == NONE else self.due_on
