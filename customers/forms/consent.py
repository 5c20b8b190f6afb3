"""What people type about consents: purposes, wordings, and what a customer said."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.enums import ConsentState
from customers.models import Consent, ConsentPurpose, ConsentWording
from customers.queries.consent import purposes_in_order
from customers.text import clean_line, clean_lines
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.stale import StaleWriteForm

LONGEST_TEXT, LONGEST_NOTE = 4000, 1000
OLDEST_YEAR = 1990
CLOCKS_DIFFER = timedelta(minutes=5)


def _text_fields() -> dict[str, forms.Field]:
    area = {"rows": 4, "maxlength": LONGEST_TEXT}
    labels = {"text_zh": gettext_lazy("Text in Chinese"), "text_en": gettext_lazy("Text in English")}
    return {
        name: forms.CharField(
            label=label, required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs=area)
        )
        for name, label in labels.items()
    }


class _Labels(TenantModelForm):
    class Meta:
        model = ConsentPurpose
        fields = ("label_zh", "label_en")
        help_texts = {"label_en": gettext_lazy("One label is enough: it stands in for the other.")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | {
            name: clean_line(cleaned.get(name) or "") for name in ("label_zh", "label_en") if name in cleaned
        }


class _Texts(forms.Form):
    """The fields of a wording, for forms of other rows too."""

    text_zh = _text_fields()["text_zh"]
    text_en = _text_fields()["text_en"]
    in_force_from = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("text_zh", "text_en"):
            cleaned[name] = clean_lines(cleaned.get(name) or "")
        if not (cleaned["text_zh"] or cleaned["text_en"]) and not {"text_zh", "text_en"} & set(self.errors):
            self.add_error("text_zh", _("Write the text in one language at least."))
        day = cleaned.get("in_force_from")
        if day and not OLDEST_YEAR <= day.year <= timezone.localdate().year + 10:
            self.add_error("in_force_from", _("This date cannot be right."))
        return cleaned

    def wording(self) -> ConsentWording:
        names = ("text_zh", "text_en", "in_force_from")
        return ConsentWording(**{name: self.cleaned_data[name] for name in names})


class PurposeCreateForm(_Texts, IdempotentCreateForm[ConsentPurpose], _Labels):
    """A purpose with its first wording."""

    field_order = ("label_zh", "label_en", "text_zh", "text_en", "in_force_from")

    class Meta(_Labels.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("in_force_from", timezone.localdate())


class PurposeEditForm(StaleWriteForm, _Labels):
    pass


class WordingForm(_Texts, IdempotentCreateForm[ConsentWording]):
    class Meta:
        model = ConsentWording
        fields = ("text_zh", "text_en", "in_force_from")

    def __init__(self, *args: Any, purpose: ConsentPurpose, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.purpose = purpose
        self.fields["text_zh"].help_text = _("What was agreed to before stays agreed to in its own words.")
        self.initial.setdefault("in_force_from", timezone.localdate())

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"purpose"}


class ConsentForm(IdempotentCreateForm[Consent]):
    class Meta:
        model = Consent
        fields = ("purpose", "state", "channel", "at", "note")
        widgets = {
            "state": forms.RadioSelect,
            "at": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
            "note": forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_NOTE}),
        }
        help_texts = {
            "note": gettext_lazy("Where the proof is: a signed form, a call, a message. Stored encrypted.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].queryset = purposes_in_order()
        self.fields["purpose"].empty_label = _("Choose a purpose")
        self.fields["state"].choices = ConsentState.choices
        self.initial.setdefault("state", ConsentState.GIVEN)
        self.fields["note"].max_length = LONGEST_NOTE
        self.initial.setdefault("at", timezone.localtime().replace(second=0, microsecond=0))

    def clean_at(self) -> datetime:
        moment = self.cleaned_data["at"]
        if moment > timezone.now() + CLOCKS_DIFFER:
            raise ValidationError(_("This time lies in the future."))
        if moment.year < OLDEST_YEAR:
            raise ValidationError(_("The date lies too far back."))
        return moment

    def clean_note(self) -> str:
        note = clean_lines(self.cleaned_data.get("note") or "")
        if len(note) > LONGEST_NOTE:
            raise ValidationError(_("At most %(most)s characters.") % {"most": LONGEST_NOTE})
        return note

    def _get_validation_exclusions(self) -> set[str]:
        # The wording is found by the action, which says so when there is none.
        return super()._get_validation_exclusions() | {"wording"}
