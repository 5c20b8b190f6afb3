"""One field of one customer, edited where it stands."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from customers.custom import Spec
from customers.forms.bulk import BULK_FIELDS
from customers.forms.cap import cap_problem
from customers.forms.custom_values import CustomFieldsMixin, day_input
from customers.forms.owner import OWNERS
from customers.models import Customer
from customers.queries.custom import values_of
from customers.queries.field_policy import required_fields
from customers.queries.listing import custom_specs
from customers.rights import ASSIGN, CHANGE
from customers.text import clean_line
from tenancy.access import Viewer
from tenancy.forms.base import TenantModelForm
from tenancy.forms.members import offer_members
from tenancy.forms.stale import ConflictField, StaleWriteForm

OWNER = "owner"
CELLS = frozenset((*BULK_FIELDS, "last_order_on", OWNER))
"""Facts whose cell can be edited: each is the column of its own name."""


class _CellForm(StaleWriteForm, TenantModelForm):
    """Refused when somebody else has changed this very field since; other changes of the row do not matter. `name`: the
    field. `needed`: it cannot be emptied."""

    name: str
    needed: bool

    def clean(self) -> dict[str, Any] | None:
        cleaned, name = super().clean(), self.name
        if cleaned is None or name in self.errors:
            return cleaned
        if isinstance(cleaned.get(name), str):
            cleaned[name] = clean_line(cleaned[name])
        if self.needed and cleaned.get(name) in (None, "", []):
            self.add_error(name, _("This field cannot be empty."))
        elif name == OWNER and cleaned.get(name) and cleaned[name].pk != self.initial.get(OWNER):
            problem = "" if self.instance.archived_at else cap_problem(cleaned[name], 1)
            if problem:
                self.add_error(name, problem)
        return cleaned

    def _differences(self) -> list[ConflictField]:
        original = self._unseal(self.original)
        return [one for one in super()._differences() if original.get(one.name) != self._stored[one.name]]


class _OwnField(CustomFieldsMixin, forms.ModelForm):
    """Adds the field of the organisation's own before the snapshot is taken."""

    own: Spec

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_custom_fields(
            [self.own], values_of([self.instance.pk], [self.own]).get(self.instance.pk, {})
        )


def cell_form(key: str, customer: Customer, viewer: Viewer, data: Any = None) -> _CellForm:
    """The form of a column among CELLS."""
    needed = key == OWNER or key in required_fields()
    widgets = {"last_order_on": day_input()}
    meta = type("Meta", (), {"model": Customer, "fields": [key], "widgets": widgets})
    parts = {"Meta": meta, "name": key, "needed": needed}
    form = type("CellForm", (_CellForm,), parts)(data, instance=customer)
    if key == OWNER:
        offer_members(form.fields[OWNER], OWNERS, viewer)
    return form


def own_cell_form(spec: Spec, customer: Customer, data: Any = None) -> _CellForm:
    """The form of a field of the organisation's own."""
    meta = type("Meta", (), {"model": Customer, "fields": []})
    parts = {"Meta": meta, "name": spec.name, "needed": spec.required, "own": spec}
    return type("OwnCellForm", (_CellForm, _OwnField), parts)(data, instance=customer)


def editable_cells(viewer: Viewer) -> frozenset[str]:
    """Keys of the facts that the viewer may edit in the list."""
    if not viewer.can(CHANGE):
        return frozenset()
    found = CELLS | {spec.name for spec in custom_specs(viewer)}
    return found if viewer.can(ASSIGN) else found - {OWNER}
