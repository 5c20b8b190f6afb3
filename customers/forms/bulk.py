"""What a bulk change asks for."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.models import Customer, Tag
from customers.queries.tags import tags_in_order
from customers.text import clean_line
from tenancy.forms.base import TenantForm
from tenancy.forms.fields import TenantMultipleChoiceField

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


class BulkEditForm(TenantForm):
    """Each field has a tick of its own: what is ticked is set, to nothing too; the rest stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in BULK_FIELDS:
            field = customer_field(name)
            self.fields[f"set_{name}"] = forms.BooleanField(required=False, label=field.label)
            self._needed = getattr(self, "_needed", {}) | {name: field.required}
            field.required = False
            self.fields[name] = field

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The tick and the value of each field."""
        return [(self[f"set_{name}"], self[name]) for name in BULK_FIELDS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [name for name in BULK_FIELDS if cleaned.get(f"set_{name}")]
        if not chosen:
            raise forms.ValidationError(_("Tick at least one field to change."))
        for name in chosen:
            if self._needed[name] and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("This field cannot be empty."))
        return cleaned

    def values(self) -> dict[str, str]:
        """Column → value, of the fields that were ticked."""
        chosen = [name for name in BULK_FIELDS if self.cleaned_data.get(f"set_{name}")]
        return {name: clean_line(self.cleaned_data.get(name, "")) for name in chosen}


class TagsField(TenantMultipleChoiceField):
    """Some of the tags in use, as tick boxes; cleaned to a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", pgettext_lazy("on customers", "Tags"))
        super().__init__(Tag, widget=forms.CheckboxSelectMultiple, **kwargs)

    def __deepcopy__(self, memo: Any) -> Any:
        result = super().__deepcopy__(memo)
        result.queryset = tags_in_order()
        return result

    def clean(self, value: Any) -> list[Tag]:
        return list(super().clean(value))


class BulkTagForm(TenantForm):
    tags = TagsField(error_messages={"required": gettext_lazy("Tick at least one tag.")})
