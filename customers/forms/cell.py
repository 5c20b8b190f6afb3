"""One field of one customer, edited where it stands."""

from typing import Any

from django.utils.translation import gettext as _

from customers.forms.bulk import BULK_FIELDS
from customers.forms.owner import OWNERS
from customers.models import Customer
from customers.queries.field_policy import required_fields
from customers.text import clean_line
from tenancy.access import Viewer
from tenancy.forms.base import TenantModelForm
from tenancy.forms.members import offer_members
from tenancy.forms.stale import ConflictField, StaleWriteForm

CHANGE, ASSIGN = "customers.change_customer", "customers.assign_customer"
OWNER = "owner"
CELLS = frozenset((*BULK_FIELDS, OWNER))
"""Facts whose cell can be edited: each is the column of its own name."""


class _CellForm(StaleWriteForm, TenantModelForm):
    """Refused when somebody else has changed this very field since; other changes of the row do not matter."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        [name] = self._meta.fields  # type: ignore[misc]
        if cleaned is None or name in self.errors:
            return cleaned
        if isinstance(cleaned.get(name), str):
            cleaned[name] = clean_line(cleaned[name])
        if not cleaned.get(name) and (name == OWNER or name in required_fields()):
            self.add_error(name, _("This field cannot be empty."))
        return cleaned

    def _differences(self) -> list[ConflictField]:
        original = self._unseal(self.original)
        return [one for one in super()._differences() if original.get(one.name) != self._stored[one.name]]


def cell_form(key: str, customer: Customer, viewer: Viewer, data: Any = None) -> StaleWriteForm:
    """The form of the field `key`, one of CELLS."""
    meta = type("Meta", (), {"model": Customer, "fields": [key]})
    form = type("CellForm", (_CellForm,), {"Meta": meta})(data, instance=customer)
    if key == OWNER:
        offer_members(form.fields[OWNER], OWNERS, viewer)
    return form


def editable_cells(viewer: Viewer) -> frozenset[str]:
    """Keys of the facts that the viewer may edit in the list."""
    found = CELLS if viewer.can(CHANGE) else frozenset()
    return found if viewer.can(ASSIGN) else found - {OWNER}
