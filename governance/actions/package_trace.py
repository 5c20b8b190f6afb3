"""Access packages hold everything about a person: an erasure destroys them too."""

from collections.abc import Mapping
from typing import Any

from customers.privacy import Ids
from governance.models import DataRequest
from tenancy.models import TenantModel
from workspace.files import destroy
from workspace.models import StoredFile


def count_packages(ids: Ids) -> int:
    return _packages(ids).count()


def erase_packages(ids: Ids) -> Mapping[type[TenantModel], Ids]:
    gone = []
    for request in _packages(ids).select_related("package"):
        package, request.package = request.package, None
        request.save(update_fields=["package"])
        if package is not None:
            gone.append(package.pk)
            destroy(package)
    return {StoredFile: gone}


def _packages(ids: Ids) -> Any:
    return DataRequest.objects.filter(customer__in=ids, package__isnull=False)
