from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.queries.visiting import unsuitable_time, unsuitable_words
from interactions.dates import Ahead, day_ahead
from interactions.enums import ContactKind
from interactions.forms.interaction import kind_buttons
from interactions.models import Plan
from interactions.queries.customers import loggable
from tenancy.access import Viewer
from tenancy.forms.base import IdempotentCreateForm, TenantForm


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class PlanForm(IdempotentCreateForm):
    """Plan a contact."""

    class Meta:
        model = Plan
        fields = ["customer", "kind", "due_on", "due_time", "subject"]
        widgets = {
            "kind": forms.RadioSelect,
            "due_on": DayInput(),
            "due_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args, viewer: Viewer, customer: Customer | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = loggable(viewer, "interactions.add_plan")
        self.fields["customer"].error_messages["required"] = _("Choose the customer.")
        self.initial.setdefault("kind", ContactKind.VISIT)
        self.initial.setdefault("due_on", day_ahead(Ahead.TOMORROW))
        self.instance.owner = viewer.membership

    override = forms.BooleanField(required=False, label=_("Plan it all the same"))
    warning = ""
    """Why the person should think again, until they have said that they mean it."""

    def clean_due_on(self):
        return not_past(self.cleaned_data["due_on"])

    def clean(self):
        data = super().clean() or self.cleaned_data
        if data.get("kind") == ContactKind.VISIT and data.get("customer") and data.get("due_on"):
            found = unsuitable_time(data["customer"].pk, data["due_on"], data.get("due_time"))
            if found and not data.get("override"):
                self.warning = unsuitable_words(found)
                self.add_error("due_time", forms.ValidationError(self.warning, code="unsuitable"))
        return data

    def kinds(self) -> list[tuple[str, str, str, bool]]:
        return kind_buttons(self["kind"].value() or ContactKind.VISIT)


class PostponeForm(TenantForm):
    """Another day for a plan: one of the chips, or a date."""

    ahead = forms.ChoiceField(choices=Ahead.choices, required=False)
    due_on = forms.DateField(required=False, label=_("New date"), widget=DayInput())

    def clean_due_on(self):
        day = self.cleaned_data.get("due_on")
        return not_past(day) if day else day

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("due_on") and not cleaned.get("ahead") and not self.errors:
            self.add_error("due_on", _("Pick the new date."))
        return cleaned

    @property
    def day(self):
        return self.cleaned_data.get("due_on") or day_ahead(self.cleaned_data["ahead"])


def not_past(day):
    if day < timezone.localdate():
        raise forms.ValidationError(_("This day has passed."))
    return day
