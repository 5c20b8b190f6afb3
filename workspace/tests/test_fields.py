"""Fields as our tag lays them out are those that crispy lays out."""

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.test.html import parse_html
from django.utils.html import conditional_escape

from workspace.templatetags.fields import field

ODD = '" onfocus="x" <b>&amp;</b> 张三 😀'
GROUPED = [("a", ODD), (ODD, "b"), (ODD, [("c", "d"), (7, "e")])]


class Choices(forms.Form):
    boxes = forms.MultipleChoiceField(
        choices=GROUPED, widget=forms.CheckboxSelectMultiple, label=ODD, help_text="帮助"
    )
    buttons = forms.ChoiceField(choices=GROUPED[:2], widget=forms.RadioSelect, required=False)
    text = forms.CharField(help_text="帮助", label=ODD)
    choice = forms.ChoiceField(choices=GROUPED)
    ticked = forms.BooleanField(required=False)


@pytest.mark.parametrize("name", ["boxes", "buttons", "ticked"])
@pytest.mark.parametrize("data", [None, {"boxes": ["7", ODD], "buttons": "a", "text": ODD, "choice": "c"}])
def test_a_field_is_the_same_by_either(name, data):
    bound = Choices(data)[name]
    # Crispy marks a required field by a class that nothing here looks at.
    theirs = str(as_crispy_field(bound)).replace(" requiredField", "")
    assert parse_html(str(field(bound))) == parse_html(theirs)
    assert "<b>" not in field(bound)


@pytest.mark.parametrize("name", ["boxes", "buttons", "text", "choice"])
def test_an_error_is_told_beside_the_field(name):
    form = Choices({"boxes": ["nobody"], "buttons": ODD + "x", "choice": "?"})
    found = str(field(form[name]))
    assert "is-invalid" in found
    assert f'id="id_{name}_error"' in found
    assert conditional_escape(form.errors[name][0]) in found
