"""The rows of other names on the form of a customer."""

from collections.abc import Iterable, Mapping

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.actions.aliases import AliasInput
from customers.enums import AliasKind
from customers.text import clean_line

MOST = 30


class AliasForm(forms.Form):
    kind = forms.ChoiceField(
        choices=AliasKind.choices, label=pgettext_lazy("of another name", "Kind"), required=False
    )
    name = forms.CharField(max_length=200, required=False, label=_("Other name"))
    gone = forms.BooleanField(required=False, label=_("Remove"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False  # a row posted as it was shown counts like any other
        self.fields["kind"].widget.attrs |= {"class": "form-select"}
        self.fields["name"].widget.attrs |= {"class": "form-control", "autocomplete": "off"}
        for name in ("kind", "name"):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def as_input(self) -> AliasInput | None:
        data = self.cleaned_data
        if data.get("gone") or not data.get("name"):
            return None
        return AliasInput(data["name"], data.get("kind") or AliasKind.SHORT)


class BaseAliasFormSet(BaseFormSet):
    def inputs(self) -> list[AliasInput]:
        """What to store; ask only when valid."""
        return [found for form in self.forms if (found := form.as_input())]


AliasFormSet = formset_factory(
    AliasForm, formset=BaseAliasFormSet, extra=0, max_num=MOST, absolute_max=MOST * 2
)


def aliases_formset(data, stored: Iterable[Mapping[str, str]]) -> BaseAliasFormSet:
    """The rows of `stored` names and a blank one. A post without any (from an older page) keeps what is stored."""
    rows = [{"kind": one["kind"], "name": one["name"]} for one in stored]
    if data is not None and "aliases-TOTAL_FORMS" not in data:
        total = {"aliases-TOTAL_FORMS": str(len(rows)), "aliases-INITIAL_FORMS": str(len(rows))}
        data = total | {f"aliases-{place}-{key}": row[key] for place, row in enumerate(rows) for key in row}
    return AliasFormSet(data, initial=[*rows, {}], prefix="aliases")
