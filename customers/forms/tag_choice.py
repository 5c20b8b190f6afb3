"""Tags to choose from, group by group."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.forms.models import ModelChoiceIterator, ModelMultipleChoiceField
from django.utils.translation import gettext as _


class _ByGroup(ModelChoiceIterator):
    """The tags under the labels of their groups; plainly where there are no groups."""

    def __iter__(self) -> Iterator[Any]:
        found = [(group, list(tags)) for group, tags in groupby(self.queryset, key=lambda tag: tag.group)]
        if [group for group, _tags in found] == [None]:
            yield from map(self.choice, found[0][1])
            return
        for group, tags in found:
            yield str(group) if group else _("No group"), [self.choice(tag) for tag in tags]


class GroupedTagsField(ModelMultipleChoiceField):
    """Cleans to a list: nothing chosen costs no statement."""

    iterator = _ByGroup

    def clean(self, value: Any) -> list[Any]:
        return list(super().clean(value))
