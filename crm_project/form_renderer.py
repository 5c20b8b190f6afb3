"""Inputs are written by Django's widget templates in their Jinja2 edition, a third of the price; the rest by Django's engine.

A customer's form has seventy inputs, and each is a template of its own. The two commonest stand in `jinja2/` once more,
in one piece each.
"""

from pathlib import Path

from django import forms
from django.forms.renderers import TemplatesSetting
from django.template.backends.jinja2 import Jinja2
from django.utils.functional import cached_property

FOLDERS = (Path(__file__).parent / "jinja2", Path(forms.__file__).parent / "jinja2")


class FormRenderer(TemplatesSetting):
    @cached_property
    def _by_jinja(self) -> Jinja2:
        return Jinja2({"NAME": "inputs", "DIRS": FOLDERS, "APP_DIRS": False, "OPTIONS": {}})

    def get_template(self, template_name):
        """Raises TemplateDoesNotExist."""
        if template_name.startswith("django/forms/widgets/"):
            return self._by_jinja.get_template(template_name)
        return super().get_template(template_name)
