from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.enums import FieldUse
from tenancy.models import TenantModel


class FieldPolicy(TenantModel):
    """Whether the organisation collects an optional field about its customers, and why. Without a row: collected.

    `field` is a key of `customers.fields.OPTIONAL`.
    """

    field = models.CharField(max_length=40)
    use = models.CharField(_("use"), max_length=10, choices=FieldUse.choices, default=FieldUse.COLLECTED)
    purpose_zh = models.CharField(_("purpose in Chinese"), max_length=200, blank=True)
    purpose_en = models.CharField(_("purpose in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("collection of a field")
        verbose_name_plural = _("collection of fields")
        default_permissions = ("change",)
        constraints = [
            models.UniqueConstraint(fields=["organization", "field"], name="customers_fieldpolicy_field"),
        ]

    @property
    def purpose(self) -> str:
        """In the reader's language; the other one where there is none."""
        chinese = (get_language() or "").startswith("zh")
        return (self.purpose_zh or self.purpose_en) if chinese else (self.purpose_en or self.purpose_zh)
