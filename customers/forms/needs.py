from django import forms

from customers.fields import NEEDS
from customers.forms.policy import PolicyFields
from customers.models import CustomerNeeds
from customers.text import clean_lines
from tenancy.forms.base import TenantModelForm
from tenancy.forms.stale import StaleWriteForm

NEED_TEXTS = ("service_preferences", "preferences", "potential_needs", "family_notes")

WIDGETS = {name: forms.Textarea(attrs={"rows": 3}) for name in NEED_TEXTS}


class NeedsForm(StaleWriteForm, PolicyFields, TenantModelForm):
    class Meta:
        model = CustomerNeeds
        fields = list(NEEDS)
        widgets = WIDGETS

    def __init__(self, *args, **kwargs) -> None:
        self.warnings: list[str] = []
        super().__init__(*args, **kwargs)
        self.obey_policy()
        if self.instance.customer.kind != "person" and not self.instance.income:
            self.fields.pop("income", None)

    def sections(self) -> list[dict]:
        fields = [
            {"field": field, "css": "field-wide" if field.name in NEED_TEXTS else ""}
            for field in self
            if not field.is_hidden
        ]
        return [{"title": "", "fields": fields, "key": "needs"}]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for name in NEED_TEXTS:
            if isinstance(data.get(name), str):
                data[name] = clean_lines(data[name])
        self.ask_for_required(self.instance.customer.kind)
        return data
