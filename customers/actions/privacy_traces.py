"""Erasing what stands about customers where no key leads to them: rows and files of imports, and their names in the
story of others."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from customers.models import ContactPerson, ImportBatch, ImportRow, TimelineEntry
from customers.privacy import Ids
from tenancy.models import TenantModel
from workspace.files import destroy
from workspace.models import StoredFile

Gone = Mapping[type[TenantModel], Ids]


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
    batches = list(_files(ids).select_related("file"))
    gone = [batch.file_id for batch in batches if batch.file_id]
    for batch in batches:
        stored, batch.file = batch.file, None
        batch.save(update_fields=["file"])
        if stored is not None:
            destroy(stored)
    return {StoredFile: gone}


def count_mentions(ids: Ids) -> int:
    return _mentions(ids).count()


def erase_mentions(ids: Ids) -> Gone:
    """Lines in the story of other customers that tell of these: relations, and their work as a contact person."""
    _mentions(ids).delete()
    return {}


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
