"""The page on which a customer is made or changed, and its small sister in the dialog."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import normalise
from customers.actions.customer import PersonInput
from customers.actions.points import PointInput
from customers.birthdays import Birthday
from customers.custom import Spec, Value
from customers.enums import CustomerKind, PointKind
from customers.fields import CONTACT, NEEDS, SECTIONS, applies
from customers.forms.birthday import BirthdayField, BirthdayInput
from customers.forms.custom_values import CustomFieldsMixin, day_input
from customers.forms.details import CustomerDetails
from customers.forms.distance import KilometresField
from customers.forms.needs import NEED_TEXTS, WIDGETS
from customers.forms.owner import OWNERS
from customers.forms.sections import BASICS, CREDIT, NUMBERS, CustomerSections
from customers.masking import masked_text
from customers.models import Customer, CustomerNeeds, FieldPolicy
from customers.queries.custom import values_of
from customers.queries.duplicates import Duplicate
from customers.queries.listing import custom_specs, policies_for
from customers.regions import region_of_province
from customers.rights import ASSIGN
from customers.text import clean_line, clean_lines
from tenancy.access import Viewer
from tenancy.context import current_organization
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm
from tenancy.forms.members import offer_members
from tenancy.forms.stale import THEIRS, ConflictField, StaleWriteForm
from tenancy.links import organization_url

LINES = (
    "name", "industry", "business_category", "country", "province", "city", "district", "street", "street2", "postcode",
)  # fmt: skip
PARAGRAPHS = ("remarks", "credit_note", *NEED_TEXTS)


def without_nul(data: QueryDict) -> QueryDict:
    """What was posted, without NUL characters: a text pasted from a broken export is no reason to refuse a form."""
    if not any("\x00" in value for _name, values in data.lists() for value in values):
        return data
    clean = data.copy()
    for name, values in data.lists():
        clean.setlist(name, [value.replace("\x00", "") for value in values])
    return clean


class CustomerFields(CustomFieldsMixin, CustomerSections, CustomerDetails):
    """What the forms of making and of changing a customer share. `reveal`: the viewer sees the sensitive numbers."""

    override = forms.BooleanField(required=False, label=_("Save anyway"))

    class Meta:
        model = Customer
        fields = ["kind", *(name for _title, names in (*BASICS, *CREDIT) for name in names)]
        field_classes = {"birthday": BirthdayField, "distance": KilometresField}
        widgets = {
            "kind": forms.RadioSelect,
            "birthday": BirthdayInput,
            "last_order_on": day_input(),
            "remarks": forms.Textarea(attrs={"rows": 3}),
            "credit_note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, viewer: Viewer, reveal: bool, **kwargs) -> None:
        self.viewer, self.reveal = viewer, reveal
        self.duplicates: list[Duplicate] = []
        self.warnings: list[str] = []
        instance = kwargs.get("instance")
        if instance is not None:
            birthday = Birthday.of(instance.birthday, instance.birthday_typed)
            unseen = {} if reveal else dict.fromkeys(NUMBERS, "")
            kwargs["initial"] = {**(kwargs.get("initial") or {}), "birthday": str(birthday or ""), **unseen}
        if args and args[0] is not None:
            args = (without_nul(args[0]), *args[1:])
        super().__init__(*args, **kwargs)
        self.obey_policy(policies_for(viewer))
        self.add_custom_fields(self.own_specs(), self._held())
        self._arrange()

    def own_specs(self) -> list[Spec]:
        """The organisation's own fields that this form has."""
        return custom_specs(self.viewer)

    def _held(self) -> dict[str, Value]:
        if self.instance._state.adding:
            return {}
        return values_of([self.instance.pk], self.own_specs()).get(self.instance.pk, {})

    def _arrange(self) -> None:
        for name in (name for name in NUMBERS if name in self.fields):
            attrs = {"data-no-draft": True, "autocomplete": "off", "inputmode": "text"}
            stored = getattr(self.instance, name)
            if stored and not self.reveal:
                attrs["placeholder"] = masked_text(stored)
            self.fields[name].widget.attrs |= attrs
        for name in (name for name in ("name", "identity_number") if name in self.fields):
            self.fields[name].widget.attrs |= {**checked_while_typing(), "autocomplete": "off"}
        for name, words in (("country", "countries"), ("province", "provinces")):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"list": words, "autocomplete": "off"}
        if "kind" in self.fields and self["kind"].value() == CustomerKind.PERSON:
            self.fields["name"].label = pgettext_lazy("of a person", "Name")
        if "owner" in self.fields:
            self._arrange_owner()

    def _arrange_owner(self) -> None:
        owner = self.fields["owner"]
        offer_members(owner, OWNERS, self.viewer)
        reach, adding = self.viewer.reach(ASSIGN), self.instance._state.adding
        if reach is None or not (adding or reach.covers(self.instance.owner_id)):
            # A new customer is then the viewer's own, an old one stays with its owner, one that is shared too.
            del self.fields["owner"]
        elif adding:
            owner.initial = self.viewer.membership.pk

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for name in LINES:
            if isinstance(data.get(name), str):
                data[name] = clean_line(data[name])
        for name in PARAGRAPHS:
            if isinstance(data.get(name), str):
                data[name] = clean_lines(data[name])
        if "name" in data and not data["name"]:
            self.add_error("name", ValidationError(_("Give the customer a name."), code="required"))
        kind = data.get("kind") or self.instance.kind
        self.ask_for_required(kind)
        for spec in self.left_out(kind):
            self.say_required(spec.name)
        return data

    def is_filled(self, name: str) -> bool:
        if name == "region" and region_of_province(self.cleaned_data.get("province") or ""):
            return True  # it follows the province when it is saved
        return super().is_filled(name) or (name == "birthday" and bool(self.instance.birthday_typed))

    def clean_birthday(self):
        birthday: Birthday | None = self.cleaned_data["birthday"]
        self.instance.birthday_typed = birthday.typed if birthday else ""
        day = birthday.born_on if birthday else None
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


class NewCustomerFields(IdempotentCreateForm, CustomerFields, TenantModelForm):
    """A new customer. Needs and credit are steps of their own, but for what the organisation requires of them."""

    fieldsets = (*BASICS[:-1], (SECTIONS["needs"], NEEDS), *CREDIT, BASICS[-1])
    later: ClassVar[tuple[str, ...]] = (*NEEDS, *(name for _title, names in CREDIT for name in names))

    def obey_policy(self, known: Mapping[str, FieldPolicy] | None = None) -> None:
        self.fields |= fields_for_model(CustomerNeeds, NEEDS, widgets=WIDGETS)
        super().obey_policy(known)
        for name in self.later:
            if not self.is_required(name):
                self.fields.pop(name, None)

    def needs(self) -> dict[str, str]:
        """What was said of the needs, field by field; ask only when valid."""
        data = self.cleaned_data
        return {name: data[name] for name in NEEDS if data.get(name) and applies(name, self.instance.kind)}


class CustomerCreateForm(NewCustomerFields):
    """A new customer, and for a company the first person to talk to."""

    person_name = forms.CharField(max_length=80, required=False, label=pgettext_lazy("of a person", "Name"))
    person_title = forms.CharField(max_length=80, required=False, label=_("Job title"))
    person_phone = forms.CharField(max_length=40, required=False, label=_("Phone"))

    def _arrange(self) -> None:
        super()._arrange()
        if self.is_hidden(PointKind.PHONE):
            del self.fields["person_phone"]
            return
        attrs = {**checked_while_typing(), "data-no-draft": True, "autocomplete": "off", "inputmode": "tel"}
        self.fields["person_phone"].widget.attrs |= attrs

    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("person_name", "person_title", "person_phone") if name in self.fields]

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
        phone = data.get("person_phone")
        points = [PointInput(PointKind.PHONE, phone)] if phone else []
        return [PersonInput(data["person_name"], data["person_title"], points=points)]


class CustomerEditForm(StaleWriteForm, CustomerFields, TenantModelForm):
    class Meta(CustomerFields.Meta):
        pass

    def _differences(self) -> list[ConflictField]:
        """Without a region that nobody typed: it follows the province, whichever is chosen."""
        found = super()._differences()
        provinces = self._stored.get("province", [])
        derived = [region_of_province(province) for province in provinces]
        shown = [
            one
            for one in found
            if (one.name, one.chosen, self._stored[one.name]) != ("region", THEIRS, derived)
        ]
        if len(shown) < len(found):
            self.data = self.data.copy()
            self.data["region"] = self.cleaned_data["region"] = ""
        return shown


class CustomerCreditForm(CustomerEditForm):
    """The last step of entry: what the customer is good for, and the numbers that prove who it is."""

    fieldsets = CREDIT

    def own_specs(self) -> list[Spec]:
        return []

    class Meta(CustomerFields.Meta):
        fields = [name for _title, names in CREDIT for name in names]


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


class QuickCustomerForm(NewCustomerFields):
    """Kind, name and a phone, and what the organisation requires: the rest can follow."""

    phone = forms.CharField(max_length=40, required=False, label=_("Phone"))
    email = forms.CharField(max_length=200, required=False, label=pgettext_lazy("contact detail", "Email"))
    wechat = forms.CharField(max_length=200, required=False, label=_("WeChat"))

    def own_specs(self) -> list[Spec]:
        return [spec for spec in super().own_specs() if spec.required]

    def _arrange(self) -> None:
        for name in (*self._meta.fields, *CONTACT):
            if name not in ("kind", "name", "phone") and not self.is_required(name):
                self.fields.pop(name, None)
        for name in (*CONTACT, *NUMBERS):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"data-no-draft": True, "autocomplete": "off"}
        checked = checked_while_typing("#quick-duplicates")
        self.fields["name"].widget.attrs |= {**checked, "autocomplete": "off", "data-focus": True}
        if "phone" in self.fields:
            self.fields["phone"].widget.attrs |= {**checked, "inputmode": "tel"}

    def required_fields(self) -> list[dict]:
        """Those that are here only because the organisation requires them."""
        return [
            item for section in self.sections() for item in section["fields"] if item["field"].name != "name"
        ]

    def contact_fields(self) -> list[forms.BoundField]:
        return [self[kind] for kind in CONTACT if kind in self.fields]

    def details(self) -> list[tuple[str, str]]:
        """(kind, value) of what can be read, valid or not."""
        data = self.cleaned_data
        return [(kind, data[kind]) for kind in CONTACT if data.get(kind)]

    def clean_phone(self) -> str:
        return normal_phone(self.cleaned_data["phone"])

    def clean_email(self) -> str:
        return self._detail(PointKind.EMAIL)

    def clean_wechat(self) -> str:
        return self._detail(PointKind.WECHAT)

    def _detail(self, kind: str) -> str:
        value = clean_line(self.cleaned_data[kind])
        return normalise.point(kind, value, normalise.region_of(current_organization())) if value else ""
