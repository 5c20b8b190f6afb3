from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import Weekday
from customers.merge_rules import combine
from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class UnsuitableTime(TenantModel):
    """A time at which a customer is not to be visited. `weekday` None: every day."""

    scope_field = "customer__owner"
    merge_rules = {"customer": combine("weekday", "starts", "ends")}

    customer = TenantForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="unsuitable_times"
    )
    weekday = models.PositiveSmallIntegerField(
        pgettext_lazy("of the week", "day"), choices=Weekday.choices, null=True, blank=True
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("unsuitable visiting time")
        verbose_name_plural = _("unsuitable visiting times")
        default_permissions = ()
        ordering = ["weekday", "starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")),
                name="customers_unsuitabletime_order",
                violation_error_message=_("The time ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(weekday=None) | Q(weekday__lte=6), name="customers_unsuitabletime_weekday"
            ),
        ]
