"""What the organisation's field policy makes of a form about a customer."""

from collections.abc import Iterable, Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.enums import FieldUse
from customers.fields import applies
from customers.models import FieldPolicy
from customers.queries.field_policy import policies


def asked_but_empty(label: object) -> str:
    return _("Your organisation asks for “%(field)s”, which is empty.") % {"field": label}


class PolicyFields(forms.ModelForm):
    """Takes away the fields that are not collected, says of the others what they are for, and asks for those that must
    not be left out: an error on a new customer and where a value is taken away, a warning where there never was one."""

    warnings: list[str]
    policies: Mapping[str, FieldPolicy]

    def obey_policy(self, known: Mapping[str, FieldPolicy] | None = None) -> None:
        """`known`: the policy, where it has been read for this request."""
        self.policies = policies() if known is None else known
        for key, policy in self.policies.items():
            if key not in self.fields:
                continue
            if policy.use == FieldUse.HIDDEN:
                del self.fields[key]
                continue
            self.fields[key].asked = self.is_required(key)  # type: ignore[attr-defined]
            if policy.purpose:
                self.fields[key].help_text = policy.purpose

    def is_required(self, name: str) -> bool:
        """Whether the organisation asks for it, so that its label is marked."""
        policy = self.policies.get(name)
        return policy is not None and policy.use == FieldUse.REQUIRED

    def is_hidden(self, name: str) -> bool:
        """Whether the organisation does not collect it."""
        policy = self.policies.get(name)
        return policy is not None and policy.use == FieldUse.HIDDEN

    def ask_for_required(self, kind: str) -> None:
        """Call from `clean()`, when the values are in their final form."""
        for name in self._left_out(kind):
            self.say_required(name)

    def say_required(self, name: str) -> None:
        """An error on a new row and where the field held something; a warning where it was empty before."""
        if self.instance._state.adding or self.initial.get(name) not in (None, "", []):
            self.add_error(name, ValidationError(_("Your organisation asks for this."), code="required"))
        else:
            self.warnings.append(asked_but_empty(self.fields[name].label))

    def _left_out(self, kind: str) -> Iterable[str]:
        for name in self.fields:
            asked = self.is_required(name) and applies(name, kind) and name not in self.errors
            if asked and not self.is_filled(name):
                yield name

    def is_filled(self, name: str) -> bool:
        return self.cleaned_data.get(name) not in (None, "")
