from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy.db import TenantForeignKey
from tenancy.models.base import TenantModel


class Invitation(TenantModel):
    """An offer to join. Only a digest of the token is kept: the link in the email is the only copy."""

    email = models.EmailField(_("email"))
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    title = models.CharField(_("job title"), max_length=80, blank=True)
    department = TenantForeignKey(
        "tenancy.Department",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )
    token_digest = models.BinaryField(max_length=32, editable=False)
    invited_by = TenantForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="tenancy_invitation_open_unique",
                violation_error_message=_("This address already has an open invitation."),
            ),
            models.UniqueConstraint(
                fields=["organization", "token_digest"],
                name="tenancy_invitation_token_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class InvitationRole(TenantModel):
    """A role that the invited person will hold."""

    invitation = TenantForeignKey("tenancy.Invitation", on_delete=models.CASCADE, related_name="role_links")
    role = TenantForeignKey("tenancy.Role", on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        verbose_name = _("role of an invitation")
        verbose_name_plural = _("roles of invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "invitation", "role"], name="tenancy_invitationrole_unique"
            ),
        ]
