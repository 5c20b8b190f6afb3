from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.db import TenantForeignKey
from tenancy.models import TenantModel
from tenancy.models.base import TenantManager, TenantQuerySet
from workspace.registry import NotificationKind, notification_kinds


class NotificationQuerySet(TenantQuerySet):
    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)


class Notification(TenantModel):
    """A note to one person: a code and parameters, put into words in the reader's language. No personal
    data.
    """

    audit_exempt = "derived: tells of what is audited where it happened"
    scope_field = "recipient"

    recipient = TenantForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=120, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    objects = TenantManager.from_queryset(NotificationQuerySet)()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "recipient", "key"], name="workspace_notification_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "recipient", "-id"], name="workspace_notification_page"),
            models.Index(
                fields=["organization", "recipient"],
                name="workspace_notification_unread",
                condition=Q(read_at=None),
            ),
        ]

    @property
    def spec(self) -> NotificationKind:
        return notification_kinds[self.kind]

    @property
    def text(self) -> str:
        return str(self.spec.render(self.params))

    @property
    def url(self) -> str:
        return self.spec.url(self.params)
