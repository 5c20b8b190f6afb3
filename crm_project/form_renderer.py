"""Django's own templates of form inputs in their Jinja2 edition, a third of the price; ours stay with Django's engine.

A customer's form has seventy inputs, and each is a template of its own.
"""

from django.forms.renderers import Jinja2, TemplatesSetting
from django.utils.functional import cached_property


class FormRenderer(TemplatesSetting):
    @cached_property
    def _by_jinja(self) -> Jinja2:
        return Jinja2()

    def get_template(self, template_name):
        """Raises TemplateDoesNotExist."""
        if template_name.startswith("django/forms/widgets/"):
            return self._by_jinja.get_template(template_name)
        return super().get_template(template_name)
