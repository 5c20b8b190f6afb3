from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import (
    AgeBand,
    Area,
    CreditRating,
    CustomerKind,
    Gender,
    InvalidReason,
    Region,
    Relationship,
    Source,
    Tier,
)
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.links import organization_url
from tenancy.models import TenantManager, TenantModel, TenantQuerySet

_PRESENT = Q(archived_at=None)
FIRST_ORDER = date(1950, 1, 1)
"""Nobody has ordered before: what other programs write for "never" lies there."""


def may_be_ordered_on(day: date) -> None:
    """Raises ValidationError for a day on which nobody can have ordered."""
    if day > localdate():
        raise ValidationError(_("This day lies in the future."), code="future")
    if day < FIRST_ORDER:
        raise ValidationError(_("This day lies too far back."), code="past")


class CustomerQuerySet(TenantQuerySet):
    def active(self) -> "CustomerQuerySet":
        return self.filter(archived_at=None)


class Customer(TenantModel):
    """A person or a company the organisation deals with. Nothing derived lives here: each floor has its rollup."""

    scope_field = "owner"

    code = models.CharField(_("code"), max_length=32)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_collation="C")
    """Pinyin and lower case of the name: what lists sort by."""
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=CustomerKind.choices,
        default=CustomerKind.COMPANY,
    )
    relationship = models.CharField(
        _("relationship"),
        max_length=10,
        choices=Relationship.choices,
        default=Relationship.CUSTOMER,
    )
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices, default=Tier.ORDINARY)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    birthday_typed = models.CharField(max_length=24, blank=True, db_default="", editable=False)
    """The birthday as it was given where a solar date does not say it: in the lunar calendar, or without the year."""
    age_band = models.CharField(
        _("age band"), max_length=10, choices=AgeBand.choices, blank=True, db_default=""
    )
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    business_category = models.CharField(_("business category"), max_length=80, blank=True, db_default="")
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, blank=True)
    last_order_on = models.DateField(
        _("last order on"), null=True, blank=True, validators=[may_be_ordered_on]
    )
    """The day of the last order; empty: none is known. Typed, or brought by a file from where the orders are kept."""
    credit_rating = models.CharField(
        _("credit rating"), max_length=2, choices=CreditRating.choices, blank=True
    )
    credit_note = models.TextField(_("credit assessment"), max_length=2000, blank=True, db_default="")
    country = models.CharField(_("country"), max_length=60, blank=True)
    province = models.CharField(_("province"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    district = models.CharField(_("district"), max_length=60, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    street2 = models.CharField(_("address line 2"), max_length=200, blank=True, db_default="")
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    area = models.CharField(
        _("urban or rural"), max_length=10, choices=Area.choices, blank=True, db_default=""
    )
    region = models.CharField(_("region"), max_length=10, choices=Region.choices, blank=True, db_default="")
    distance = models.PositiveIntegerField(_("distance from the company"), null=True, blank=True)
    """Metres."""
    remarks = models.TextField(_("remarks"), max_length=4000, blank=True)
    identity_number = EncryptedTextField(_("identity number"))
    identity_index = models.BinaryField(max_length=32, null=True, editable=False)
    bank_account = EncryptedTextField(_("bank account"))
    bank_index = models.BinaryField(max_length=32, null=True, editable=False)

    folder = TenantForeignKey(
        "workspace.AttachmentFolder",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    """Its files; made when the first page of files is opened."""

    owner = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=pgettext_lazy("of a customer", "owner"),
    )
    created_by = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(pgettext_lazy("moment", "created"), auto_now_add=True)
    updated_at = models.DateTimeField(pgettext_lazy("moment", "updated"), auto_now=True)
    archived_at = models.DateTimeField(null=True, editable=False)
    invalid_reason = models.CharField(
        _("invalid"), max_length=12, choices=InvalidReason.choices, blank=True, db_default="", editable=False
    )
    """Why it is no customer any more; "" for one that is. Only `actions.invalid` sets it."""
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(CustomerQuerySet)()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("import_customer", _("Can import customers")),
            ("export_customer", _("Can export customers")),
            ("reveal_contact", _("Can see contact details in full")),
            ("assign_customer", _("Can assign customers to other owners")),
            ("merge_customer", _("Can merge customers")),
            ("share_customer", _("Can share customers with colleagues")),
            ("hand_over_customer", _("Can hand over customers and take them over")),
            ("exceed_cap", _("Can give people more customers than they may own")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="customers_customer_code_unique",
                violation_error_message=_("Another customer has this code."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="customers_customer_named",
                violation_error_message=_("Give the customer a name."),
            ),
            models.CheckConstraint(
                condition=Q(birthday=None) | Q(birthday__gte="1800-01-01"),
                name="customers_customer_birthday_sane",
                violation_error_message=_("The birthday lies too far back."),
            ),
        ]
        # Lists sort by name, change or creation, over everything or one owner's book; each filter has an index.
        # Those without archived rows also count by themselves, without reading the table.
        indexes = [
            models.Index(fields=["organization", "name_key", "id"], name="customers_customer_name"),
            models.Index(
                fields=["organization", "-updated_at", "-id"],
                name="customers_customer_updated",
                condition=_PRESENT,
            ),
            # Of thousands found by something rare (a tag, an own field), those changed last are told without reading them.
            models.Index(
                fields=["organization", "id"],
                include=["updated_at"],
                name="customers_customer_present",
                condition=_PRESENT,
            ),
            models.Index(fields=["organization", "-created_at", "-id"], name="customers_customer_created"),
            models.Index(
                fields=["organization", "owner", "name_key", "id"], name="customers_customer_own_name"
            ),
            models.Index(
                fields=["organization", "owner", "-updated_at", "-id"], name="customers_customer_own_updated"
            ),
            models.Index(fields=["organization", "tier"], name="customers_customer_tier", condition=_PRESENT),
            models.Index(fields=["organization", "kind"], name="customers_customer_kind", condition=_PRESENT),
            models.Index(
                fields=["organization", "relationship"],
                name="customers_customer_relation",
                condition=_PRESENT,
            ),
            models.Index(
                fields=["organization", "source"], name="customers_customer_source", condition=_PRESENT
            ),
            models.Index(
                fields=["organization", "province"], name="customers_customer_province", condition=_PRESENT
            ),
            models.Index(fields=["organization", "city"], name="customers_customer_city", condition=_PRESENT),
            models.Index(
                fields=["organization", "region"],
                name="customers_customer_region",
                condition=_PRESENT & ~Q(region=""),
            ),
            models.Index(
                fields=["organization", "invalid_reason"],
                name="customers_customer_invalid",
                condition=_PRESENT & ~Q(invalid_reason=""),
            ),
            models.Index(
                fields=["organization", "last_order_on", "id"],
                name="customers_customer_last_order",
                condition=Q(last_order_on__isnull=False),
            ),
            models.Index(
                fields=["organization", "archived_at"],
                name="customers_customer_archived",
                condition=Q(archived_at__isnull=False),
            ),
            models.Index(
                fields=["organization", "identity_index"],
                name="customers_customer_identity",
                condition=Q(identity_index__isnull=False),
            ),
            models.Index(
                fields=["organization", "bank_index"],
                name="customers_customer_bank",
                condition=Q(bank_index__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return organization_url("customers:detail", pk=self.pk)


_SET_APART = ("code", "owner")
"""Drawn from the pattern of codes; changed by `actions.ownership` alone."""
EDITABLE = tuple(
    field.name
    for field in Customer._meta.concrete_fields
    if (field.editable and field.name not in _SET_APART) or field.name == "birthday_typed"
)
"""The columns that people fill: what an edit reports, an import updates and its revert gives back, a merge chooses."""
