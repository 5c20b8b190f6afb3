from django import forms
from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy as _

from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.stale import StaleWriteForm
from tenancy.models import Role
from tenancy.permission_catalogue import label_of, offered_permissions, right_groups


class _RoleFields(TenantModelForm):
    """Names, scope, and permissions by app."""

    permissions = forms.TypedMultipleChoiceField(
        label=_("Permissions"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Role
        fields = ["name_zh", "name_en", "scope"]

    def __init__(self, *args, **kwargs) -> None:
        instance = kwargs.get("instance")
        held = list(instance.grants.values_list("permission_id", flat=True)) if instance else []
        super().__init__(*args, initial={"permissions": held}, **kwargs)
        self._offered = offered_permissions()
        self.fields["permissions"].choices = [(row.pk, label_of(row)) for row in self._offered]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        if "name_zh" in data and not (data["name_zh"] or data.get("name_en")):
            self.add_error("name_zh", _("Give the role a name."))
        return data

    @property
    def groups(self) -> list[dict]:
        """The permissions by app, each with whether it is ticked."""
        ticked = {str(value) for value in self["permissions"].value() or ()}
        return [
            {"label": group.label, "rights": [(right, str(right.id) in ticked) for right in group.rights]}
            for group in right_groups(self._offered)
        ]

    def chosen_permissions(self) -> list[Permission]:
        wanted = set(self.cleaned_data["permissions"])
        return [row for row in self._offered if row.pk in wanted]


class NewRoleForm(IdempotentCreateForm, _RoleFields):
    class Meta(_RoleFields.Meta):
        pass


class RoleForm(StaleWriteForm, _RoleFields):
    class Meta(_RoleFields.Meta):
        pass
