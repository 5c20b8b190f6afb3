from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import ContactPerson
from customers.text import clean_line
from tenancy.forms.base import IdempotentCreateForm, TenantModelForm


class PersonFields(forms.ModelForm):
    class Meta:
        model = ContactPerson
        fields = ("name", "title", "role", "remarks", "left_on")
        widgets = {"left_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for name in ("name", "title", "remarks"):
            if isinstance(data.get(name), str):
                data[name] = clean_line(data[name])
        if "name" in data and not data["name"]:
            self.add_error("name", ValidationError(_("Give the person a name."), code="required"))
        return data


class PersonCreateForm(IdempotentCreateForm, PersonFields, TenantModelForm):
    class Meta(PersonFields.Meta):
        fields = ("name", "title", "role", "remarks")


class PersonEditForm(PersonFields, TenantModelForm):
    class Meta(PersonFields.Meta):
        pass
