from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import AliasKind
from customers.merge_rules import combine
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class CustomerAlias(TenantModel):
    """What else a customer is called: its short name, its former name, a brand, its name in another language."""

    scope_field = "customer__owner"
    merge_rules = {"customer": combine("name")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="aliases")
    kind = models.CharField(
        pgettext_lazy("of another name", "kind"),
        max_length=10,
        choices=AliasKind.choices,
        default=AliasKind.SHORT,
    )
    name = models.CharField(_("other name"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        default_permissions = ()
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer", "name"],
                name="customers_customeralias_once",
                violation_error_message=_("The customer has this other name already."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="customers_customeralias_named",
                violation_error_message=_("Give the other name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
