"""The chips over the list: one for each filter in force, with the address that is without it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.filters import CustomerFilters
from customers.queries.keyset import BACKWARD, FORWARD

PASSING = (FORWARD, BACKWARD)


class Chip(NamedTuple):
    label: str
    value: str
    remove_url: str


def without(query: QueryDict, *names: str, **changes: str) -> str:
    """The query string without these parameters and without the place in the pages, with `changes` made."""
    changed = query.copy()
    for name in (*names, *PASSING):
        changed.pop(name, None)
    for name, value in changes.items():
        changed[name] = value
    return f"?{changed.urlencode()}"


def chips_for(filters: CustomerFilters | None, query: QueryDict, text: str) -> list[Chip]:
    chips = [Chip(_("Search"), text, without(query, "q"))] if text else []
    if filters is None:
        return chips
    for name, value in filters.form.cleaned_data.items():
        if value not in (None, "", []):
            field = filters.form.fields[name]
            chips.append(Chip(str(field.label), _words(field, value), without(query, name, "view")))
    return chips


def _words(field: Any, value: Any) -> str:
    labels = (
        {str(key): str(label) for key, label in getattr(field, "choices", ())} if _is_plain(field) else {}
    )
    if isinstance(value, list):
        return _(", ").join(_each(labels, value))
    if hasattr(value, "year"):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return labels.get(str(value), _("Nobody") if value == "null" else str(value))


def _is_plain(field: Any) -> bool:
    return not hasattr(field, "queryset")


def _each(labels: dict[str, str], values: Iterable[Any]) -> list[str]:
    return [labels.get(str(value), str(value)) for value in values]
