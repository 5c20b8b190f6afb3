"""The rows of a list, all of them, in its order: by key, a thousand at a time, four statements each."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import QueryDict

from customers.exporting.cells import Cell, reader
from customers.models import Customer
from customers.queries import listing
from customers.queries.asked import LONGEST_QUERY, Listing
from customers.queries.keyset import FORWARD, page_of_parts
from customers.registry import Fact
from customers.rights import EXPORT, REVEAL, VIEW
from tenancy.access import Viewer
from tenancy.counting import capped_count

BATCH = 1000


@dataclass(frozen=True)
class Wanted:
    """What to export: an address of the list, or customers ticked in it; and the keys of the columns."""

    query: str
    columns: Sequence[str]
    ids: Sequence[uuid.UUID] | None = None


class Batch(NamedTuple):
    """Some rows of an export, whom they are about, and the cursor behind them ("" at the end)."""

    cells: list[list[Cell]]
    customers: list[uuid.UUID]
    after: str


class Export:
    """One list, as one person may take it out. Nothing is read before it is asked for."""

    def __init__(self, wanted: Wanted, viewer: Viewer) -> None:
        self.viewer = viewer
        self.listing = Listing(QueryDict(wanted.query[:LONGEST_QUERY]), viewer)
        allowed = {fact.key: fact for fact in listing.allowed_columns(viewer)}
        keys = ["name", *(key for key in wanted.columns if key != "name")]
        self.columns: list[Fact] = [allowed[key] for key in dict.fromkeys(keys) if key in allowed]
        self._ids = wanted.ids

    @property
    def misunderstood(self) -> list[str]:
        """The filters that no longer narrow what is to be exported: without them there would be more than was meant."""
        return self.listing.misunderstood if self._ids is None else []

    @property
    def headings(self) -> list[str]:
        return [str(fact.label) for fact in self.columns]

    @property
    def reveals(self) -> bool:
        """Whether contact details stand in it in full."""
        return self.viewer.can(REVEAL) and any(fact.type == "phone" for fact in self.columns)

    @property
    def queryset(self) -> QuerySet[Any]:
        rows = self.listing.rows
        if self._ids is not None:
            rows = rows.filter(pk__in=list(self._ids))
        if self.viewer.reach(EXPORT) != self.viewer.reach(VIEW):
            rows = rows.filter(pk__in=Customer.objects.visible_to(self.viewer, EXPORT).values("pk"))
        return rows

    def count(self, most: int) -> int:
        """How many rows, at most `most` + 1, which stands for more."""
        return capped_count(self.queryset, most)

    def batch(self, cursor: str = "") -> Batch:
        """The rows behind the cursor."""
        paths = [*listing.paths_for(self.columns), "owner_id"]
        rows = listing.with_values(self.queryset, self.columns)
        found = page_of_parts(self.listing.parts(rows), paths, cursor=cursor, direction=FORWARD, size=BATCH)
        ids = [row["pk"] for row in found.rows]
        types = {fact.type for fact in self.columns}
        phones = self._phones(found.rows) if "phone" in types and ids else {}
        readers = [reader(fact, phones) for fact in self.columns]
        return Batch([[read(row) for read in readers] for row in found.rows], ids, found.after)

    def batches(self) -> Iterator[Batch]:
        """All of them, in the organisation in force."""
        batch = self.batch()
        yield batch
        while batch.after:
            batch = self.batch(batch.after)
            yield batch

    def _phones(self, rows: Sequence[dict[str, Any]]) -> dict[Any, str]:
        """The first phone of each: in full where the viewer may see it so, masked elsewhere."""
        reach = self.viewer.reach(REVEAL)
        full = {row["pk"] for row in rows if reach is not None and reach.covers(row["owner_id"], row["pk"])}
        return listing.primary_phones([row["pk"] for row in rows], in_full=full)


def all_columns(viewer: Viewer) -> list[str]:
    return [fact.key for fact in listing.allowed_columns(viewer)]
