import uuid

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.models import ContactPerson, Customer
from customers.queries.visiting import unsuitable_time, unsuitable_words
from interactions.actions.plan import NextStep
from interactions.dates import Ahead, day_ahead
from interactions.enums import KIND_ICONS, ContactKind
from interactions.models import Interaction, Plan
from interactions.queries.customers import loggable, near_colleagues, people_of
from tenancy.access import Viewer
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.fields import TenantMultipleChoiceField
from tenancy.forms.stale import StaleWriteForm
from tenancy.member_choice import colleagues
from tenancy.models import Membership

_DETAILS = ("at", "person", "with_members", "companions", "purpose", "result", "attitude", "files")
PICKED = "date"
MOMENT = "%Y-%m-%dT%H:%M"


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs) -> None:
        super().__init__(format=MOMENT, **kwargs)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = FilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in files]


class ContactFields(forms.ModelForm):
    """What logging and editing have in common: the words, and who was there."""

    with_members = TenantMultipleChoiceField(Membership, required=False, label=_("Companions"))

    class Meta:
        model = Interaction
        fields = ["kind", "summary", "at", "person", "companions", "purpose", "result", "attitude"]
        widgets = {
            "kind": forms.RadioSelect,
            "summary": forms.Textarea(attrs={"rows": 3}),
            "at": MomentInput(),
        }

    def set_choices(self, viewer: Viewer, customer_id) -> None:
        people = people_of(customer_id)
        if self.instance.person_id:
            # Somebody who has left since stays on what was logged.
            people = people | ContactPerson.objects.filter(pk=self.instance.person_id)
        self.fields["person"].queryset = people
        self.fields["with_members"].queryset = colleagues(viewer)
        self.colleagues = near_colleagues(viewer)
        self.fields["summary"].error_messages["required"] = _("Say in a few words what happened.")

    def companion_choices(self) -> list[tuple[uuid.UUID, str, bool]]:
        """Key, name, chosen: those of the viewer's department, and whoever is chosen besides. The others come when the
        details are opened: there may be thousands."""
        chosen = {str(key) for key in self["with_members"].value() or ()}
        rows = list(self.colleagues.values_list("pk", "name"))
        known = {str(key) for key, _name in rows}
        if chosen - known and "with_members" not in self.errors:
            rows += (
                self.fields["with_members"].queryset.filter(pk__in=chosen - known).values_list("pk", "name")
            )
        return [(key, name, str(key) in chosen) for key, name in rows]

    def kinds(self) -> list[tuple[str, str, str, bool]]:
        """Value, label, icon, chosen: for the row of large buttons."""
        chosen = self["kind"].value() or ContactKind.VISIT
        return kind_buttons(chosen)


class LogForm(ContactFields, IdempotentCreateForm):
    """Log a contact: one typed field; everything else has a default or may stay empty."""

    ahead = forms.ChoiceField(
        choices=[("", _("No next step")), *Ahead.choices, (PICKED, _("Pick a date"))], required=False
    )
    next_on = forms.DateField(required=False, label=_("Date of the next step"))
    next_subject = forms.CharField(required=False, max_length=200, label=_("What is next"))
    plan = forms.UUIDField(required=False, widget=forms.HiddenInput)
    files = FilesField(required=False, label=_("Files and photos"))
    override = forms.BooleanField(required=False, label=_("Plan it all the same"))
    warning = ""
    """Why the next step should be another day, until the person has said that they mean it."""

    class Meta(ContactFields.Meta):
        fields = ["customer", *ContactFields.Meta.fields]

    def __init__(self, *args, viewer: Viewer, customer: Customer | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = loggable(viewer)
        self.fields["customer"].error_messages["required"] = _("Choose the customer.")
        self.fields["at"].required = False
        self.fields["at"].initial = None
        self.initial.setdefault("kind", ContactKind.VISIT)
        self.set_choices(viewer, customer.pk if customer else None)

    def clean_at(self):
        """Left empty, it is now."""
        return self.cleaned_data.get("at") or self.instance.at

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("ahead") == PICKED and not cleaned.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Pick the date of the next step."))
        if cleaned.get("next_subject") and not cleaned.get("ahead") and "ahead" not in self.errors:
            # Whoever says what comes next means that something does.
            cleaned["ahead"] = Ahead.WEEK
        self._mind_the_day(cleaned)
        return cleaned

    def _mind_the_day(self, cleaned: dict) -> None:
        """A visit on a day when the customer wants none is planned only when the person says so."""
        step = None if {"ahead", "next_on"} & self.errors.keys() else self.next_step()
        if (
            not step
            or cleaned.get("override")
            or cleaned.get("kind") != ContactKind.VISIT
            or not cleaned.get("customer")
        ):
            return
        found = unsuitable_time(cleaned["customer"].pk, step.due_on, None)
        if found:
            self.warning = unsuitable_words(found)
            self.add_error("ahead", forms.ValidationError(self.warning, code="unsuitable"))

    def next_step(self) -> NextStep | None:
        ahead = self.cleaned_data.get("ahead")
        if not ahead:
            return None
        day = self.cleaned_data["next_on"] if ahead == PICKED else day_ahead(ahead)
        return NextStep(day, self.cleaned_data.get("next_subject", ""))

    def aheads(self) -> list[dict]:
        """The chips of the next step: value, label, the day it means, chosen."""
        chosen = self["ahead"].value() or ""
        found = [{"value": "", "label": _("No next step"), "chosen": not chosen}]
        for ahead in Ahead:
            chip = {"value": ahead.value, "label": ahead.label, "day": day_ahead(ahead)}
            found.append({**chip, "chosen": chosen == ahead})
        return found

    @property
    def soon(self) -> str:
        """The next step that is one tap together with saving."""
        return Ahead.WEEK

    @property
    def picks_date(self) -> bool:
        return self["ahead"].value() == PICKED

    @property
    def details_open(self) -> bool:
        """Whether something below the fold was refused."""
        return any(name in self.errors for name in _DETAILS)


class EditForm(StaleWriteForm, ContactFields, TenantModelForm):
    """Change a contact that was logged. Customer, author and plans stay."""

    class Meta(ContactFields.Meta):
        pass

    def __init__(self, *args, viewer: Viewer, **kwargs) -> None:
        instance = kwargs["instance"]
        present = list(instance.companion_rows.values_list("member_id", flat=True))
        kwargs["initial"] = {"with_members": present, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.set_choices(viewer, instance.customer_id)
        self._at = instance.at

    def clean_at(self):
        """The input knows minutes only: an unchanged minute keeps its seconds."""
        at = self.cleaned_data["at"]
        return self._at if at == self._at.replace(second=0, microsecond=0) else at


def kind_buttons(chosen: str) -> list[tuple[str, str, str, bool]]:
    """Value, label, icon, chosen."""
    return [(kind.value, str(kind.label), KIND_ICONS[kind], kind.value == chosen) for kind in ContactKind]


def prefill(plan: Plan | None, query: QueryDict) -> dict:
    """The start of a form: what was planned, or what the link says."""
    if plan is not None:
        return {"kind": plan.kind, "plan": plan.pk, "purpose": plan.subject}
    kind = query.get("kind", "")
    return {"kind": kind} if kind in ContactKind.values else {}
