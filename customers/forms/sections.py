"""How the form of a customer is laid out: which fields stand together, under which headings."""

from collections.abc import Sequence
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.custom import Spec
from customers.enums import CustomType
from customers.fields import OPTIONAL
from customers.forms.needs import NEED_TEXTS
from customers.regions import COUNTRIES, PROVINCES

NUMBERS = ("identity_number", "bank_account")
BASICS = (
    (
        _("Basics"),
        ("name", "relationship", "owner", "gender", "age_band", "birthday", "industry", "business_category"),
    ),
    (_("Classification"), ("tier", "source", "last_order_on")),
    (
        _("Address"),
        (
            "country",
            "province",
            "city",
            "district",
            "street",
            "street2",
            "postcode",
            "area",
            "region",
            "distance",
        ),
    ),
    (_("Remarks"), ("remarks",)),
)
CREDIT = ((_("Credit and numbers"), ("credit_rating", "credit_note", *NUMBERS)),)
AT_HOME, ABROAD = ("district", "area", "region"), ("street2",)
"""Fields of an address that only a Chinese, or only a foreign one has; one that holds something always shows."""
FULL_WIDTH = ("name", "birthday", "street", "street2", "remarks", "credit_note", *NEED_TEXTS)


class CustomerSections(forms.ModelForm):
    """The part of a form that its template asks for the layout."""

    fieldsets: ClassVar[tuple] = (*BASICS[:-1], *CREDIT, BASICS[-1])
    specs: Sequence[Spec]

    @property
    def countries(self) -> list[str]:
        return [str(name) for name in COUNTRIES]

    @property
    def provinces(self) -> list[str]:
        return PROVINCES

    def person_fields(self) -> list[forms.BoundField]:
        """Those of a first contact person; only a new customer has them."""
        return []

    def sections(self) -> list[dict]:
        """The fieldsets, as the template prints them."""
        found = []
        for title, names in self.fieldsets:
            fields = [
                {
                    "field": self[name],
                    "css": "field-wide" if name in FULL_WIDTH else "",
                    "only": OPTIONAL[name].only if name in OPTIONAL else "",
                    "at": "home" if name in AT_HOME else "abroad" if name in ABROAD else "",
                }
                for name in names
                if name in self.fields
            ]
            if fields:
                found.append({"title": title, "fields": fields, "key": names[0]})
        own = [
            {"field": self[one.name], "css": _own_css(one), "only": one.only, "at": ""} for one in self.specs
        ]
        return [*found, {"title": _("More"), "fields": own, "key": "own"}] if own else found


def _own_css(spec: Spec) -> str:
    return "field-wide" if spec.type == CustomType.CHOICES else ""
