from django.db import models

from tenancy.models import TenantModel


class CodeCounter(TenantModel):
    """The next number of the organisation's customer codes, and how a code is written."""

    audit_exempt = "a counter: the codes it gave stand on audited rows"

    next_number = models.PositiveIntegerField(default=1)
    pattern = models.CharField(max_length=32, default="C{:06d}")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["organization"], name="customers_codecounter_one")]
