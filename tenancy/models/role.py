from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tenancy.db import TenantForeignKey
from tenancy.enums import Scope
from tenancy.models.base import TenantModel


class Role(TenantModel):
    """Permissions and how far they reach. Names are the organisation's own words, in both languages."""

    name_zh = models.CharField(_("Chinese name"), max_length=60, blank=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    template = models.CharField(max_length=40, blank=True, editable=False)
    scope = models.PositiveSmallIntegerField(_("data scope"), choices=Scope.choices, default=Scope.OWN)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        permissions = [("manage_roles", _("Can change roles and what they may do"))]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name_zh="", name_en=""),
                name="tenancy_role_named",
                violation_error_message=_("Give the role a name."),
            ),
            models.UniqueConstraint(
                fields=["organization", "name_zh", "name_en"],
                name="tenancy_role_name_unique",
                violation_error_message=_("There is already a role of this name."),
            ),
        ]

    def __str__(self) -> str:
        chinese_first = (get_language() or "").startswith("zh")
        first, second = (self.name_zh, self.name_en) if chinese_first else (self.name_en, self.name_zh)
        return first or second


class RolePermission(TenantModel):
    """One Django permission that a role grants."""

    role = TenantForeignKey("tenancy.Role", on_delete=models.CASCADE, related_name="grants")
    permission = models.ForeignKey(
        "auth.Permission", on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("permission of a role")
        verbose_name_plural = _("permissions of roles")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "role", "permission"],
                name="tenancy_rolepermission_unique",
            ),
        ]


class MembershipRole(TenantModel):
    """A role that a member holds."""

    membership = TenantForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="role_links")
    role = TenantForeignKey("tenancy.Role", on_delete=models.PROTECT, related_name="holders")

    class Meta:
        verbose_name = _("role of a member")
        verbose_name_plural = _("roles of members")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "membership", "role"],
                name="tenancy_membershiprole_unique",
            ),
        ]
