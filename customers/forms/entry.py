"""All that one page asks about a customer: its own fields, its contact details, its other names."""

from dataclasses import dataclass
from itertools import chain
from typing import Any, Generic, TypeVar, cast

from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.enums import PointKind
from customers.forms.aliases import BaseAliasFormSet, aliases_formset
from customers.forms.customer import (
    NUMBERS,
    CustomerCreateForm,
    CustomerEditForm,
    CustomerFields,
    checked_while_typing,
)
from customers.forms.points import BasePointFormSet, points_formset
from customers.models import ContactPoint, Customer
from tenancy.access import Viewer

FIRST_ROWS = (PointKind.PHONE, PointKind.EMAIL, PointKind.WECHAT)
"""The kinds of the empty rows that a new customer begins with."""
Form = TypeVar("Form", bound=CustomerFields)


@dataclass(frozen=True)
class Entry(Generic[Form]):
    form: Form
    points: BasePointFormSet
    aliases: BaseAliasFormSet

    def is_valid(self) -> bool:
        """All three are asked, so that every error shows at once."""
        valid = self.form.is_valid() & self.points.is_valid() & self.aliases.is_valid()
        if self.points.is_valid():
            self.form.ask_for_details(self.points.kinds(), self.stored_kinds())
        return valid and self.form.is_valid()

    def stored_kinds(self) -> set[str]:
        """The kinds of contact details that there are already."""
        return set()

    def details(self) -> list[tuple[str, str]]:
        """The numbers and addresses typed, those of a contact person among them."""
        phone = self.form.cleaned_data.get("person_phone")
        return [*self.points.values(), *([(PointKind.PHONE, phone)] if phone else [])]

    def problems(self) -> list[tuple[str, str]]:
        """(label, id of the input) of what keeps it from being saved, in the order of the page."""
        form = self.form
        if not form.is_bound:
            return []
        first, *others = form.sections()
        rows = [row["name"] for row in self.aliases] + [row["value"] for row in self.points]
        shown = [
            form["kind"],
            *_fields_of(first),
            *rows,
            *form.person_fields(),
            *chain(*map(_fields_of, others)),
        ]
        found = [(str(one.label), one.id_for_label or f"div_{one.auto_id}") for one in shown if one.errors]
        if form.duplicates or form.warnings:
            words = _("possible duplicates") if form.duplicates else _("the warning")
            found.append((words, "id_override"))
        return found

    @property
    def context(self) -> dict[str, Any]:
        parts = {"form": self.form, "points": self.points, "aliases": self.aliases}
        return {**parts, "problems": self.problems()}


def _fields_of(section: dict) -> list[BoundField]:
    return [item["field"] for item in section["fields"]]


def new_entry(data: QueryDict | None, viewer: Viewer, initial: Any = None) -> Entry[CustomerCreateForm]:
    form = CustomerCreateForm(data, initial=initial, viewer=viewer, reveal=True)
    rows: dict[str, Any] = {"reveal": True, "checked_by": checked_while_typing()}
    if data is None:
        rows["blanks"] = FIRST_ROWS
    return Entry(
        form, points_formset(data, [], kinds=form.details_collected(), **rows), aliases_formset(data, [])
    )


@dataclass(frozen=True)
class StoredEntry(Entry[CustomerEditForm]):
    """An entry about a customer that exists. `stored`: its contact details, as far as they are collected, as they are
    now."""

    stored: list[ContactPoint]

    def stored_kinds(self) -> set[str]:
        return {point.kind for point in self.stored}

    @property
    def has_numbers(self) -> bool:
        """Whether anything stands in it that a role may have to mask."""
        customer = self.form.instance
        return bool(self.stored) or any(getattr(customer, name) for name in NUMBERS)


def stored_entry(data: QueryDict | None, customer: Customer, viewer: Viewer, *, reveal: bool) -> StoredEntry:
    """Of a customer that was read with `names=other_names()`."""
    form = CustomerEditForm(data, instance=customer, viewer=viewer, reveal=reveal)
    stored, kinds = stored_points(customer), form.details_collected()
    points = points_formset(data, stored, kinds=kinds, reveal=reveal, checked_by=checked_while_typing())
    return StoredEntry(form, points, aliases_formset(data, cast(Any, customer).names), stored)


def stored_points(customer: Customer) -> list[ContactPoint]:
    return list(ContactPoint.objects.collected().filter(customer=customer, person=None))
