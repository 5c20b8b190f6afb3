"""Stale writes: an edit made from an old copy of the row is refused, and both sides are shown field by field."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import FileField
from django.utils.translation import gettext as _

from tenancy import crypto
from tenancy.context import current_organization

MINE, THEIRS, ORIGINAL = "mine", "theirs", "original"
CHOICE = "resolve-"
_PLACE = "form.snapshot"
_OWN_FIELDS = ("version", "snapshot")

Values = dict[str, list[str]]
"""What each field of the form would post, as strings."""


@dataclass(frozen=True)
class ConflictField:
    """One field that differs: what the person typed, what is stored now, what both started from."""

    name: str
    label: str
    mine: str
    theirs: str
    original: str
    chosen: str

    @property
    def sides(self) -> list[dict[str, str]]:
        """The three values to choose from, in words."""
        return [
            {"key": MINE, "label": _("Yours"), "text": self.mine},
            {"key": THEIRS, "label": _("Stored now"), "text": self.theirs},
            {"key": ORIGINAL, "label": _("Original"), "text": self.original},
        ]


class StaleWriteForm(forms.ModelForm):
    """Edits of a row with an integer `version`. Mix in before the form's other base.

    When the stored version is not the one the form was made from, the form is invalid, `conflict` lists the differing
    fields, and `components/conflict.html` lets the person choose. A valid form has put the next version on the instance.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    snapshot = forms.CharField(required=False, widget=forms.HiddenInput)

    conflict: list[ConflictField]
    original: str = ""
    """The snapshot that the form was posted with."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.conflict = []
        if self.instance._state.adding:
            for name in _OWN_FIELDS:
                self.fields.pop(name)
            return
        self._stored = {
            name: _posted_by(field, self.get_initial_for_field(field, name))
            for name, field in self._compared()
        }
        self.initial |= {"version": self.instance.version, "snapshot": self._seal(self._stored)}
        if self.is_bound:
            self.data = self._with_choices(self.data)
            self.original = self.data.get(self.add_prefix("snapshot"), "")

    def clean(self):
        cleaned = super().clean()
        if not self.instance._state.adding:
            self._refuse_a_stale_write()
        return cleaned

    def _refuse_a_stale_write(self) -> None:
        rows = type(self.instance).objects.select_for_update().filter(pk=self.instance.pk)
        stored = rows.values_list("version", flat=True).first()
        if stored != self.cleaned_data.get("version") or stored != self.instance.version:
            self.conflict = self._differences()
        if self.conflict:
            raise ValidationError(_("Somebody else has saved this record since you opened it."), code="stale")
        self.instance.version = stored + 1

    def conflict_form(self) -> list[forms.BoundField]:
        """Hidden inputs that post what the person typed, with the version and the snapshot of now."""
        self.data = self.data.copy()
        for name in _OWN_FIELDS:
            self.data[self.add_prefix(name)] = self.initial[name]
        return list(self)

    def _compared(self):
        skipped = (*_OWN_FIELDS, "id")
        return [
            (name, field)
            for name, field in self.fields.items()
            if name not in skipped and not field.disabled and not isinstance(field, FileField)
        ]

    def _differences(self) -> list[ConflictField]:
        original = self._unseal(self.original)
        found = []
        for name, field in self._compared():
            mine = _posted_by(
                field, field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            )
            theirs, first = self._stored[name], original.get(name)
            if mine == theirs:
                continue
            chosen = THEIRS if mine == first else MINE
            shown = [_shown(field, value) for value in (mine, theirs, first)]
            found.append(ConflictField(name, str(field.label or name), *shown, chosen))
        return found

    def _with_choices(self, data):
        """The posted data, with the other side's value wherever the person has chosen it on the conflict page."""
        choices = {name: data.get(CHOICE + name) for name, _field in self._compared()}
        if not any(choices.values()):
            return data
        data = data.copy()
        original = self._unseal(data.get("original", ""))
        for name, choice in choices.items():
            if choice == THEIRS:
                data.setlist(self.add_prefix(name), self._stored[name])
            elif choice == ORIGINAL:
                data.setlist(self.add_prefix(name), original.get(name) or [])
        return data

    def _seal(self, values: Values) -> str:
        # Encrypted, since a draft kept in the browser holds it; bound to the row, so that none can be forged.
        blob = crypto.encrypt(json.dumps(values), current_organization().uid, _PLACE, self.instance.pk)
        return urlsafe_b64encode(blob).decode()

    def _unseal(self, text: str) -> Values:
        try:
            blob = urlsafe_b64decode(text)
            return json.loads(crypto.decrypt(blob, current_organization().uid, _PLACE, self.instance.pk))
        except (ValueError, IndexError, crypto.DecryptionError):
            return {}


def _posted_by(field: forms.Field, value) -> list[str]:
    """What the field's input would post for `value`. Equal lists mean equal values."""
    value = field.prepare_value(value)
    if value is None or value is False or value == "":
        return []
    if value is True:
        return ["on"]
    if not isinstance(value, str):
        value = field.widget.format_value(value)
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return sorted(str(one) for one in value if one not in (None, ""))
    text = str(value).replace("\r\n", "\n")
    return [text.strip() if getattr(field, "strip", False) else text]


def _shown(field: forms.Field, values: list[str] | None) -> str:
    """The value in words. An original that is not known (a form from before a key was changed) is a dash."""
    if values is None:
        return "—"
    if isinstance(field, forms.BooleanField):
        return _("Yes") if values else _("No")
    if isinstance(field, forms.ModelChoiceField):
        key = field.to_field_name or "pk"
        return _(", ").join(str(row) for row in field.queryset.filter(**{f"{key}__in": values})) or "—"
    labels = {str(value): str(label) for value, label in getattr(field, "choices", ())}
    return _(", ").join(labels.get(value, value) for value in values) or "—"
