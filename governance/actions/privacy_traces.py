"""Erasing what requests hold about a person: access packages, which hold everything, and why a request was rejected."""

from collections.abc import Mapping
from typing import Any

from customers.actions.privacy_traces import destroy_files
from customers.privacy import GONE, Ids
from governance.enums import RequestStatus
from governance.models import DataRequest
from tenancy.models import TenantModel


def count_packages(ids: Ids) -> int:
    return _packages(ids).count()


def erase_packages(ids: Ids) -> Mapping[type[TenantModel], Ids]:
    return destroy_files(_packages(ids), "package")


def count_rejections(ids: Ids) -> int:
    return len(_rejections(ids))


def erase_rejections(ids: Ids) -> Mapping[type[TenantModel], Ids]:
    """A rejected request has to have a reason: another text takes its place, row by row, as each is encrypted for its own."""
    found = _rejections(ids)
    for request in found:
        request.rejection = GONE
        request.save(update_fields=["rejection"])
    return {DataRequest: [request.pk for request in found]}


def _rejections(ids: Ids) -> list[DataRequest]:
    rows = DataRequest.objects.filter(customer__in=ids, status=RequestStatus.REJECTED)
    return [request for request in rows if request.rejection != GONE]


def _packages(ids: Ids) -> Any:
    return DataRequest.objects.filter(customer__in=ids, package__isnull=False)
