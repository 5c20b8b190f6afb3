from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.access import Viewer
from tenancy.enums import Scope
from tenancy.forms.base import TenantForm, TenantModelForm
from tenancy.forms.fields import TenantChoiceField, TenantMultipleChoiceField
from tenancy.forms.members import offer_members
from tenancy.forms.stale import StaleWriteForm
from tenancy.models import Department, Membership, Role
from tenancy.ownership import Holding
from tenancy.queries.department import departments_within

MANAGE = "tenancy.manage_members"
SUCCESSORS = "tenancy.successors"


class MemberFilterForm(forms.Form):
    """What the list of members can be narrowed by. An unknown value is as good as none."""

    q = forms.CharField(
        label=_("Name, title or email"),
        required=False,
        widget=forms.TextInput(
            {
                "class": "form-control filter-search",
                "placeholder": _("Name, title or email"),
                "enterkeyhint": "search",
                "data-search": "",
            }
        ),
    )
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("Active members")), ("ended", _("Former members"))], required=False
    )
    department = TenantChoiceField(
        Department, label=_("Department"), required=False, empty_label=_("All departments")
    )
    role = TenantChoiceField(Role, label=_("Role"), required=False, empty_label=_("All roles"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("state", "department", "role"):
            self.fields[name].widget.attrs["class"] = "form-select"


class MemberForm(StaleWriteForm, TenantModelForm):
    """A member as an administrator edits them. Nobody changes their own roles or place here."""

    roles = TenantMultipleChoiceField(
        Role, label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Membership
        fields = ["name", "title", "phone", "department", "language"]

    def __init__(self, *args, viewer: Viewer, instance: Membership, **kwargs) -> None:
        held = list(instance.role_links.values_list("role_id", flat=True))
        super().__init__(*args, instance=instance, initial={"roles": held}, **kwargs)
        self.fields["language"].choices = [("", _("As the organisation")), *Membership.language.field.choices]
        self.fields["department"].queryset = departments_within(viewer, MANAGE)
        if instance.pk == viewer.membership.pk:
            self.fields["roles"].disabled = True
            self.fields["roles"].help_text = _("Nobody changes their own roles.")
            self.fields["department"].disabled = viewer.rights.get(MANAGE) != Scope.ORGANIZATION


class HandoverForm(TenantForm):
    """Who takes over what a leaving member owns: one person for everything, or another for a kind."""

    successor = TenantChoiceField(
        Membership, label=_("Hand everything over to"), required=False, empty_label=_("Choose a member")
    )

    def __init__(self, *args, viewer: Viewer, member: Membership, holdings: list[Holding], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.holdings = holdings
        if not holdings:
            del self.fields["successor"]
        for holding in holdings if len(holdings) > 1 else ():
            field = TenantChoiceField(
                Membership, label=holding.kind.label, required=False, empty_label=_("The same person")
            )
            self.fields[self._name(holding)] = field
        for field in self.fields.values():
            offer_members(field, SUCCESSORS, viewer, but=member)  # type: ignore[arg-type]

    @property
    def successors(self) -> dict[str, Membership]:
        """Key of the owned kind → who takes it over."""
        data = self.cleaned_data
        chosen = {h.kind.key: data.get(self._name(h)) or data.get("successor") for h in self.holdings}
        return {key: member for key, member in chosen.items() if member is not None}

    @staticmethod
    def _name(holding: Holding) -> str:
        return f"successor_{holding.kind.key}"
