from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.completeness import COMPANY, PERSON, fields_for, weights_of
from customers.models import QualityPolicy
from customers.models.quality_policy import HEAVIEST
from tenancy.forms.base import TenantModelForm
from tenancy.forms.stale import StaleWriteForm

MONTHS = ("key_months", "ordinary_months", "potential_months")


class QualityPolicyForm(StaleWriteForm, TenantModelForm):
    """How often data is verified, and how much each field weighs in the completeness."""

    class Meta:
        model = QualityPolicy
        fields = list(MONTHS)
        help_texts = dict.fromkeys(MONTHS, _("Months between two verifications. 0: none is asked for."))
        widgets = {name: forms.NumberInput(attrs={"inputmode": "numeric"}) for name in MONTHS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs["instance"]
        now = weights_of(instance)
        given = {self.name_of(kind, key): weight for kind in now for key, weight in now[kind].items()}
        kwargs["initial"] = {**given, **(kwargs.get("initial") or {})}
        self.base_fields = {**self.base_fields, **self._weight_fields()}
        super().__init__(*args, **kwargs)

    @staticmethod
    def name_of(kind: str, key: str) -> str:
        return f"weight_{kind}_{key}"

    @classmethod
    def _weight_fields(cls) -> dict[str, forms.Field]:
        return {
            cls.name_of(kind, field.key): forms.IntegerField(
                label=field.label,
                min_value=0,
                max_value=HEAVIEST,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            for kind in (PERSON, COMPANY)
            for field in fields_for(kind)
        }

    def month_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in MONTHS]

    def weight_sections(self) -> list[dict[str, Any]]:
        titles = {PERSON: _("Weights for persons"), COMPANY: _("Weights for companies")}
        return [
            {"title": title, "fields": [self[self.name_of(kind, field.key)] for field in fields_for(kind)]}
            for kind, title in titles.items()
        ]

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        self.instance.weights = {
            kind: {
                field.key: data[name]
                for field in fields_for(kind)
                if (name := self.name_of(kind, field.key)) in data
            }
            for kind in (PERSON, COMPANY)
        }
        return data
