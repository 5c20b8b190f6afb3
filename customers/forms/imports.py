"""Forms of the import: the file; what its columns are and how customers are recognised."""

from collections.abc import Container
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers.enums import CustomerKind, DuplicatePolicy, FileEncoding, MatchKey, Source, Tier
from customers.forms.owner import OWNERS
from customers.importing.contacts import field_of
from customers.importing.limits import MAX_UPLOAD
from customers.importing.options import Options, may_match
from customers.importing.own import targets_of
from customers.importing.problems import FileProblem
from customers.importing.targets import GROUPS, NOT_IMPORTED, TARGETS, Target
from customers.models import ImportBatch
from customers.queries.custom import specs
from customers.queries.field_policy import hidden_fields
from tenancy.access import Viewer
from tenancy.forms.base import TenantForm
from tenancy.forms.fields import TenantChoiceField
from tenancy.forms.members import offer_members
from tenancy.models import Membership


class UploadForm(TenantForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), up to 100 MB. The first row holds the headings."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx", "data-import-file": ""}),
    )

    encoding = forms.ChoiceField(
        label=_("Encoding of a text file"),
        choices=[("", _("Find it out")), *FileEncoding.choices],
        required=False,
        help_text=_("Choose one if the file is refused, or if its characters come out wrong."),
    )

    def clean_file(self) -> UploadedFile:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_UPLOAD:
            raise forms.ValidationError(FileProblem("too_large", limit=MAX_UPLOAD // 1024 // 1024).text)
        return upload


class MappingForm(TenantForm):
    """One choice for each column (`column_0`, …), then the options."""

    policy = forms.ChoiceField(
        label=_("When the customer exists already"), choices=DuplicatePolicy.choices, widget=forms.RadioSelect
    )
    match = forms.MultipleChoiceField(
        label=_("Recognise customers by"),
        choices=MatchKey.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    any_name = forms.BooleanField(
        label=_("The same phone or email is enough, whatever the name"),
        required=False,
        help_text=_(
            "Otherwise a number under another name is taken for a switchboard or a family: the row is somebody else."
        ),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind.choices)
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices)
    source = forms.ChoiceField(label=_("Source"), choices=Source.choices, required=False)
    owner: forms.Field = TenantChoiceField(
        Membership, label=_("Owner"), required=False, empty_label=_("Nobody")
    )
    day_first = forms.BooleanField(
        label=_("3/4/2024 is the 3rd of April"),
        required=False,
        help_text=_("Otherwise it is the 4th of March."),
    )

    def __init__(
        self, *args: Any, batch: ImportBatch, headings: list[str], viewer: Viewer, **kwargs: Any
    ) -> None:
        stored = {**Options.from_json(batch.options).as_json(), "owner": batch.options.get("owner") or None}
        super().__init__(*args, initial=stored, **kwargs)
        offer_members(self.fields["owner"], OWNERS, viewer)
        hidden = hidden_fields()
        keys = [one for one in MatchKey.choices if one[0] not in hidden and may_match(one[0], viewer)]
        self.fields["match"].choices = keys  # type: ignore[attr-defined]
        self._targets = {**TARGETS, **targets_of(specs())}
        choices = target_choices(self._targets, hidden)
        for place, heading in enumerate(headings):
            chosen = batch.mapping[place] if place < len(batch.mapping) else ""
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=heading,
                choices=choices,
                required=False,
                initial=chosen,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        self._width = len(headings)

    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{place}"] for place in range(self._width)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = [target for target in self.mapping if target]
        twice = {key for key in chosen if chosen.count(key) > 1 and not self._targets[key].joins}
        for key in sorted(twice):
            label = capfirst(str(self._targets[key].label))
            self.add_error(None, _("“%(target)s” can be filled from one column only.") % {"target": label})
        if not {"name", "surname", "given_name"} & set(chosen):
            self.add_error(None, FileProblem("no_name_column").text)
        return cleaned

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data.get(f"column_{place}", "") for place in range(self._width)]

    @property
    def options(self) -> Options:
        names = ("match", "policy", "any_name", "kind", "tier", "source", "day_first")
        owner = self.cleaned_data.get("owner")
        chosen = {name: self.cleaned_data[name] for name in names}
        return Options.from_json({**chosen, "owner": str(owner.pk) if owner else ""})


def target_choices(targets: dict[str, Target], hidden: Container[str]) -> list[Any]:
    """Targets by group, for a select; without the fields `hidden` that the organisation does not collect."""
    groups = [
        (
            label,
            [
                (key, capfirst(str(one.label)))
                for key, one in targets.items()
                if one.group == group and field_of(key) not in hidden
            ],
        )
        for group, label in GROUPS.items()
    ]
    return [("", NOT_IMPORTED), *(group for group in groups if group[1])]
