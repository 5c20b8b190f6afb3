"""The policy of ownership, and a cap for a role or a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import OwnershipCap, OwnershipPolicy
from tenancy.access import Viewer
from tenancy.forms.base import TenantForm, TenantModelForm
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.members import offer_members
from tenancy.forms.stale import StaleWriteForm
from tenancy.member_choice import everybody, register_member_source
from tenancy.models import Membership, Role

CAPPED = "customers.capped"
register_member_source(CAPPED, everybody, "customers.change_ownershippolicy")
NUMBER = {"inputmode": "numeric", "min": 0}


class OwnershipPolicyForm(StaleWriteForm, TenantModelForm):
    class Meta:
        model = OwnershipPolicy
        fields = ["most", "confirm_handover"]
        widgets = {"most": forms.NumberInput(attrs=NUMBER)}


class CapForm(TenantForm):
    """Another cap than the policy's. Somebody who has one already gets this one in its place."""

    role = TenantChoiceField(Role, label=_("Everybody of the role"), required=False, empty_label="—")
    member: forms.Field = TenantChoiceField(
        Membership, label=_("Or one person"), required=False, empty_label="—"
    )
    most = OwnershipCap._meta.get_field("most").formfield(widget=forms.NumberInput(attrs=NUMBER))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_members(self.fields["member"], CAPPED, viewer)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and bool(data.get("role")) == bool(data.get("member")):
            self.add_error(None, _("Choose either a role or a person."))
        return data
