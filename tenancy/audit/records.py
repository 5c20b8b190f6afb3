"""What the application itself adds to the audit: accesses, and the erasure of values. Both through database functions."""

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models

# An erasure names every entry it empties; more objects than this are several erasures.
ERASE_AT_ONCE = 500
ACCESS = "tenancy_audit_access(%(audited_table)s, %(audited_object)s, %(audited_note)s)"


def record_access(
    target: models.Model | type[models.Model],
    action: str,
    *,
    object_id: uuid.UUID | None = None,
    **note: object,
) -> None:
    """Record that somebody did `action` ("reveal", "export", "print", "download", "refused", "cancel", "retry") to a row, or
    to rows of a model.

    Needs an organisation in force, whose actor and request it takes. `note` is small JSON (a field's name, a count)
    and never holds what was read.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {ACCESS}", access_values(target, action, object_id, note))


def access_values(
    target: models.Model | type[models.Model],
    action: str,
    object_id: uuid.UUID | None,
    note: Mapping[str, object],
) -> dict[str, Any]:
    """What ACCESS takes: for a statement that records an access together with something else."""
    key = target.pk if isinstance(target, models.Model) else object_id
    told = json.dumps({"action": action, **note}, ensure_ascii=False)
    return {"audited_table": target._meta.db_table, "audited_object": key, "audited_note": told}


def erase_audit_values(model: type[models.Model], object_ids: Iterable[uuid.UUID], reason: str) -> int:
    """Take the recorded values of these rows out of the audit; who, when and what remain and the chain still verifies.

    Leaves one entry that names what was erased and why. Returns how many entries were emptied.
    """
    ids = list(object_ids)
    erased = 0
    with connection.cursor() as cursor:
        for start in range(0, len(ids), ERASE_AT_ONCE):
            batch = ids[start : start + ERASE_AT_ONCE]
            cursor.execute(
                "SELECT tenancy_audit_erase(%s, %s::uuid[], %s)",
                [model._meta.db_table, [str(pk) for pk in batch], reason],
            )
            erased += cursor.fetchone()[0]
    return erased


def ensure_partitions(months: int = 3) -> int:
    """Make the audit's partitions for this month and the next ones; returns how many were missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_audit_partitions(%s)", [months])
        return cursor.fetchone()[0]
