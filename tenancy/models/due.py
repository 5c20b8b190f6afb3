from django.db import models


class Due(models.Model):
    """What must happen for an organisation, and when. Carries no content, so that sweepers may read all of it."""

    organization = models.ForeignKey("tenancy.Organization", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind"], name="tenancy_due_unique"),
        ]
        indexes = [models.Index(fields=["due_at"], name="tenancy_due_at")]
