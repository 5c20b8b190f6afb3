from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import FieldUse, PersonRole, PointKind
from customers.merge_rules import MOVE, combine
from customers.models.field_policy import FieldPolicy
from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.models import TenantManager, TenantModel, TenantQuerySet


class ContactPerson(TenantModel):
    """Somebody to talk to at a company."""

    scope_field = "customer__owner"
    merge_rules = {"customer": MOVE}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="people")
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    title = models.CharField(_("job title"), max_length=80, blank=True)
    role = models.CharField(
        pgettext_lazy("of a contact person", "role"), max_length=12, choices=PersonRole.choices, blank=True
    )
    remarks = models.CharField(_("remarks"), max_length=400, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("contact person")
        verbose_name_plural = _("contact persons")
        ordering = ["position", "id"]
        constraints = [
            # What lets a higher row that names a customer and a person be sure that they belong together.
            models.UniqueConstraint(
                fields=["organization", "customer", "id"], name="customers_contactperson_of_customer"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContactPointQuerySet(TenantQuerySet):
    def collected(self) -> "ContactPointQuerySet":
        """Those of a kind that the organisation collects: the others stay stored, but no page shows them."""
        return self.exclude(kind__in=FieldPolicy.objects.filter(use=FieldUse.HIDDEN).values("field"))


class ContactPoint(TenantModel):
    """A phone number, an email address or a WeChat id of a customer or of one of its contact persons.

    `value` is encrypted; `value_index` finds it exactly and `tail_index` finds a phone by its last four digits.
    """

    scope_field = "customer__owner"
    merge_rules = {"customer": combine("person", "value_index", person="person")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="points")
    person = TenantForeignKey(
        "customers.ContactPerson",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="points",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=PointKind.choices)
    label = models.CharField(_("label"), max_length=20, blank=True)
    value = EncryptedTextField(_("value"))
    value_index = models.BinaryField(max_length=32, editable=False)
    tail_index = models.BinaryField(max_length=32, null=True, editable=False)
    is_primary = models.BooleanField(_("primary"), default=False)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = TenantManager.from_queryset(ContactPointQuerySet)()

    class Meta:
        verbose_name = _("contact detail")
        verbose_name_plural = _("contact details")
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["organization", "value_index"], name="customers_point_value"),
            models.Index(
                fields=["organization", "tail_index"],
                name="customers_point_tail",
                condition=Q(tail_index__isnull=False),
            ),
        ]
