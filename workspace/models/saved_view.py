from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.db import EncryptedTextField, TenantForeignKey
from tenancy.models import TenantModel


class SavedView(TenantModel):
    """Filters, order and columns of a list under a name. What was searched for may name a person: it is
    encrypted.
    """

    scope_field = "owner"

    page = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    owner = TenantForeignKey(
        "tenancy.Membership", on_delete=models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    shared = models.BooleanField(_("shared with everyone"), default=False)
    query = EncryptedTextField(_("filters"))
    columns = models.JSONField(_("columns"), default=list, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        default_permissions = ()
        permissions = [("share_savedview", _("Can share saved views with everyone"))]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "owner", "page", "name"],
                name="workspace_savedview_name_unique",
                violation_error_message=_("You already have a view of this name."),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "page", "position", "id"], name="workspace_savedview_page"),
        ]

    def __str__(self) -> str:
        return self.name
