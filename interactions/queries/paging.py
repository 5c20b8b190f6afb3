"""Pages of rows as models, forward only, by the keyset of the list of customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

from customers.queries.keyset import Order, beyond, encode

Row = TypeVar("Row", bound=Model)
SIZE = 50


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """One page; `after` is the value of the parameter that leads to the next one, "" on the last."""

    rows: list[Row]
    after: str


def by_key(
    rows: QuerySet[Row],
    keys: Sequence[str],
    after: str = "",
    *,
    newest: bool = False,
    size: int = SIZE,
    along: Sequence[str] = (),
) -> Slice[Row]:
    """A page of `rows` in the order of `keys`, the last one unique; `newest` reverses them. `along`: the relations that
    are read along, for the rows of the page and for no others.

    An `after` that cannot be read gives the first page.
    """
    order = Order(tuple(keys), descending=newest)
    shown = beyond(rows, order, after).order_by(*order.terms())[: size + 1]
    if along:
        chosen = rows.model._default_manager.filter(pk__in=shown.values("pk"))
        shown = chosen.select_related(*along).order_by(*order.terms())
    found = list(shown)
    last = found[size - 1] if len(found) > size else None
    return Slice(found[:size], encode({path: getattr(last, path) for path in keys}, order) if last else "")
