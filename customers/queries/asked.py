"""What an address of the customer list asks for, wherever it is answered: the page, a bulk change, an export, a job."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from customers.custom import OWN
from customers.filters import CustomerFilters, filters_class
from customers.models import Customer
from customers.queries import listing
from customers.queries.among import reaches_few
from customers.queries.keyset import BACKWARD, FORWARD, Part
from customers.queries.search import LONGEST, Matches, find
from customers.registry import Fact
from customers.rights import VIEW
from tenancy.access import Viewer
from tenancy.counting import MOST_COUNTED, capped_count

LONGEST_QUERY = 4000
LONGEST_NAME = 40
NO_FILTERS = {"q", "view", "sort", FORWARD, BACKWARD}
"""What an address of the list says besides its filters."""


class Listing:
    """What one address of the list asks for: search, filters, order. Nothing is read before it is needed."""

    def __init__(self, query: QueryDict, viewer: Viewer) -> None:
        self.query, self.viewer = query, viewer
        self.text = query.get("q", "").strip()[:LONGEST].replace("\x00", "")
        self.sorting = listing.sorting_of(query.get("sort", ""), viewer, searching=bool(self.text))

    @cached_property
    def filters(self) -> CustomerFilters | None:
        found = filters_class()
        if not any(name in self.query for name in found.allowed(self.viewer)):
            return None
        filters = found(self.query, self.viewer, asked=self.query)
        filters.form.is_valid()
        return filters

    @cached_property
    def archived(self) -> bool:
        return bool(self.filters and self.filters.form.cleaned_data.get("archived"))

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """Every row that matches, within what the viewer sees, in no order."""
        rows = listing.visible_rows(self.viewer, self.sorting, team_first=self._begins_with_team)
        rows = self.filters.narrowed(rows) if self.filters else rows.filter(archived_at=None)
        return self.matches.narrow(rows) if self.text else rows

    @cached_property
    def _begins_with_team(self) -> bool:
        """Whether a few members' customers are sorted, or may be narrowed, by a field of the organisation's own: the planner
        would begin with everybody's values of it."""
        fact = self.sorting.fact
        asks_own = bool(fact and fact.spec) or any(name.startswith(OWN) for name in self.query)
        return asks_own and reaches_few(self.viewer, VIEW)

    def parts(self, rows: QuerySet[Any]) -> list[Part]:
        """`rows`, some or all of these, in the order asked for."""
        return listing.parts_of(rows, self.sorting, self.viewer, found=bool(self.text))

    def parts_with(self, columns: Sequence[Fact]) -> list[Part]:
        """All rows with the values of `columns`, in the order asked for, to show them with their number; of a narrowed list
        they are found first."""
        if self.text or not (self.filters or self._begins_with_team):
            parts = self.parts(listing.with_values(self.rows, columns))
        else:
            everything = listing.with_values(Customer.objects.all(), columns)
            wide = listing.parts_in_order(everything, self.sorting)
            found = self.parts(self.rows)
            parts = [
                replace(one, rows=part.rows, among=one.rows) for part, one in zip(wide, found, strict=True)
            ]
        return [replace(one, counts=one.are_few or bool(self.text)) for one in parts]

    @cached_property
    def matches(self) -> Matches:
        among = None
        if self.filters:
            among = self.filters.narrowed(Customer.objects.visible_to(self.viewer, VIEW))
        return find(self.text, self.viewer, VIEW, archived=self.archived, among=among)

    @cached_property
    def count(self) -> int:
        return self.counted()

    def counted(self, most: int = MOST_COUNTED) -> int:
        """How many rows, at most `most` + 1, which stands for more."""
        return capped_count(self.rows, most)

    @property
    def is_understood(self) -> bool:
        """Whether everything asked for narrows the list. A filter that is unknown by now, out of reach, or given what it
        cannot read narrows nothing: to look at, that is more than was meant; to change, or to take out, it is too much."""
        return not self.misunderstood

    @property
    def misunderstood(self) -> list[str]:
        """The filters that narrow nothing: by their labels, or as the address names those that are not the viewer's."""
        asked = {name for name, values in self.query.lists() if any(map(str.strip, values))} - NO_FILTERS
        found = [name[:LONGEST_NAME] for name in sorted(asked - filters_class().allowed(self.viewer))]
        form = self.filters.form if self.filters else None
        return found + ([str(form.fields[name].label) for name in form.errors] if form else [])

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.filters)
