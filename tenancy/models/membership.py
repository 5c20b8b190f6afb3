from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.enums import Language
from tenancy.models.base import TenantManager, TenantModel, TenantQuerySet


class MembershipQuerySet(TenantQuerySet):
    def active(self) -> "MembershipQuerySet":
        return self.filter(ended_at=None)


class Membership(TenantModel):
    """A person in an organisation. Every owner, assignee, actor and rater is one of these, never a user."""

    scope_field = "id"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    title = models.CharField(_("job title"), max_length=80, blank=True)
    phone = EncryptedTextField(_("phone"))
    department = TenantForeignKey(
        "tenancy.Department",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("department"),
    )
    language = models.CharField(_("language"), max_length=10, choices=Language.choices, blank=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TenantManager.from_queryset(MembershipQuerySet)()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        permissions = [
            ("manage_members", _("Can invite, change and deactivate members")),
            ("explain_access", _("Can see why somebody has access")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="tenancy_membership_user_unique",
                violation_error_message=_("This person is already a member."),
            ),
        ]
        indexes = [models.Index(fields=["user"], name="tenancy_membership_user")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.ended_at is None
