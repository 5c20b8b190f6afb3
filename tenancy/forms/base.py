"""What the forms of every app share: the organisation, double submits and stale writes."""

from typing import Generic, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _

from tenancy.context import current_organization
from tenancy.db import uuid7
from tenancy.keys import key_in

Row = TypeVar("Row", bound=Model)


class TenantForm(forms.Form):
    """A form without a row. Rendered by crispy inside a `<form>` of the page's own."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        word_empty_choices(self)
        self.helper = bare_helper()


class TenantModelForm(forms.ModelForm):
    """A form of one tenant row: constraints that lead with the organisation are checked, and errors reach the form."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.organization_id is None:
            self.instance.organization = current_organization()
        word_empty_choices(self)
        self.helper = bare_helper()

    def _get_validation_exclusions(self) -> set[str]:
        # Django skips every constraint that names a field the form lacks: ours all name the organisation.
        return set(super()._get_validation_exclusions()) - {"organization"}


class IdempotentCreateForm(TenantModelForm, Generic[Row]):
    """A create form whose double submit makes one row: the hidden `id`, drawn when the form is shown, becomes the key.

    Before `is_valid()`, ask `already_saved()`; give the saved row's page when it answers one. List it before other bases.
    """

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id"].initial = uuid7

    def already_saved(self) -> Row | None:
        """The row that an earlier submit of this very form has made."""
        key = key_in(self.data.get(self.add_prefix("id"), ""))
        return self._meta.model.objects.filter(pk=key).first() if key else None

    def _post_clean(self) -> None:
        self.instance.pk = self.cleaned_data.get("id") or self.instance.pk
        super()._post_clean()


def word_empty_choices(form: forms.BaseForm) -> None:
    """Django writes the empty choice of a select as dashes: say what is asked for instead."""
    for field in form.fields.values():
        if isinstance(field, forms.TypedChoiceField):
            first, *others = list(field.choices) or [None]
            if first == ("", "---------"):
                field.choices = [("", _("Choose…") if field.required else "—"), *others]


def bare_helper() -> FormHelper:
    """Fields only: the page writes the `<form>` and its buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
