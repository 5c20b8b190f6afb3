from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

FARTHEST = 50_000


class KilometresField(forms.DecimalField):
    """Kilometres on the form, whole metres in the row."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "placeholder": _("km")})
        own = {"min_value": 0, "max_value": FARTHEST, "decimal_places": 3, "widget": widget}
        super().__init__(**{**kwargs, **own})

    def prepare_value(self, value: Any) -> Any:
        return f"{(Decimal(value) / 1000).normalize():f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        kilometres = super().clean(value)
        return None if kilometres is None else int(kilometres * 1000)
