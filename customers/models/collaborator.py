from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.merge_rules import combine
from tenancy.db import TenantForeignKey
from tenancy.enums import ShareLevel
from tenancy.models import TenantModel


class Collaborator(TenantModel):
    """Somebody who sees a customer without owning it: a member, or all of a department and of those below it.

    A merge can leave two levels of one person side by side: the wider counts. From the day after `until` on it counts
    no more, wherever one looks; the nightly run removes it.
    """

    scope_field = "customer__owner"
    merge_rules = {"customer": combine("member", "department", "level")}

    customer = TenantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="collaborators")
    member = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    department = TenantForeignKey(
        "tenancy.Department", on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("team")
    )
    level = models.PositiveSmallIntegerField(
        pgettext_lazy("of a collaborator", "level"), choices=ShareLevel.choices, default=ShareLevel.READ
    )
    until = models.DateField(pgettext_lazy("of a collaborator", "until"), null=True, blank=True)
    reason = models.CharField(pgettext_lazy("of a collaborator", "reason"), max_length=200, blank=True)
    shared_by = TenantForeignKey(
        "tenancy.Membership", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    shared_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("collaborator")
        verbose_name_plural = _("collaborators")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "customer", "member", "department", "level"],
                name="customers_collaborator_once",
                nulls_distinct=False,
                violation_error_message=_("The customer is shared with them already."),
            ),
            models.CheckConstraint(
                condition=Q(member=None, department__isnull=False) | Q(member__isnull=False, department=None),
                name="customers_collaborator_is_one",
                violation_error_message=_("Choose a person or a team."),
            ),
            models.CheckConstraint(
                condition=Q(level__in=ShareLevel.values), name="customers_collaborator_level"
            ),
        ]
        # What is shared with somebody is read with each of their requests.
        indexes = [
            models.Index(fields=["organization", "member", "customer"], name="customers_shared_member"),
            models.Index(
                fields=["organization", "department", "customer"], name="customers_shared_department"
            ),
            models.Index(
                fields=["organization", "until"],
                name="customers_shared_until",
                condition=Q(until__isnull=False),
            ),
        ]

    @property
    def name(self) -> str:
        return str(self.member or self.department)

    def is_over(self, today: date) -> bool:
        return self.until is not None and self.until < today
