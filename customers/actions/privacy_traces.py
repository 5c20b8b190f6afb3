"""Erasing what stands about customers where no key leads to them: rows and files of imports, files of exports, and their
names in the story of others."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from customers.models import (
    ContactPerson,
    CustomerExport,
    DisclosedCustomer,
    HandedCustomer,
    Handover,
    ImportBatch,
    ImportRow,
    TimelineEntry,
)
from customers.privacy import GONE, Gone, Ids
from workspace.files import destroy
from workspace.models import StoredFile

LINKS = 10


def destroy_files(rows: Any, field: str) -> Gone:
    """Destroy the stored files that `field` of these rows leads to; the rows stay."""
    gone = []
    for row in rows.select_related(field):
        stored = getattr(row, field)
        setattr(row, field, None)
        row.save(update_fields=[field])
        if stored is not None:
            gone.append(stored.pk)
            destroy(stored)
    return {StoredFile: gone}


def count_import_rows(ids: Ids) -> int:
    return _staged(ids).count()


def erase_import_rows(ids: Ids) -> Gone:
    """The rows that made or changed the customers. Their import can still be reverted for everybody else."""
    rows = _staged(ids)
    rows._raw_delete(rows.db)
    return {}


def count_import_files(ids: Ids) -> int:
    return _files(ids).count()


def erase_import_files(ids: Ids) -> Gone:
    """The uploaded files that the customers came in; rows already checked stay, so that an import can be finished."""
    return destroy_files(_files(ids), "file")


def count_export_files(ids: Ids) -> int:
    return _exported(ids).count()


def erase_export_files(ids: Ids) -> Gone:
    """The files that hold them, before their time: whoever asks for one is told why it is gone."""
    return destroy_files(_exported(ids), "file")


def count_mentions(ids: Ids) -> int:
    return _mentions(ids).count()


def erase_mentions(ids: Ids) -> Gone:
    """Lines in the story of other customers that tell of these: relations, and their work as a contact person."""
    _mentions(ids).delete()
    return {}


def count_handover_notes(ids: Ids) -> int:
    return _noted(ids, alone=True).count()


def erase_handover_notes(ids: Ids) -> Gone:
    """What was said about handovers of nobody but these customers, and the filters that found them."""
    found = list(_noted(ids, alone=True).values_list("pk", flat=True))
    rows = Handover.objects.filter(pk__in=found)
    rows.update(note="", query=None)
    # The reason for sending back may not be empty.
    rows.exclude(answer="").update(answer=GONE)
    return {Handover: found}


def count_shared_notes(ids: Ids) -> int:
    return _noted(ids, alone=False).count()


def keep_shared_notes(ids: Ids) -> Gone:
    """They are about others too: a person reads them, and decides. Of those that somebody has removed, nothing stays in
    the audit."""
    mine = HandedCustomer.objects.filter(customer__in=ids).values("handover")
    silent = Handover.objects.filter(pk__in=mine, note="", answer__in=("", GONE))
    return {Handover: list(silent.values_list("pk", flat=True))}


def links_to_shared_notes(ids: Ids) -> list[tuple[str, str]]:
    rows = _noted(ids, alone=False).select_related("giver", "receiver").order_by("-at", "-pk")
    return [(str(row), row.get_absolute_url()) for row in rows[:LINKS]]


def _noted(ids: Ids, *, alone: bool) -> Any:
    """Handovers of these customers about which something was said: those of nobody else, or those of others too."""
    mine = HandedCustomer.objects.filter(customer__in=ids).values_list("handover", flat=True)
    keys = set(mine)
    others = HandedCustomer.objects.filter(handover__in=keys).exclude(customer__in=ids)
    shared = set(others.values_list("handover", flat=True).distinct())
    rows = Handover.objects.filter(pk__in=keys - shared if alone else shared)
    said = ~Q(note="") | ~Q(answer__in=("", GONE))
    return rows.filter(said | Q(query__isnull=False)) if alone else rows.filter(said)


def _staged(ids: Ids) -> Any:
    return ImportRow.objects.filter(Q(pk__in=ids) | Q(target_id__in=ids))


def _files(ids: Ids) -> Any:
    batches = ImportRow.objects.filter(Q(pk__in=ids) | Q(target_id__in=ids)).values("batch")
    return ImportBatch.objects.filter(pk__in=batches, file__isnull=False)


def _mentions(ids: Ids) -> Any:
    told = Q(subject_id__in=ids)
    people = ContactPerson.objects.filter(employment__individual__in=ids).values_list("customer_id", "name")
    for company, name in people:
        told |= Q(customer=company, kind="customer.people_changed", params__name=name)
    return TimelineEntry.objects.filter(told).exclude(customer__in=ids)


def _exported(ids: Ids) -> Any:
    """Exports with a file that holds these customers or, made before that was noted, anybody."""
    named = DisclosedCustomer.objects.filter(disclosure=OuterRef("pk"))
    held = Q(Exists(named.filter(customer__in=ids))) | ~Q(Exists(named))
    return CustomerExport.objects.filter(held, file__isnull=False)
