"""The fields of a customer that an organisation may do without: what its field policy decides about."""

from collections.abc import Container
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.enums import CustomerKind, FieldUse, PointKind

PERSON, COMPANY = CustomerKind.PERSON.value, CustomerKind.COMPANY.value
UNSUITABLE_TIMES = "unsuitable_times"


@dataclass(frozen=True)
class OptionalField:
    """`key`: the field of the form, and of the fact and the import target that are called the same. `only`: the kind of
    customer that has it, "" for both. `uses`: what may be decided about it."""

    key: str
    label: str | Promise
    section: str
    only: str = ""
    uses: tuple[FieldUse, ...] = tuple(FieldUse)


SECTIONS = {
    "basics": _("Basics"),
    "contact": _("Contact details"),
    "address": _("Address"),
    "needs": _("Needs"),
    "credit": _("Credit and numbers"),
}
_FIELDS = (
    OptionalField("gender", _("Gender"), "basics", PERSON),
    OptionalField("birthday", _("Birthday"), "basics", PERSON),
    OptionalField("age_band", _("Age band"), "basics", PERSON),
    OptionalField("industry", _("Industry"), "basics", COMPANY),
    OptionalField("business_category", _("Business category"), "basics"),
    OptionalField("source", _("Source"), "basics"),
    OptionalField("last_order_on", _("Last order on"), "basics"),
    OptionalField("remarks", _("Remarks"), "basics"),
    OptionalField(PointKind.PHONE.value, _("Phone"), "contact"),
    OptionalField(PointKind.EMAIL.value, pgettext_lazy("contact detail", "Email"), "contact"),
    OptionalField(PointKind.WECHAT.value, _("WeChat"), "contact"),
    OptionalField("country", _("Country"), "address"),
    OptionalField("province", _("Province"), "address"),
    OptionalField("city", _("City"), "address"),
    OptionalField("district", _("District"), "address"),
    OptionalField("street", _("Street"), "address"),
    OptionalField("street2", _("Address line 2"), "address"),
    OptionalField("postcode", _("Postcode"), "address"),
    OptionalField("area", _("Urban or rural"), "address"),
    OptionalField("region", _("Region"), "address"),
    OptionalField("distance", _("Distance from the company"), "address"),
    # Added on the page of a customer that exists already: a new one could not be asked for them.
    OptionalField(
        UNSUITABLE_TIMES,
        _("Unsuitable visiting times"),
        "address",
        uses=(FieldUse.COLLECTED, FieldUse.HIDDEN),
    ),
    OptionalField("intention", _("Purchase intention"), "needs"),
    OptionalField("income", _("Monthly income"), "needs", PERSON),
    OptionalField("need_type", _("Type of need"), "needs"),
    OptionalField("buying_channel", _("Preferred buying channel"), "needs"),
    OptionalField("service_preferences", _("Service preferences"), "needs"),
    OptionalField("preferences", pgettext_lazy("of a customer", "Preferences"), "needs"),
    OptionalField("potential_needs", _("Potential needs"), "needs"),
    OptionalField("family_notes", _("Hobbies and family"), "needs"),
    OptionalField("credit_rating", _("Credit rating"), "credit"),
    OptionalField("credit_note", _("Credit assessment"), "credit"),
    OptionalField("identity_number", _("Identity number"), "credit"),
    OptionalField("bank_account", _("Bank account"), "credit"),
)
OPTIONAL = {field.key: field for field in _FIELDS}
CONTACT = tuple(key for key, field in OPTIONAL.items() if field.section == "contact")
NEEDS = tuple(key for key, field in OPTIONAL.items() if field.section == "needs")


def applies(key: str, kind: str) -> bool:
    """Whether a customer of this kind can have the field at all."""
    field = OPTIONAL.get(key)
    return field is None or not field.only or field.only == kind


def collected_details(hidden: Container[str]) -> tuple[str, ...]:
    """The kinds of contact details that are collected, where the fields `hidden` are not."""
    return tuple(kind for kind in CONTACT if kind not in hidden)
