from django import forms
from django.db.models import Model


class TenantChoices:
    """Choices are rows of the organisation in force, found when a form is made, not when its class is."""

    def __init__(self, model: type[Model], **kwargs) -> None:
        self.model = model
        kwargs.pop("queryset", None)
        super().__init__(queryset=model._base_manager.none(), **kwargs)

    def __deepcopy__(self, memo):
        result = super().__deepcopy__(memo)
        result.queryset = self.model._default_manager.all()
        return result


class TenantChoiceField(TenantChoices, forms.ModelChoiceField):
    """One row of the organisation in force."""


class TenantMultipleChoiceField(TenantChoices, forms.ModelMultipleChoiceField):
    """Several rows of the organisation in force."""
