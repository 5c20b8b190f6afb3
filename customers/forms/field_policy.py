from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.actions.field_policy import Decision
from customers.enums import FieldUse
from customers.fields import OPTIONAL, SECTIONS
from customers.models import PoolRule
from customers.pools import return_rules
from customers.queries.field_policy import policies
from customers.text import clean_line
from tenancy.forms.base import TenantForm


class FieldPolicyForm(TenantForm):
    """One line for each optional field: whether it is collected, and what for, in both languages."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        known = policies()
        for key, field in OPTIONAL.items():
            policy = known.get(key)
            self.fields[f"use-{key}"] = forms.ChoiceField(
                label=field.label,
                choices=[(use.value, use.label) for use in field.uses],
                initial=policy.use if policy else FieldUse.COLLECTED,
            )
            for language, label in (("zh", _("Purpose in Chinese")), ("en", _("Purpose in English"))):
                self.fields[f"purpose_{language}-{key}"] = forms.CharField(
                    label=label,
                    max_length=200,
                    required=False,
                    initial=getattr(policy, f"purpose_{language}") if policy else "",
                    widget=forms.TextInput(attrs={"placeholder": label}),
                )
        for name, field in self.fields.items():
            key = name.partition("-")[2]
            field.widget.attrs |= {
                "class": "form-select" if name.startswith("use-") else "form-control",
                "aria-label": f"{OPTIONAL[key].label} · {field.label}",
            }

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for key, label in counted_by_pools().items():
            if data.get(f"use-{key}") == FieldUse.HIDDEN:
                words = _("A public pool returns customers by it. Take “%(rule)s” out of the pool first.")
                self.add_error(f"use-{key}", ValidationError(words % {"rule": label}, code="counted"))
        return data

    def sections(self) -> list[dict]:
        return [
            {
                "title": title,
                "rows": [
                    {
                        "label": field.label,
                        **{name: self[f"{name}-{key}"] for name in ("use", "purpose_zh", "purpose_en")},
                    }
                    for key, field in OPTIONAL.items()
                    if field.section == section
                ],
            }
            for section, title in SECTIONS.items()
        ]

    def decisions(self) -> list[Decision]:
        data = self.cleaned_data
        return [
            Decision(
                key,
                data[f"use-{key}"],
                clean_line(data[f"purpose_zh-{key}"]),
                clean_line(data[f"purpose_en-{key}"]),
            )
            for key in OPTIONAL
        ]


def counted_by_pools() -> dict[str, str | Promise]:
    """Key of each field from which a pool counts the days until customers return → the name of that rule. One query."""
    kept = set(PoolRule.objects.filter(pool__archived_at=None).values_list("rule", flat=True))
    return {rule.path: rule.label for rule in return_rules if rule.path in OPTIONAL and rule.key in kept}
