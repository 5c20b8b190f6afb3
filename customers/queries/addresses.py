"""Addresses of many customers' pages: reversed once, then filled in."""

import uuid
from functools import cached_property

from django.urls import NoReverseMatch

from tenancy.links import organization_url

_PLACE = uuid.UUID(int=0)


class RowAddress:
    """The address of one page for each customer of a list."""

    def __init__(self, url_name: str) -> None:
        self.url_name = url_name

    @cached_property
    def _parts(self) -> tuple[str, str]:
        try:
            url = organization_url(self.url_name, pk=_PLACE)
        except NoReverseMatch:
            url = f"{organization_url(self.url_name)}?customer={_PLACE}"
        before, _place, after = url.partition(str(_PLACE))
        return before, after

    def of(self, key: uuid.UUID) -> str:
        before, after = self._parts
        return f"{before}{key}{after}"
