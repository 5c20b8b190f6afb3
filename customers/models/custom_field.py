"""Fields that an organisation has defined for its customers, and what they hold."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import CustomerKind, CustomType
from customers.merge_rules import Several, combine
from customers.models.labels import LongLabelled, has_label, in_language
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel

HEAVIEST = 10
WEIGHT = "greatest(weight, required::int)"
"""SQL: how much a field weighs in the completeness of a customer. A required one weighs something."""
SCALE = 10_000
"""Numbers are stored as whole ten-thousandths: under row-level security only integers compare by an index."""


class CustomField(LongLabelled, TenantModel):
    """A field of the organisation's own. Its key and its type never change; archived, it is shown nowhere and keeps what
    it holds."""

    key = models.CharField(_("key"), max_length=40)
    type = models.CharField(_("type"), max_length=10, choices=CustomType.choices)
    only = models.CharField(
        _("for"), max_length=10, blank=True, choices=[("", _("Persons and companies")), *CustomerKind.choices]
    )
    required = models.BooleanField(pgettext_lazy("of a field", "required"), default=False)
    weight = models.PositiveSmallIntegerField(
        _("weight in the completeness"), default=0, blank=True, validators=[MaxValueValidator(HEAVIEST)]
    )
    default_column = models.BooleanField(_("shown in the list"), default=False)
    searchable = models.BooleanField(_("found by search"), default=False)
    purpose_zh = models.CharField(_("purpose in Chinese"), max_length=200, blank=True)
    purpose_en = models.CharField(_("purpose in English"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    destroyed_at = models.DateTimeField(null=True, editable=False)
    """When its destruction was ordered: from then on it cannot be brought back."""
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        default_permissions = ("change",)
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"],
                name="customers_customfield_key",
                violation_error_message=_("Another field has this key."),
            ),
            has_label(
                "customers_customfield_labelled", _("Give the field a label in one language at least.")
            ),
            models.CheckConstraint(
                condition=Q(weight__lte=HEAVIEST),
                name="customers_customfield_weight",
                violation_error_message=_("A field weighs 10 at most."),
            ),
        ]

    @property
    def name(self) -> str:
        """Under which forms, lists, imports and exports know it."""
        return f"x_{self.key}"

    @property
    def purpose(self) -> str:
        return in_language(self.purpose_zh, self.purpose_en)

    @property
    def counts(self) -> tuple[int, str]:
        """How much it weighs in the completeness of a customer, and of which kind of customer."""
        in_use = self.archived_at is None
        return (max(self.weight, int(self.required)), self.only) if in_use else (0, "")

    @property
    def has_choices(self) -> bool:
        return self.type in CustomType.WITH_CHOICES


class CustomChoice(LongLabelled, TenantModel):
    """Something to choose. Retired, it can be chosen no more and stays where it was chosen."""

    field = TenantForeignKey("customers.CustomField", on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("choice of a custom field")
        verbose_name_plural = _("choices of custom fields")
        default_permissions = ()
        ordering = ["position", "id"]
        constraints = [
            has_label(
                "customers_customchoice_labelled", _("Give the choice a label in one language at least.")
            ),
        ]


class CustomValue(TenantModel):
    """What one custom field holds for one customer, in the column of its type; of a multiple choice one row for each.
    Nothing chosen, nothing typed: no row."""

    scope_field = "customer__owner"

    merge_rules = {
        "customer": combine(
            "field", united=Several("choice", key="field", column="type", value=CustomType.CHOICES)
        )
    }

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="custom_values")
    field = TenantForeignKey("customers.CustomField", on_delete=models.PROTECT, related_name="values")
    text = models.CharField(max_length=500, null=True, db_collation="C")
    number = models.BigIntegerField(null=True)
    """Ten-thousandths; of a yes-or-no field 1 or 0."""
    day = models.DateField(null=True)
    choice = TenantForeignKey("customers.CustomChoice", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("value of a custom field")
        verbose_name_plural = _("values of custom fields")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer", "field", "choice"],
                name="customers_customvalue_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=(
                    Q(text__isnull=False, number=None, day=None, choice=None)
                    | Q(text=None, number__isnull=False, day=None, choice=None)
                    | Q(text=None, number=None, day__isnull=False, choice=None)
                    | Q(text=None, number=None, day=None, choice__isnull=False)
                ),
                name="customers_customvalue_typed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "field", name, "customer"],
                name=f"customers_customvalue_{name}",
                condition=Q(**{f"{name}__isnull": False}),
            )
            for name in ("text", "number", "day", "choice")
        ]
