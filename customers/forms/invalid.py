from django import forms
from django.utils.translation import gettext_lazy as _

from customers.enums import InvalidReason
from tenancy.forms.base import TenantForm


class InvalidForm(TenantForm):
    """Why a customer is none any more."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=InvalidReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why.")},
    )
