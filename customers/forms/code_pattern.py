"""How the codes of new customers are written."""

from typing import Any

from django import forms

from customers.models import CodePattern
from customers.text import half_width
from tenancy.forms.base import TenantModelForm
from tenancy.forms.stale import StaleWriteForm
from tenancy.links import organization_url


class CodePatternFields(TenantModelForm):
    """What makes a code, for the example that follows while one types."""

    class Meta:
        model = CodePattern
        fields = ["prefix", "digits", "yearly"]
        widgets = {
            "prefix": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
            "digits": forms.NumberInput(attrs={"inputmode": "numeric"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._meta.fields:
            self.fields[name].widget.attrs |= {
                "hx-get": organization_url("customers:code_pattern"),
                "hx-trigger": "input changed delay:300ms, change",
                "hx-include": "#code-fields",
                "hx-target": "#code-example",
                "hx-sync": "closest form:replace",
            }

    def clean_prefix(self) -> str:
        return half_width(self.cleaned_data["prefix"])


class CodePatternForm(StaleWriteForm, CodePatternFields):
    pass
