"""The page on which a customer is made or changed, and its small sister in the dialog."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import normalise
from customers.actions.customer import PersonInput
from customers.actions.points import PointInput
from customers.enums import CustomerKind, PointKind
from customers.forms.owner import possible_owners
from customers.masking import masked_text
from customers.models import Customer
from customers.queries.duplicates import Duplicate
from customers.text import clean_line, clean_lines
from tenancy.access import Viewer
from tenancy.context import current_organization
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.stale import StaleWriteForm
from tenancy.links import organization_url

NUMBERS = ("identity_number", "bank_account")
LINES = ("name", "industry", "country", "province", "city", "district", "street", "postcode")
FIELDSETS = (
    (_("Basics"), ("name", "relationship", "owner", "gender", "birthday", "industry")),
    (_("Classification"), ("tier", "source", "credit_rating")),
    (_("Address"), ("country", "province", "city", "district", "street", "postcode")),
    (_("Sensitive numbers"), NUMBERS),
    (_("Remarks"), ("remarks",)),
)
ONLY_PERSON = ("gender", "birthday")
ONLY_COMPANY = ("industry",)
FULL_WIDTH = ("name", "street", "remarks")


def without_nul(data: QueryDict) -> QueryDict:
    """What was posted, without NUL characters: a text pasted from a broken export is no reason to refuse a form."""
    if not any("\x00" in value for _name, values in data.lists() for value in values):
        return data
    clean = data.copy()
    for name, values in data.lists():
        clean.setlist(name, [value.replace("\x00", "") for value in values])
    return clean


class CustomerFields(forms.ModelForm):
    """What the forms of making and of changing a customer share. `reveal`: the viewer sees the sensitive numbers."""

    override = forms.BooleanField(required=False, label=_("Not the same: save anyway"))

    class Meta:
        model = Customer
        fields = ["kind", *(name for _title, names in FIELDSETS for name in names)]
        widgets = {
            "kind": forms.RadioSelect,
            "birthday": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "1800-01-01"}),
            "remarks": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, viewer: Viewer, reveal: bool, **kwargs) -> None:
        self.viewer, self.reveal = viewer, reveal
        self.duplicates: list[Duplicate] = []
        self.warnings: list[str] = []
        instance = kwargs.get("instance")
        if instance is not None and not reveal:
            kwargs["initial"] = {**(kwargs.get("initial") or {}), **dict.fromkeys(NUMBERS, "")}
        if args and args[0] is not None:
            args = (without_nul(args[0]), *args[1:])
        super().__init__(*args, **kwargs)
        self._arrange()

    def _arrange(self) -> None:
        for name in NUMBERS:
            attrs = {"data-no-draft": True, "autocomplete": "off", "inputmode": "text"}
            stored = getattr(self.instance, name)
            if stored and not self.reveal:
                attrs["placeholder"] = masked_text(stored)
            self.fields[name].widget.attrs |= attrs
        self.fields["name"].widget.attrs |= {**checked_while_typing(), "autocomplete": "off"}
        self.fields["identity_number"].widget.attrs |= checked_while_typing()
        for name, only in (*((n, "person") for n in ONLY_PERSON), *((n, "company") for n in ONLY_COMPANY)):
            if name in self.fields:
                self.fields[name].widget.attrs["data-only"] = only
        if "owner" in self.fields:
            self._arrange_owner()

    def _arrange_owner(self) -> None:
        owner = self.fields["owner"]
        owner.queryset = possible_owners(self.viewer)
        if not self.viewer.can("customers.assign_customer"):
            # A new customer is then the viewer's own, an old one stays with its owner.
            del self.fields["owner"]
        elif self.instance._state.adding:
            owner.initial = self.viewer.membership.pk

    def sections(self) -> list[dict]:
        """The fieldsets, as the template prints them."""
        found = []
        for title, names in FIELDSETS:
            fields = [
                {
                    "field": self[name],
                    "css": "field-wide" if name in FULL_WIDTH else "",
                    "only": self._only(name),
                }
                for name in names
                if name in self.fields
            ]
            if fields:
                found.append({"title": title, "fields": fields, "key": names[0]})
        return found

    @staticmethod
    def _only(name: str) -> str:
        return "person" if name in ONLY_PERSON else "company" if name in ONLY_COMPANY else ""

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for name in LINES:
            if isinstance(data.get(name), str):
                data[name] = clean_line(data[name])
        if isinstance(data.get("remarks"), str):
            data["remarks"] = clean_lines(data["remarks"])
        if "name" in data and not data["name"]:
            self.add_error("name", ValidationError(_("Give the customer a name."), code="required"))
        return data

    def clean_birthday(self):
        day = self.cleaned_data["birthday"]
        if day and day > timezone.localdate():
            raise ValidationError(_("The birthday lies in the future."), code="future")
        return day

    def clean_identity_number(self) -> str:
        return self._number("identity_number", normalise.identity_number)

    def clean_bank_account(self) -> str:
        return self._number("bank_account", normalise.bank_account)

    def _number(self, name: str, normal) -> str:
        value = self.cleaned_data[name]
        if not value and not self.reveal:
            return getattr(self.instance, name)
        value = normal(value)
        if name == "identity_number" and normalise.identity_is_doubtful(value):
            self.warnings.append(
                str(_("The check digit of the identity number is wrong: look at it once more."))
            )
        return value

    @property
    def is_person(self) -> bool:
        return (self.cleaned_data.get("kind") or self.instance.kind) == CustomerKind.PERSON


class CustomerCreateForm(IdempotentCreateForm, CustomerFields, TenantModelForm):
    """A new customer, and for a company the first person to talk to."""

    person_name = forms.CharField(max_length=80, required=False, label=_("Name"))
    person_title = forms.CharField(max_length=80, required=False, label=_("Job title"))
    person_phone = forms.CharField(max_length=40, required=False, label=_("Phone"))

    class Meta(CustomerFields.Meta):
        pass

    def _arrange(self) -> None:
        super()._arrange()
        attrs = {**checked_while_typing(), "data-no-draft": True, "autocomplete": "off", "inputmode": "tel"}
        self.fields["person_phone"].widget.attrs |= attrs

    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("person_name", "person_title", "person_phone")]

    def clean_person_phone(self) -> str:
        return normal_phone(self.cleaned_data["person_phone"])

    def clean(self) -> dict:
        data = super().clean()
        name = data["person_name"] = clean_line(data.get("person_name") or "")
        data["person_title"] = clean_line(data.get("person_title") or "")
        if not name and (data.get("person_title") or data.get("person_phone")):
            self.add_error("person_name", ValidationError(_("Give the person a name."), code="required"))
        return data

    def people(self) -> list[PersonInput]:
        """The first contact person; none for a customer who is a person."""
        data = self.cleaned_data
        if self.is_person or not data["person_name"]:
            return []
        points = [PointInput(PointKind.PHONE, data["person_phone"])] if data["person_phone"] else []
        return [PersonInput(data["person_name"], data["person_title"], points=points)]


class CustomerEditForm(StaleWriteForm, CustomerFields, TenantModelForm):
    class Meta(CustomerFields.Meta):
        pass


def normal_phone(value: str) -> str:
    """A phone of a form's single field, normalised; "" for none. Raises ValidationError."""
    value = clean_line(value)
    return normalise.phone(value, normalise.region_of(current_organization())) if value else ""


def checked_while_typing(target: str = "#duplicates") -> dict[str, str]:
    """Attributes of an input whose content is compared with the customers that exist, half a second after typing."""
    return {
        "hx-post": organization_url("customers:duplicates"),
        "hx-trigger": "input changed delay:500ms",
        "hx-target": target,
        "hx-sync": "closest form:replace",
    }


class QuickCustomerForm(IdempotentCreateForm, CustomerFields, TenantModelForm):
    """Kind, name and a phone: the rest can follow."""

    phone = forms.CharField(max_length=40, required=False, label=_("Phone"))

    class Meta(CustomerFields.Meta):
        fields = ["kind", "name"]

    def _arrange(self) -> None:
        checked = checked_while_typing("#quick-duplicates")
        self.fields["name"].widget.attrs |= {**checked, "autocomplete": "off", "data-focus": True}
        self.fields["phone"].widget.attrs |= {
            **checked,
            "data-no-draft": True,
            "autocomplete": "off",
            "inputmode": "tel",
        }

    def clean_phone(self) -> str:
        return normal_phone(self.cleaned_data["phone"])
