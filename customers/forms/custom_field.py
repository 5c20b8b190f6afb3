"""Defining a field of the organisation's own."""

from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from customers.actions.custom_field import ChoiceInput
from customers.enums import CustomType
from customers.models import CustomChoice, CustomField
from customers.text import clean_line
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.stale import StaleWriteForm

MOST_CHOICES = 100
_LINES = ("label_zh", "label_en", "purpose_zh", "purpose_en")


class CustomFieldFields(forms.ModelForm):
    class Meta:
        model = CustomField
        fields = [
            "label_zh", "label_en", "type", "only", "purpose_zh", "purpose_en", "weight", "required", "default_column",
            "searchable",
        ]  # fmt: skip
        help_texts = {
            "type": _("The type cannot be changed later."),
            "searchable": _("Texts and choices can be found in the search box."),
            "weight": _(
                "How much a customer lacks without it, from 1 to 10. 0: it does not count; a required one counts 1."
            ),
            "required": _("Asked for when a customer is entered or imported."),
        }

    def clean_weight(self) -> int:
        return self.cleaned_data["weight"] or 0

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for name in _LINES:
            if isinstance(data.get(name), str):
                data[name] = clean_line(data[name])
        if not data.get("label_zh") and not data.get("label_en"):
            self.add_error("label_zh", ValidationError(_("Give the field a label in one language at least.")))
        words = data.get("type") or self.instance.type
        if data.get("searchable") and words not in (CustomType.TEXT, *CustomType.WITH_CHOICES):
            self.add_error("searchable", ValidationError(_("Only texts and choices are found by search.")))
        return data


class CustomFieldCreateForm(IdempotentCreateForm, CustomFieldFields, TenantModelForm):
    class Meta(CustomFieldFields.Meta):
        pass


class CustomFieldEditForm(StaleWriteForm, CustomFieldFields, TenantModelForm):
    class Meta(CustomFieldFields.Meta):
        fields = [
            "label_zh", "label_en", "purpose_zh", "purpose_en", "only", "weight", "required", "default_column", "searchable",
        ]  # fmt: skip


class ChoiceForm(forms.Form):
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    label_zh = forms.CharField(max_length=60, required=False, label=_("Label in Chinese"))
    label_en = forms.CharField(max_length=60, required=False, label=_("Label in English"))
    gone = forms.BooleanField(required=False, label=_("Retire"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("label_zh", "label_en"):
            label = self.fields[name].label
            self.fields[name].widget.attrs |= {
                "class": "form-control",
                "aria-label": label,
                "placeholder": label,
            }

    def clean(self) -> dict:
        data = super().clean()
        for name in ("label_zh", "label_en"):
            data[name] = clean_line(data.get(name) or "")
        return data

    @property
    def is_blank(self) -> bool:
        data = self.cleaned_data
        return not data.get("id") and (data.get("gone") or not (data["label_zh"] or data["label_en"]))


class BaseChoiceFormSet(BaseFormSet):
    def clean(self) -> None:
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if data.get("id") and not (data.get("label_zh") or data.get("label_en")):
                form.add_error("label_zh", _("Give the choice a label in one language at least."))

    def inputs(self) -> list[ChoiceInput]:
        """Ask only when valid."""
        return [
            ChoiceInput(data["label_zh"], data["label_en"], data.get("id"), bool(data.get("gone")))
            for form in self.forms
            if not form.is_blank
            for data in (form.cleaned_data,)
        ]


ChoiceFormSet = formset_factory(
    ChoiceForm, formset=BaseChoiceFormSet, extra=0, max_num=MOST_CHOICES, absolute_max=MOST_CHOICES * 2
)


def choices_formset(data, stored: Sequence[CustomChoice], *, blanks: int = 0) -> BaseChoiceFormSet:
    """A row for each choice, retired ones at the end of their kind, and `blanks` empty ones."""
    initial: list[dict[str, object]] = [
        {"id": row.pk, "label_zh": row.label_zh, "label_en": row.label_en, "gone": row.retired_at is not None}
        for row in stored
    ]
    initial += [{} for _ in range(blanks)]
    return ChoiceFormSet(data, initial=initial, prefix="choices")
