from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.enums import Weekday
from customers.models import UnsuitableTime
from customers.text import clean_line
from tenancy.forms.base import IdempotentCreateForm


class UnsuitableTimeForm(IdempotentCreateForm):
    class Meta:
        model = UnsuitableTime
        fields = ("weekday", "starts", "ends", "note")
        widgets = {
            "starts": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "ends": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts"].label, self.fields["ends"].label = _("Begins at"), _("Ends at")
        self.fields["weekday"].choices = [("", _("Every day")), *Weekday.choices]

    def clean_note(self) -> str:
        return clean_line(self.cleaned_data["note"])

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        if data.get("starts") and data.get("ends") and data["starts"] >= data["ends"]:
            self.add_error("ends", ValidationError(_("The time ends before it begins."), code="order"))
        return data
