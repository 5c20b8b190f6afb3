"""A form that is sent twice makes one row, even when both arrive at the same moment."""

import uuid
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

from tenancy.models import TenantModel

Row = TypeVar("Row", bound=TenantModel)


def create_once(model: type[Row], key: uuid.UUID, make: Callable[[], Row]) -> tuple[Row, bool]:
    """The row `key`, and whether this call has made it by `make()`. Anything else that `make` raises passes through."""
    row = model.objects.filter(pk=key).first()
    if row is not None:
        return row, False
    try:
        with transaction.atomic():
            return make(), True
    except IntegrityError:
        # The other submit has committed between our question and our insert.
        row = model.objects.filter(pk=key).first()
        if row is None:
            raise
        return row, False
