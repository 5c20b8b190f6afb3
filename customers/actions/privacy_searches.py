"""Erasing what people have typed to find customers: filters of exports and of bulk changes, and saved views."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from customers import lexemes
from customers.enums import MatchedBy
from customers.models import (
    BulkRow,
    BulkRun,
    ContactPerson,
    ContactPoint,
    Customer,
    CustomerAlias,
    CustomerExport,
    DisclosedCustomer,
)
from customers.privacy import Gone, Ids
from customers.queries.search_terms import numbers_of
from customers.text import clean_line, half_width
from tenancy.context import current_organization
from workspace.enums import JobStatus
from workspace.models import SavedView

SHORTEST_NAME = 2


def count_export_filters(ids: Ids) -> int:
    return len(_exports(ids))


def erase_export_filters(ids: Ids) -> Gone:
    """The filters that found nobody but one of these customers, and among others by what was typed: somebody may have
    looked for the name. Who exported what, and when, stays."""
    found = _exports(ids)
    CustomerExport.objects.filter(pk__in=found).update(query=None)
    return {CustomerExport: found}


def count_bulk_filters(ids: Ids) -> int:
    return len(_bulk_runs(ids))


def erase_bulk_filters(ids: Ids) -> Gone:
    """The same of changes to many at once, with what was said about a change of these customers alone. The undo, which
    goes by the rows, is still there for the others."""
    found = _bulk_runs(ids)
    rows = BulkRun.objects.filter(pk__in=found)
    rows.update(query=None)
    rows.filter(changed=1).update(note=None)
    return {BulkRun: found}


def count_saved_views(ids: Ids) -> int:
    return len(_saved_views(ids))


def erase_saved_views(ids: Ids) -> Gone:
    """The views that search for a whole name, a number or an address of these customers."""
    found = _saved_views(ids)
    SavedView.objects.filter(pk__in=found).delete()
    return {SavedView: found}


def _exports(ids: Ids) -> list[uuid.UUID]:
    named = DisclosedCustomer.objects.filter(customer__in=ids).values("disclosure")
    rows = CustomerExport.objects.filter(pk__in=named, rows__isnull=False, query__isnull=False)
    return [row.pk for row in rows if row.rows == 1 or typed_in(row.query)]


def _bulk_runs(ids: Ids) -> list[uuid.UUID]:
    # One that may still run, or be tried again, needs its filters: without them it would mean everybody.
    ended = Q(job=None) | Q(job__status=JobStatus.SUCCEEDED)
    said = Q(query__isnull=False) | Q(note__isnull=False)
    rows = BulkRun.objects.filter(ended, said, pk__in=BulkRow.objects.filter(customer__in=ids).values("run"))
    return [row.pk for row in rows if row.changed == 1 or typed_in(row.query)]


def _saved_views(ids: Ids) -> list[uuid.UUID]:
    names, indexes = _names(ids), _indexes(ids)
    views = SavedView.objects.filter(page="customers", query__isnull=False)
    return [view.pk for view in views if _seeks(typed_in(view.query), names, indexes)]


def typed_in(query: str) -> str:
    """The words that an address of the list searches for."""
    return QueryDict(query).get("q", "").strip()


def _seeks(typed: str, names: Iterable[str], indexes: set[str]) -> bool:
    # As whole words: who is called 晨光 is not sought by 晨光科技.
    plain = f" {_plain(typed)} "
    return any(f" {name} " in plain for name in names) or not indexes.isdisjoint(_asked(typed))


def _plain(text: str) -> str:
    return clean_line(half_width(text)).casefold()


def _asked(typed: str) -> Iterable[str]:
    numbers = numbers_of(current_organization(), typed) if typed else ()
    return [query for way, query in numbers if way != MatchedBy.TAIL]


def _names(ids: Ids) -> set[str]:
    found: set[str] = set(Customer.objects.filter(pk__in=ids).values_list("name", flat=True))
    for model in (CustomerAlias, ContactPerson):
        found |= set(model.objects.filter(customer__in=ids).values_list("name", flat=True))
    return {_plain(name) for name in found if len(name) >= SHORTEST_NAME}


def _indexes(ids: Ids) -> set[str]:
    """What a search asks that is to find them by a contact detail or a number."""
    numbers = Customer.objects.filter(pk__in=ids).values_list("identity_index", "bank_index")
    values: list[Any] = [index for row in numbers for index in row if index is not None]
    values += ContactPoint.objects.filter(customer__in=ids).values_list("value_index", flat=True)
    return {lexemes.index_query(current_organization().pk, bytes(value)) for value in values}
