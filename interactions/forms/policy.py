from django import forms
from django.utils.translation import gettext_lazy as _

from interactions.models import ContactPolicy
from tenancy.forms.base import TenantModelForm
from tenancy.forms.stale import StaleWriteForm


class PolicyForm(StaleWriteForm, TenantModelForm):
    class Meta:
        model = ContactPolicy
        fields = ["key_days", "ordinary_days", "potential_days"]
        help_texts = dict.fromkeys(fields, _("Days without a contact at most. 0: no contact is owed."))
        widgets = {name: forms.NumberInput(attrs={"inputmode": "numeric"}) for name in fields}
