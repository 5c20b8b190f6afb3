"""What people decide about how long data is kept."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.enums import RetentionAct, RetentionMode
from governance.models import RetentionRule
from governance.retention import RetentionKind
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.stale import StaleWriteForm


class _RuleFields(TenantModelForm):
    class Meta:
        model = RetentionRule
        fields = ("days", "act", "mode", "warn_days")
        widgets = {"act": forms.RadioSelect, "mode": forms.RadioSelect}
        help_texts = {
            "mode": gettext_lazy("Begin with a dry run: every night it is counted what would be due."),
            "warn_days": gettext_lazy(
                "Whoever handles privacy is told before. A rule that is switched on or made stricter waits so long."
            ),
        }

    def __init__(self, *args: Any, kind: RetentionKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.instance.kind = kind.key
        labels = dict(RetentionAct.choices)
        self.fields["act"].choices = [(act.value, labels[act]) for act in kind.acts]
        self.fields["mode"].choices = RetentionMode.choices
        self.fields["days"].help_text = kind.explains

    def clean_days(self) -> int:
        days = self.cleaned_data["days"]
        if days is not None and days < self.kind.least_days:
            raise ValidationError(_("At least %(n)s days.") % {"n": self.kind.least_days})
        return days

    def _get_validation_exclusions(self) -> set[str]:
        # `starts_on` follows from the mode, in the action; the kind comes from the address.
        return (super()._get_validation_exclusions() - {"kind"}) | {"starts_on"}


class RetentionCreateForm(IdempotentCreateForm[RetentionRule], _RuleFields):
    def __init__(self, *args: Any, kind: RetentionKind, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        self.initial = {
            "days": kind.proposed_days,
            "act": kind.acts[0],
            "mode": RetentionMode.DRY,
            **self.initial,
        }


class RetentionForm(StaleWriteForm, _RuleFields):
    pass
