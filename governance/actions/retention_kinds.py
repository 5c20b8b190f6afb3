"""The kinds of data whose time an organisation limits: see `governance.retention`."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions.book import archive
from customers.actions.erasure import erase_customers
from customers.actions.import_batch import purge
from customers.enums import ImportStatus, Tier
from customers.models import Customer, CustomerExport, ImportBatch, LegalHold, MergedCustomer
from governance.actions.data_request import drop_package
from governance.enums import RetentionAct
from governance.models import DataRequest
from governance.retention import Line, RetentionKind, retention_kinds
from interactions.models.rollup import NONE
from workspace.files import destroy

# Customers that end in one transaction: the organisation's audit is read once for all of them.
AT_ONCE = 100
ARCHIVE, DESTROY = RetentionAct.ARCHIVE, RetentionAct.DESTROY


def _archived(before: datetime) -> Any:
    """Archived customers, but for those that were merged: they end with the customer that they have become."""
    merged = MergedCustomer.objects.filter(active=True).values("customer")
    return Customer.objects.filter(archived_at__lt=before).exclude(pk__in=merged)


def _idle(before: datetime) -> Any:
    """Potential customers that nobody has spoken to, and that nothing is planned with."""
    rows = Customer.objects.filter(archived_at=None, tier=Tier.POTENTIAL, created_at__lt=before)
    return rows.filter(contact__last_at__lt=before, contact__next_on=NONE)


def _end_customers(customers: list[Customer], act: RetentionAct, reference: str) -> int:
    if act == ARCHIVE:
        return archive([customer.pk for customer in customers], actor=None)[1]
    return erase_customers(customers, reason=reference)


def _customers_shown(rows: list[Customer]) -> list[Line]:
    held = set(
        LegalHold.objects.filter(customer__in=[row.pk for row in rows], lifted_at=None).values_list(
            "customer_id", flat=True
        )
    )
    return [
        Line(
            f"{row.code} · {row.name}",
            row.get_absolute_url(),
            row.archived_at or row.created_at,
            row.pk in held,
        )
        for row in rows
    ]


def _import_files(before: datetime) -> Any:
    busy = (ImportStatus.APPLYING, ImportStatus.REVERTING)
    return ImportBatch.objects.filter(purged_at=None, created_at__lt=before).exclude(status__in=busy)


def _end_imports(batches: list[ImportBatch], act: RetentionAct, reference: str) -> int:
    for batch in batches:
        purge(batch)
    return len(batches)


def _packages(before: datetime) -> Any:
    return DataRequest.objects.filter(package__isnull=False, closed_at__lt=before)


def _end_packages(requests: list[DataRequest], act: RetentionAct, reference: str) -> int:
    for request in requests:
        drop_package(request)
    return len(requests)


def _exports(before: datetime) -> Any:
    return CustomerExport.objects.filter(file__isnull=False, created_at__lt=before)


def _end_exports(exports: list[CustomerExport], act: RetentionAct, reference: str) -> int:
    for export in exports:
        stored, export.file, export.expires_at = export.file, None, timezone.now()
        export.save(update_fields=["file", "expires_at"])
        if stored is not None:
            destroy(stored)
    return len(exports)


for kind in (
    RetentionKind(
        "archived_customers",
        _("Archived customers"),
        _("Counted from the day on which they were archived. A legal hold keeps them."),
        (DESTROY,), _archived, _end_customers, _customers_shown, least_days=30, proposed_days=1095, at_once=AT_ONCE, order=10,
    ),
    RetentionKind(
        "idle_prospects",
        _("Potential customers without contact"),
        _("Counted from the last contact, or from when they were entered; not while a next step is planned."),
        (ARCHIVE, DESTROY), _idle, _end_customers, _customers_shown, least_days=30, proposed_days=730, at_once=AT_ONCE, order=20,
    ),
    RetentionKind(
        "import_files",
        _("Files of imports"),
        _("The file and its checked rows; the import can then no longer be reverted. At the latest after 30 days."),
        (DESTROY,), _import_files, _end_imports,
        lambda rows: [Line(row.file_name, "", row.created_at, False) for row in rows], proposed_days=14, order=30,
    ),
    RetentionKind(
        "access_packages",
        _("Access packages"),
        _("Counted from the day on which they were made, whatever the days for downloading."),
        (DESTROY,), _packages, _end_packages,
        lambda rows: [Line(row.number, row.get_absolute_url(), row.closed_at, False) for row in rows],
        proposed_days=30, order=40,
    ),
    RetentionKind(
        "export_files",
        _("Files of exports"),
        _("The file alone: that it was made, and by whom, stays."),
        (DESTROY,), _exports, _end_exports,
        lambda rows: [Line(row.get_format_display(), "", row.created_at, False) for row in rows],
        proposed_days=7, order=50,
    ),
):  # fmt: skip
    retention_kinds.register(kind)
