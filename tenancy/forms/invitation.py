from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from tenancy.access import Viewer
from tenancy.forms.base import IdempotentCreateForm, TenantForm
from tenancy.forms.fields import TenantMultipleChoiceField
from tenancy.models import Invitation, Role, User
from tenancy.queries.department import departments_within


class InvitationForm(IdempotentCreateForm):
    """Whom to invite, and as what."""

    roles = TenantMultipleChoiceField(Role, label=_("Roles"), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Invitation
        fields = ["email", "name", "title", "department"]

    def __init__(self, *args, viewer: Viewer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments_within(viewer, "tenancy.manage_members")

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class JoinForm(TenantForm):
    """A new person accepts an invitation: their name, and the password they will sign in with."""

    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"})
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html,
    )
    password2 = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args, email: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        password_validation.validate_password(password, User(email=self.email))
        return password

    def clean(self):
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        return cleaned
