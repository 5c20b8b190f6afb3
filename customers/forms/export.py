from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.enums import ExportFormat
from tenancy.forms.base import TenantForm

SHOWN, ALL = "shown", "all"


class ExportForm(TenantForm):
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[choice for choice in ExportFormat.choices if choice[0] != ExportFormat.PRINT],
        widget=forms.RadioSelect,
        initial=ExportFormat.XLSX,
    )
    columns = forms.ChoiceField(
        label=_("Columns"),
        choices=[(SHOWN, _("As the list shows them")), (ALL, _("All columns"))],
        widget=forms.RadioSelect,
        initial=SHOWN,
    )

    def keys(self, shown: list[str], every: list[str]) -> list[Any]:
        return every if self.cleaned_data["columns"] == ALL else shown
