"""The organisation's own fields on a form about a customer."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.custom import DECIMALS, LARGEST, LONGEST, CustomInput, Spec, Value
from customers.enums import CustomType
from customers.text import clean_line, half_width


class _Line(forms.CharField):
    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class _Number(forms.DecimalField):
    """Full-width digits and separators of thousands are understood."""

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = half_width(value).replace(",", "").replace("，", "")
        return super().to_python(value)


def custom_number_field(**kwargs: Any) -> forms.DecimalField:
    return _Number(
        decimal_places=DECIMALS,
        min_value=-LARGEST,
        max_value=LARGEST,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        **kwargs,
    )


def boolean_field(**kwargs: Any) -> forms.TypedChoiceField:
    """Yes, no, or not known."""
    choices = [("", "—"), ("true", _("Yes")), ("false", _("No"))]
    kwargs = {"required": False, **kwargs}
    return forms.TypedChoiceField(
        choices=choices, coerce=lambda text: text == "true", empty_value=None, **kwargs
    )


def form_field(spec: Spec, held: Value = None) -> forms.Field:
    """The input of a field; `held` keeps a retired choice that stands there."""
    common: dict[str, Any] = {"label": spec.label, "required": False, "help_text": spec.purpose}
    if spec.type == CustomType.NUMBER:
        return custom_number_field(**common)
    if spec.type == CustomType.DATE:
        return forms.DateField(widget=day_input(), **common)
    if spec.type == CustomType.BOOLEAN:
        return boolean_field(**common)
    if spec.type == CustomType.TEXT:
        return _Line(max_length=LONGEST, **common)
    kept = held if isinstance(held, list) else []
    choices = [(str(one.id), str(one)) for one in spec.choices if not one.retired or one.id in kept]
    if spec.type == CustomType.CHOICE:
        return forms.ChoiceField(choices=[("", "—"), *choices], **common)
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def initial_of(spec: Spec, held: Value) -> Any:
    """What the input starts with."""
    if isinstance(held, list):
        keys = [str(one) for one in held]
        return keys if spec.type == CustomType.CHOICES else (keys[0] if keys else "")
    if isinstance(held, bool):
        return "true" if held else "false"
    return f"{held:f}" if isinstance(held, Decimal) else held


class CustomFieldsMixin:
    """Adds the fields of `specs` to a form of a customer; `custom_values()` answers what was entered."""

    fields: dict[str, forms.Field]
    initial: dict[str, Any]
    cleaned_data: dict[str, Any]
    specs: Sequence[Spec] = ()

    def add_custom_fields(self, specs: Sequence[Spec], held: dict[str, Value]) -> None:
        self.specs = specs
        for spec in specs:
            self.fields[spec.name] = field = form_field(spec, held.get(spec.name))
            field.asked = spec.required  # type: ignore[attr-defined]
            self.initial[spec.name] = initial_of(spec, held.get(spec.name))

    def custom_values(self) -> dict[str, Value]:
        """By the names of the fields; ask only when valid."""
        found: dict[str, Value] = {}
        for spec in self.specs:
            if spec.name not in self.cleaned_data:
                continue
            value = self.cleaned_data[spec.name]
            if spec.type in CustomType.WITH_CHOICES:
                value = [uuid.UUID(one) for one in ([value] if isinstance(value, str) else value) if one]
            found[spec.name] = value
        return found

    def custom_input(self) -> CustomInput | None:
        """What goes into the fields; None when the form has none."""
        return CustomInput(self.custom_values(), self.specs) if self.specs else None

    def left_out(self, kind: str) -> list[Spec]:
        """Required fields of this kind of customer that hold nothing."""
        return [
            spec
            for spec in self.specs
            if spec.required
            and spec.only in ("", kind)
            and self.cleaned_data.get(spec.name) in (None, "", [])
        ]
