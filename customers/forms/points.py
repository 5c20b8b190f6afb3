"""The rows of contact details on the forms of a customer and of a contact person."""

import uuid
from collections.abc import Iterator, Mapping, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from customers import normalise
from customers.actions.points import PointInput
from customers.enums import PointKind
from customers.masking import masked, readable
from customers.models import ContactPoint
from customers.text import clean_line
from tenancy.context import current_organization

MOST = 20
NO_ROWS = {"points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0"}


class PointForm(forms.Form):
    """One contact detail. A stored one that the viewer may not read shows masked and is kept when left empty.

    `offered`: the kinds that are collected. A row of another one, typed before that was decided, is passed over.
    """

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=PointKind.choices, label=_("Kind"), required=False)
    value = forms.CharField(max_length=200, required=False, label=_("Number or address"))
    label = forms.CharField(max_length=20, required=False, label=_("Label"))
    primary = forms.BooleanField(required=False, label=_("Primary"))
    gone = forms.BooleanField(required=False, label=_("Remove"))

    def __init__(
        self,
        *args,
        offered: Sequence[str],
        checked_by: dict[str, str] | None = None,
        stored_kinds: Mapping[uuid.UUID, str] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.stored_kinds = offered, stored_kinds or {}
        # The field itself knows every kind: one that is not collected is no error, it is passed over.
        self.fields["kind"].widget.choices = [one for one in PointKind.choices if one[0] in offered]
        self.fields["value"].widget.attrs |= {
            **(checked_by or {}),
            "data-no-draft": True,
            "autocomplete": "off",
            "placeholder": self.initial.get("masked", ""),
        }
        self.fields["label"].widget.attrs |= {"list": "point-labels", "placeholder": _("Label")}
        for name in ("kind", "label", "value"):
            self.fields[name].widget.attrs |= {
                "class": "form-select" if name == "kind" else "form-control",
                "aria-label": self.fields[name].label,
            }

    def clean_label(self) -> str:
        return clean_line(self.cleaned_data["label"])

    def clean(self) -> dict:
        data = super().clean()
        kind, value = data.get("kind") or PointKind.PHONE, clean_line(data.get("value") or "")
        if kind not in self.offered:
            kind, value = self.stored_kinds.get(data.get("id"), kind), ""
        data["kind"], data["value"] = kind, value
        if value and not data.get("gone"):
            try:
                data["value"] = normalise.point(kind, value, normalise.region_of(current_organization()))
            except ValidationError as error:
                self.add_error("value", error)
        if not value and not data.get("gone") and self.stored_kinds.get(data.get("id"), kind) != kind:
            # What is masked one way must not be shown masked another way, nor be found as what it is not.
            self.add_error("value", _("Enter the number or address again to change its kind."))
        return data

    @property
    def is_blank(self) -> bool:
        data = self.cleaned_data
        return bool(data.get("gone")) or not (data.get("value") or data.get("id") in self.stored_kinds)

    @property
    def is_passed_over(self) -> bool:
        kind, key = self["kind"].value(), str(self["id"].value() or "")
        is_uncollected = kind in PointKind.values and kind not in self.offered
        return is_uncollected and key not in map(str, self.stored_kinds)

    def as_input(self) -> PointInput:
        data = self.cleaned_data
        return PointInput(
            data["kind"],
            data["value"] or None,
            data["label"],
            is_primary=bool(data.get("primary")),
            id=data.get("id"),
        )


class BasePointFormSet(BaseFormSet):
    """Contact details of one owner. The first of each kind that is marked is the primary one, or else the first.

    `offered`: the kinds that are collected; none, and there is nothing to show.
    """

    def __init__(self, *args, offered: Sequence[str] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered

    def __iter__(self) -> Iterator[PointForm]:
        """The rows to show."""
        return iter([form for form in self.forms if not form.is_passed_over])

    def inputs(self) -> list[PointInput]:
        """What to store; ask only when valid."""
        return [form.as_input() for form in self.forms if not form.is_blank]

    def kinds(self) -> set[str]:
        """The kinds of details that stay or come; ask only when valid."""
        return {form.cleaned_data["kind"] for form in self.forms if not form.is_blank}

    def values(self) -> list[tuple[str, str]]:
        """(kind, normalised value) of what was typed and can be read, valid or not."""
        found = []
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if data.get("value") and not data.get("gone") and not form.errors:
                found.append((data["kind"], data["value"]))
        return found


PointFormSet = formset_factory(
    PointForm, formset=BasePointFormSet, extra=0, max_num=MOST, absolute_max=MOST * 2
)


def points_formset(
    data,
    stored: Sequence[ContactPoint],
    *,
    kinds: Sequence[str],
    reveal: bool,
    blanks: Sequence[str] = (PointKind.PHONE,),
    checked_by: dict[str, str] | None = None,
) -> BasePointFormSet:
    """The rows of `stored` details and a blank one for each of `blanks` that is among the `kinds` collected, at least
    one; `reveal`: with their values.

    `checked_by`: attributes that make a value asked about while it is typed.
    """
    if data is not None and not kinds:
        data = NO_ROWS
    initial: list[dict[str, object]] = []
    for point in stored:
        row: dict[str, object] = {"id": point.pk, "kind": point.kind, "label": point.label}
        row["primary"] = point.is_primary
        row |= (
            {"value": readable(point.kind, point.value)}
            if reveal
            else {"masked": masked(point.kind, point.value)}
        )
        initial.append(row)
    initial += [{"kind": kind} for kind in [one for one in blanks if one in kinds] or kinds[:1]]
    every_row = {
        "offered": kinds,
        "checked_by": checked_by,
        "stored_kinds": {point.pk: point.kind for point in stored},
    }
    return PointFormSet(data, initial=initial, prefix="points", form_kwargs=every_row, offered=kinds)
