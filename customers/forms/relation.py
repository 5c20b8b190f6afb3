import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.enums import CustomerKind
from customers.models import ContactPerson, Customer, Relation
from customers.queries.choosing import choosable
from customers.relations import BY_KEY, ROLES, Role
from customers.text import clean_line
from tenancy.access import Viewer
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm

_DAY = {"type": "date", "min": "1900-01-01"}


class Chosen(forms.ModelForm):
    """A form that names another customer, chosen from those within reach."""

    other = forms.UUIDField(
        error_messages={"required": _("Choose a customer."), "invalid": _("Choose a customer.")}
    )

    def __init__(self, *args: Any, viewer: Viewer, customer: Customer, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.customer, self.kind = viewer, customer, kind
        self.chosen: Customer | None = None

    def clean_other(self) -> uuid.UUID:
        rows = choosable(self.viewer, self.customer, self.kind)
        self.chosen = rows.filter(pk=self.cleaned_data["other"]).first()
        if self.chosen is None:
            raise ValidationError(_("Choose a customer."), code="invalid")
        return self.chosen.pk


class Period(forms.ModelForm):
    """Note, beginning and end of a relation."""

    class Meta:
        model = Relation
        fields = ("note", "since", "until")
        widgets = {name: forms.DateInput(format="%Y-%m-%d", attrs=_DAY) for name in ("since", "until")}

    def clean_note(self) -> str:
        return clean_line(self.cleaned_data["note"])

    def clean_since(self):
        day = self.cleaned_data["since"]
        if day and day > timezone.localdate():
            raise ValidationError(_("The day lies in the future."), code="future")
        return day


class RelationForm(IdempotentCreateForm, Chosen, Period, TenantModelForm):
    role = forms.ChoiceField(label=_("The other one is"))

    class Meta(Period.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = (CustomerKind.PERSON, CustomerKind.COMPANY)
        fitting = [role for role in ROLES if any(role.fits(self.customer.kind, kind) for kind in kinds)]
        self.fields["role"].choices = [(role.key, role.label) for role in fitting]  # type: ignore[attr-defined]
        self.order_fields(["id", "other", "role"])

    @property
    def wanted_role(self) -> Role:
        return BY_KEY[self.cleaned_data["role"]]


class RelationEditForm(Period, TenantModelForm):
    class Meta(Period.Meta):
        pass


class EmploymentForm(IdempotentCreateForm, Chosen, TenantModelForm):
    """A person of the registry and a company: one is given, the other one chosen."""

    class Meta:
        model = ContactPerson
        fields = ("title", "role")

    def clean_title(self) -> str:
        return clean_line(self.cleaned_data["title"])
