"""How the customer list is narrowed by the fields that an organisation has defined for itself."""

from collections import defaultdict
from collections.abc import Container, Iterable
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext as _

from customers.custom import LONGEST, Spec, stored
from customers.enums import CustomType
from customers.forms.custom_values import boolean_field, custom_number_field
from customers.queries.custom import matching

_ENDS = {"after": "gte", "before": "lte"}


class _CustomFilter(django_filters.Filter):
    """Customers whose custom field fits. `lookup`: on the column of its values."""

    def __init__(self, spec: Spec, lookup: str, form_field: forms.Field, *, label: str) -> None:
        super().__init__(field_name=spec.name, label=label)
        self.spec, self.lookup, self._form_field = spec, lookup, form_field
        form_field.label, form_field.required = label, False

    @property
    def field(self) -> forms.Field:
        return self._form_field

    def condition(self, value: Any) -> dict[str, Any]:
        """What is asked of the column of its values; nothing when no value is given."""
        if value in (None, "", []):
            return {}
        asked = value if self.lookup == "in" else stored(self.spec, value)[0]
        return {f"{self.spec.column}__{self.lookup}": asked}

    def filter(self, qs: Any, value: Any) -> Any:
        condition = self.condition(value)
        return matching(qs, self.spec, **condition) if condition else qs


def is_custom(one: django_filters.Filter) -> bool:
    return isinstance(one, _CustomFilter)


def narrowed_by_custom(rows: Any, asked: Iterable[tuple[django_filters.Filter, Any]]) -> Any:
    """`rows` under these filters of custom fields; both ends of a range are asked for together."""
    conditions: dict[str, dict[str, Any]] = defaultdict(dict)
    specs: dict[str, Spec] = {}
    for one, value in asked:
        if isinstance(one, _CustomFilter):
            specs[one.spec.name] = one.spec
            conditions[one.spec.name] |= one.condition(value)
    for name, condition in conditions.items():
        if condition:
            rows = matching(rows, specs[name], **condition)
    return rows


def filter_names(spec: Spec) -> list[str]:
    """What the filters of a field are called in an address."""
    if spec.type in (CustomType.NUMBER, CustomType.DATE):
        return [f"{spec.name}_{end}" for end in _ENDS]
    return [spec.name]


def custom_filters(spec: Spec, asked: Container[str]) -> dict[str, django_filters.Filter]:
    """By what its type can be narrowed, as far as it is asked for."""
    if not any(name in asked for name in filter_names(spec)):
        return {}
    name, label = spec.name, spec.label
    if spec.type in CustomType.WITH_CHOICES:
        choices = [(str(one.id), str(one)) for one in spec.choices]
        field = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
        return {name: _CustomFilter(spec, "in", field, label=label)}
    if spec.type == CustomType.BOOLEAN:
        return {name: _CustomFilter(spec, "exact", boolean_field(), label=label)}
    if spec.type == CustomType.TEXT:
        return {name: _CustomFilter(spec, "exact", forms.CharField(max_length=LONGEST), label=label)}
    until = _("%(label)s: until") if spec.type == CustomType.DATE else _("%(label)s: up to")
    words = {"after": _("%(label)s: from"), "before": until}
    return {
        f"{name}_{end}": _CustomFilter(spec, lookup, _range_field(spec), label=words[end] % {"label": label})
        for end, lookup in _ENDS.items()
        if f"{name}_{end}" in asked
    }


def _range_field(spec: Spec) -> forms.Field:
    if spec.type == CustomType.DATE:
        return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    return custom_number_field()
