"""Inputs written by Jinja2 are those that Django's own engine writes."""

import datetime

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.test.html import parse_html

from crm_project.form_renderer import FormRenderer
from customers.forms.birthday import BirthdayInput
from tenancy.forms.members import MemberSelect

ODD = '" onfocus="x" <b>&amp;</b> 张三 \u202e 😀'
CHOICES = [("", "—"), ("a", ODD), (ODD, "b"), (ODD, [("c", "d"), (7, "e")])]
WIDGETS = [
    (forms.TextInput({"maxlength": 4000, "placeholder": ODD, "hidden": True, "disabled": False}), ODD),
    (forms.TextInput(), None),
    (forms.NumberInput(), 1234567.5),
    (forms.HiddenInput(), ODD),
    (forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), datetime.date(2024, 2, 29)),
    (forms.PasswordInput(), "secret"),
    (forms.ClearableFileInput(), None),
    (forms.Textarea({"rows": 3}), "\n" + ODD),
    (forms.CheckboxInput(), True),
    (forms.Select(choices=CHOICES), ODD),
    (forms.SelectMultiple(choices=CHOICES), ["a", "7"]),
    (forms.RadioSelect(choices=CHOICES), "c"),
    (forms.CheckboxSelectMultiple(choices=CHOICES), [ODD]),
    (forms.SplitDateTimeWidget(), datetime.datetime(2024, 2, 29, 8, 5)),
    (BirthdayInput(), "lunar 1990-02-30"),
]


@pytest.mark.parametrize(("widget", "value"), WIDGETS, ids=lambda one: type(one).__name__)
def test_an_input_is_the_same_by_either_engine(widget, value):
    attrs = {"id": ODD, "class": "form-control"}
    ours = widget.render("name", value, attrs, FormRenderer())
    assert parse_html(ours) == parse_html(widget.render("name", value, attrs, TemplatesSetting()))
    assert "<b>" not in ours


def test_a_template_of_our_own_is_found():
    assert "select" in FormRenderer().get_template(MemberSelect.template_name).template.source
