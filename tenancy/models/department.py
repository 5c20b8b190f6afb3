from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.db import TenantForeignKey
from tenancy.models.base import TenantModel


class Department(TenantModel):
    """A node of the organisation's tree."""

    name = models.CharField(_("name"), max_length=80)
    parent = TenantForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    manager = TenantForeignKey(
        "tenancy.Membership",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="managed_departments",
        verbose_name=_("manager"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "parent", "name"],
                name="tenancy_department_name_unique",
                nulls_distinct=False,
                violation_error_message=_("There is already a department of this name here."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
