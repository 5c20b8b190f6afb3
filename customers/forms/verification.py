from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.enums import Checked
from customers.models import Verification
from customers.queries.verification import Thing
from customers.text import clean_lines
from tenancy.forms.base import IdempotentCreateForm

CHECK = "check-"


class VerificationForm(IdempotentCreateForm):
    """One answer for each thing that is stored; "right" until somebody says otherwise."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    """The version of the customer that the page showed."""

    class Meta:
        model = Verification
        fields = ("note",)
        widgets = {"note": forms.TextInput(attrs={"maxlength": 400})}
        labels = {"note": _("Note")}

    def __init__(self, *args, things: Sequence[Thing], version: int, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.things, self.current = things, version
        self.initial["seen"] = version
        for thing in things:
            self.fields[CHECK + thing.key] = forms.TypedChoiceField(
                label=thing.label,
                choices=Checked.choices,
                coerce=Checked,
                initial=Checked.RIGHT,
                widget=forms.RadioSelect,
            )

    def clean_note(self) -> str:
        return clean_lines(self.cleaned_data["note"])

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        if "seen" in data and data["seen"] != self.current:
            self.add_error(
                None, _("Somebody has changed this customer meanwhile: look at the details once more.")
            )
        return data

    @property
    def is_stale(self) -> bool:
        return self.is_bound and self.data.get(self.add_prefix("seen")) != str(self.current)

    def answers(self) -> dict[str, Checked]:
        return {thing.key: self.cleaned_data[CHECK + thing.key] for thing in self.things}
