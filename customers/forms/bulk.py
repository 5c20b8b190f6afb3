"""What a bulk change asks for."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.custom import cells
from customers.enums import FieldUse
from customers.forms.custom_values import CustomFieldsMixin
from customers.forms.tag_choice import GroupedTagsField
from customers.models import Customer, Tag
from customers.queries.field_policy import policies
from customers.queries.listing import custom_specs
from customers.queries.tags import tags_in_order
from customers.text import clean_line
from tenancy.access import Viewer
from tenancy.forms.base import TenantForm
from tenancy.forms.fields import TenantChoices

BULK_FIELDS = (
    "tier", "relationship", "source", "industry", "credit_rating", "country", "province", "city", "district",
)  # fmt: skip
"""Columns of a customer that may be set for many at once, and in the cell of a list: none of them identifies a person."""


def customer_field(name: str) -> forms.Field:
    """The form field of a plain column."""
    model_field: Any = Customer._meta.get_field(name)
    field: forms.Field = model_field.formfield()
    field.label = capfirst(str(model_field.verbose_name))
    return field


class BulkEditForm(CustomFieldsMixin, TenantForm):
    """Each field has a tick of its own: what is ticked is set, to nothing too; the rest stays as it is. What the
    organisation does not collect is not here, and what it requires cannot be emptied."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = policies()
        hidden = {key for key, policy in rules.items() if policy.use == FieldUse.HIDDEN}
        self._needed = {key for key, policy in rules.items() if policy.use == FieldUse.REQUIRED}
        self.columns = [name for name in BULK_FIELDS if name not in hidden]
        for name in self.columns:
            field = customer_field(name)
            if field.required:
                self._needed.add(name)
            field.required = False
            self.fields[name] = field
        specs = custom_specs(viewer)
        self.add_custom_fields(specs, {})
        self._needed |= {spec.name for spec in specs if spec.required}
        for name in self.settable:
            self.fields[f"set_{name}"] = forms.BooleanField(required=False, label=self.fields[name].label)

    @property
    def settable(self) -> list[str]:
        return [*self.columns, *(spec.name for spec in self.specs)]

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The tick and the value of each field."""
        return [(self[f"set_{name}"], self[name]) for name in self.settable]

    @property
    def chosen(self) -> list[str]:
        return [name for name in self.settable if self.cleaned_data.get(f"set_{name}")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.chosen:
            raise forms.ValidationError(_("Tick at least one field to change."))
        for name in self.chosen:
            if name in self._needed and cleaned.get(name) in (None, "", []) and name not in self.errors:
                self.add_error(name, _("This field cannot be empty."))
        return cleaned

    def values(self) -> dict[str, str]:
        """Column → value, of the fields that were ticked."""
        chosen = [name for name in self.chosen if name in self.columns]
        return {name: clean_line(self.cleaned_data.get(name, "")) for name in chosen}

    def own(self) -> dict[str, list[Any]]:
        """Name of a field of the organisation's own → its cells, of those that were ticked."""
        entered = self.custom_values()
        return {spec.name: cells(spec, entered[spec.name]) for spec in self.specs if spec.name in self.chosen}


class TagsField(TenantChoices, GroupedTagsField):
    """Some of the tags in use, as tick boxes; cleaned to a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", pgettext_lazy("on customers", "Tags"))
        super().__init__(Tag, widget=forms.CheckboxSelectMultiple, **kwargs)

    def __deepcopy__(self, memo: Any) -> Any:
        result = super().__deepcopy__(memo)
        result.queryset = tags_in_order()
        return result


class BulkTagForm(TenantForm):
    tags = TagsField(error_messages={"required": gettext_lazy("Tick at least one tag.")})
