from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.models import ModelChoiceIterator


class _ReadOnce(ModelChoiceIterator):
    """The rows as they are read: Django would have them counted first, and read anew for each who asks."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for row in self.queryset:
            yield self.choice(row)

    def __len__(self) -> int:
        return len(self.queryset) + (self.field.empty_label is not None)

    def __bool__(self) -> bool:
        return len(self) > 0


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

    iterator = _ReadOnce


class TenantMultipleChoiceField(TenantChoices, forms.ModelMultipleChoiceField):
    """Several rows of the organisation in force."""

    iterator = _ReadOnce
