from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel


class ContactCompliance(TenantModel):
    """How many customers of an owner were owed a contact on a day. Counted every night and kept."""

    audit_exempt = "derived: counted every night from the contact figures"
    scope_field = "owner"

    owner = TenantForeignKey("tenancy.Membership", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    customers = models.PositiveIntegerField()
    owed = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("contact compliance")
        verbose_name_plural = _("contact compliance")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "day", "owner"], name="interactions_compliance_day"
            ),
            models.CheckConstraint(
                condition=models.Q(owed__lte=models.F("customers")), name="interactions_compliance_sane"
            ),
        ]
