"""What people type about privacy: requests, decisions, the policy."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.text import clean_line, clean_lines
from governance.actions.privacy_policy import MANAGE, guardian_members
from governance.enums import IdentityCheck
from governance.models import DataRequest, PrivacyPolicy
from tenancy.access import Viewer
from tenancy.forms.base import IdempotentCreateForm, TenantForm, TenantModelForm
from tenancy.forms.members import offer_members
from tenancy.forms.stale import StaleWriteForm
from tenancy.member_choice import register_member_source

OLDEST_DAYS = 3650
HANDLERS = "governance.handlers"
register_member_source(HANDLERS, lambda viewer: guardian_members(), MANAGE)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DataRequestForm(IdempotentCreateForm):
    """A request as it comes in; the deadline follows from the policy."""

    class Meta:
        model = DataRequest
        fields = ("kind", "received_on", "channel", "handler", "note")
        widgets = {"received_on": DayInput(), "note": forms.Textarea(attrs={"rows": 3, "maxlength": 2000})}
        help_texts = {"note": _("What exactly was asked for. Stored encrypted, and erased with the person.")}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        handler: Any = self.fields["handler"]
        handler.empty_label = None
        offer_members(handler, HANDLERS, viewer)
        self.fields["note"].max_length = 2000
        self.initial.setdefault("received_on", timezone.localdate())

    def clean_received_on(self):
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day lies in the future."))
        if (timezone.localdate() - day).days > OLDEST_DAYS:
            raise forms.ValidationError(_("The date lies too far back."))
        return day

    def clean_note(self) -> str:
        note = clean_lines(self.cleaned_data.get("note") or "")
        if len(note) > 2000:
            raise forms.ValidationError(_("At most 2,000 characters."))
        return note


class IdentityForm(TenantForm):
    how = forms.ChoiceField(label=_("How was the identity checked?"), choices=IdentityCheck.choices)


class RejectionForm(TenantForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000})
    )

    def clean_reason(self) -> str:
        reason = clean_lines(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError(_("Say why the request is rejected."))
        return reason


class PrivacyPolicyForm(StaleWriteForm, TenantModelForm):
    class Meta:
        model = PrivacyPolicy
        fields = (
            "access_days", "erasure_days", "remind_days", "package_days", "disclosures_per_day", "four_eyes",
        )  # fmt: skip


class HoldForm(TenantForm):
    reason = forms.CharField(
        label=_("Why must the data be kept?"),
        max_length=400,
        widget=forms.TextInput(attrs={"maxlength": 400}),
    )

    def clean_reason(self) -> str:
        reason = clean_line(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError(_("Say why the data must be kept."))
        return reason
