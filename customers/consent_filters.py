"""Filters of the list by what customers have agreed to."""

import django_filters
from django import forms
from django.utils.translation import gettext as _

from customers.enums import ConsentState
from customers.queries.consent import NEVER, Purpose, answering


class ConsentFilter(django_filters.Filter):
    """Customers by what they have said about one purpose."""

    def __init__(self, purpose: Purpose) -> None:
        label = _("Consent: %(purpose)s") % {"purpose": purpose}
        super().__init__(field_name=purpose.name, label=label)
        self.purpose = purpose
        choices = [*ConsentState.choices, (NEVER, _("Not asked yet"))]
        self._form_field = forms.MultipleChoiceField(
            choices=choices, label=label, required=False, widget=forms.CheckboxSelectMultiple
        )

    @property
    def field(self) -> forms.Field:
        return self._form_field

    def filter(self, qs, value):
        return answering(qs, self.purpose, value) if value else qs
