"""Which customers become one, which of them stays, and whose values stand."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from customers.mergeable import (
    BOTH,
    CHOICES,
    Choice,
    Side,
    default_of,
    is_contested,
    mixes_kinds,
    sides_of,
    survivor_of,
)
from customers.models import Customer
from customers.queries.merge_preview import belongings
from customers.rights import MERGE
from tenancy.access import Viewer
from tenancy.db import uuid7

VALUE, VERSION = "value-", "version-"
Counts = Mapping[uuid.UUID, Mapping[str, int]]


class MergeForm(forms.Form):
    """`sides`: the customers, the one proposed to stay first. `borrowed`: keys of those that are only shared with whoever
    merges: what they become stays with their owner."""

    counts: Counts
    """What each of the customers has, by kind."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    into = forms.ChoiceField()
    across = forms.BooleanField(required=False)

    def __init__(
        self, data: Any, *, sides: Sequence[Side], mixed: bool = False, borrowed: Collection[uuid.UUID] = ()
    ) -> None:
        super().__init__(data, initial={"id": uuid7(), "into": str(sides[0].customer.pk)})
        self.sides, self.mixed = sides, mixed
        keys = [str(side.customer.pk) for side in sides]
        self.fields["into"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]
        for side in sides:
            self.fields[f"{VERSION}{side.customer.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=side.customer.version
            )
        self.contested = [choice for choice in CHOICES if is_contested(choice, sides)]
        for choice in self.contested:
            self.fields[f"{VALUE}{choice.key}"] = _choice_field(choice, sides, borrowed)

    @classmethod
    def of(cls, data: Any, customers: list[Customer], viewer: Viewer) -> "MergeForm":
        """The form for these customers, whom `viewer` may merge: the one that has most is proposed to stay."""
        sides, counts, reach = sides_of(customers), belongings(customers), viewer.reach(MERGE)
        first = survivor_of(sides, {key: sum(rows.values()) for key, rows in counts.items()})
        sides.sort(key=lambda side: side is not first)
        borrowed = [one.pk for one in customers if reach and not reach.covers(one.owner_id)]
        form = cls(data, sides=sides, mixed=mixes_kinds(customers), borrowed=borrowed)
        form.counts = counts
        return form

    @property
    def is_stale(self) -> bool:
        """Whether one of the customers was saved since the form was shown."""
        given = ((self.data.get(f"{VERSION}{side.customer.pk}", ""), side.customer) for side in self.sides)
        return any(text.isdecimal() and text != str(customer.version) for text, customer in given)

    def clean_across(self) -> bool:
        if self.mixed and not self.cleaned_data["across"]:
            raise forms.ValidationError(_("Say that you have looked: one is a person, the other a company."))
        return self.cleaned_data["across"]

    def offered(self, choice: Choice) -> set[str]:
        """Whose values of a contested choice can be ticked."""
        field: Any = self.fields[f"{VALUE}{choice.key}"]
        return {key for key, _label in field.choices}

    def chosen(self, choice: Choice) -> str:
        """Whose value is ticked now, as the form was sent or as it is proposed."""
        return str(self[f"{VALUE}{choice.key}"].value())

    @property
    def wanted(self) -> dict[str, str]:
        """Key of a choice → whose value stands."""
        return {choice.key: self.cleaned_data[f"{VALUE}{choice.key}"] for choice in self.contested}

    @property
    def versions(self) -> dict[uuid.UUID, int]:
        return {side.customer.pk: self.cleaned_data[f"{VERSION}{side.customer.pk}"] for side in self.sides}

    @property
    def survivor(self) -> uuid.UUID:
        return uuid.UUID(self.cleaned_data["into"])


def _choice_field(
    choice: Choice, sides: Sequence[Side], borrowed: Collection[uuid.UUID]
) -> forms.ChoiceField:
    keys, initial = [str(side.customer.pk) for side in sides], default_of(choice, sides)
    lent = [str(side.customer.pk) for side in sides if side.customer.pk in borrowed and side.has(choice)]
    if choice.key == "owner" and lent:
        keys, initial = lent, initial if initial in lent else lent[0]
    allowed = [*keys, BOTH] if choice.joins else keys
    return forms.ChoiceField(choices=[(key, key) for key in allowed], initial=initial)


def keys_of(texts: Iterable[str], most: int) -> list[uuid.UUID]:
    """The keys that an address names, each once; what is none is passed over."""
    found: dict[uuid.UUID, None] = {}
    for text in texts:
        try:
            found.setdefault(uuid.UUID(text))
        except ValueError:
            continue
    return list(found)[: most + 1]
