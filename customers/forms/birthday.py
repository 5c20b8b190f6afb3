"""A birthday on a form: which calendar, the year if it is known, month and day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.birthdays import Birthday

SOLAR, LUNAR, LEAP = "solar", "lunar", "leap"
CALENDARS = [
    (SOLAR, pgettext_lazy("calendar", "Solar")),
    (LUNAR, pgettext_lazy("calendar", "Lunar")),
    (LEAP, pgettext_lazy("calendar", "Lunar, leap month")),
]


class BirthdayInput(forms.MultiWidget):
    """Four inputs that post one text, as `Birthday` writes it. The text itself is taken as well."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        months = [("", _("Month")), *((str(number), str(number)) for number in range(1, 13))]
        days = [("", _("Day")), *((str(number), str(number)) for number in range(1, 32))]
        year = {
            "inputmode": "numeric",
            "maxlength": 4,
            "placeholder": _("Year"),
            "aria-label": _("Year of birth"),
        }
        select = {"class": "form-select"}
        widgets = {
            "calendar": forms.Select({**select, "aria-label": _("Calendar")}, CALENDARS),
            "year": forms.TextInput(year),
            "month": forms.Select({**select, "aria-label": _("Month of birth")}, months),
            "day": forms.Select({**select, "aria-label": _("Day of birth")}, days),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[str]:
        try:
            birthday = Birthday.parse(str(value or ""))
        except forms.ValidationError:
            return _parts(str(value or ""))
        calendar = (LEAP if birthday.leap else LUNAR) if birthday.lunar else SOLAR
        return [calendar, str(birthday.year or ""), str(birthday.month), str(birthday.day)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        if name in data or f"{name}_month" not in data:
            return data.get(name) or ""
        calendar, year, month, day = super().value_from_datadict(data, files, name)
        if not (year or month or day):
            return ""
        lead = "" if calendar == SOLAR else "lunar "
        tail = " leap" if calendar == LEAP else ""
        return f"{lead}{(year or '').strip() or '-'}-{(month or '').zfill(2)}-{(day or '').zfill(2)}{tail}"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_month" not in data


class BirthdayField(forms.CharField):
    """Cleans to a `Birthday` or None."""

    widget = BirthdayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> Birthday | None:
        if isinstance(value, Birthday):
            return value
        text = super().to_python(value)
        return Birthday.parse(text) if text else None

    def validate(self, value: Any) -> None:
        if value is None:
            super().validate("")

    def run_validators(self, value: Any) -> None:
        if value is not None:
            super().run_validators(str(value))


def _parts(text: str) -> list[str]:
    """What was typed, as far as it can be put back into the inputs."""
    lunar, leap = text.startswith("lunar "), text.endswith(" leap")
    found = text.removeprefix("lunar ").removesuffix(" leap").rsplit("-", 2)
    year, month, day = found if len(found) == 3 else ("", "", "")
    calendar = (LEAP if leap else LUNAR) if lunar else SOLAR
    return [calendar, year.strip("-"), month.lstrip("0"), day.lstrip("0")]
