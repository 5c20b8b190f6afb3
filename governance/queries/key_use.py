"""Which keys of the ring the stored values of an organisation were written with."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from tenancy import crypto
from tenancy.context import current_organization_id
from tenancy.db import EncryptedTextField
from tenancy.model_words import named
from tenancy.models import TenantModel
from workspace.files import DamagedFile
from workspace.files import key_id_of as key_of_file
from workspace.models import StoredFile

FILES = "files"
UNREADABLE = "?"


@dataclass(frozen=True)
class Sealed:
    """A model with encrypted columns."""

    model: type[TenantModel]
    columns: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.model._meta.label_lower

    @property
    def table(self) -> str:
        return self.model._meta.db_table


class StaleRow(NamedTuple):
    """A row of which at least one column was written with another key than the newest; a value for each column."""

    pk: uuid.UUID
    blobs: tuple[bytes | None, ...]


@dataclass(frozen=True)
class KeyLine:
    """One key: how much was written with it, and whether it is the newest, or is missing from the ring."""

    key_id: str
    values: int
    files: int
    is_newest: bool
    is_missing: bool


def sealed_models() -> list[Sealed]:
    """Every model with encrypted columns, whoever owns it: a new one is found by itself."""
    found = []
    for model in apps.get_models():
        if issubclass(model, TenantModel) and not model._meta.proxy and model._meta.managed:
            fields = model._meta.concrete_fields
            columns = [str(field.column) for field in fields if isinstance(field, EncryptedTextField)]
            if all_columns := (*columns, *model.sealed_columns):
                found.append(Sealed(model, all_columns))
    return sorted(found, key=lambda sealed: sealed.key)


def stale_rows(sealed: Sealed, after: uuid.UUID | None, most: int) -> list[StaleRow]:
    """The next rows by key with something under an older key. Ranges of bytes, not functions: see the walls."""
    header = crypto.header_of(crypto.newest_key_id())
    low, high = header, header[:-1] + bytes([header[-1] + 1])
    columns = ", ".join(sealed.columns)
    stale = " OR ".join(f"{column} < %s OR {column} >= %s" for column in sealed.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {columns} FROM {sealed.table}"  # noqa: S608  names of our own tables
            f" WHERE organization_id = %s AND id > %s AND ({stale}) ORDER BY id LIMIT %s",
            [
                current_organization_id(),
                after or uuid.UUID(int=0),
                *[bound for _column in sealed.columns for bound in (low, high)],
                most,
            ],
        )
        return [
            StaleRow(pk, tuple(None if blob is None else bytes(blob) for blob in blobs))
            for pk, *blobs in cursor.fetchall()
        ]


def count_values(sealed: Sealed) -> dict[str, int]:
    """How many values of the model there are under each key. Reads the whole table of the organisation."""
    found: Counter[str] = Counter()
    for column in sealed.columns:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT substring({column} from 2 for get_byte({column}, 0)), count(*) FROM {sealed.table}"  # noqa: S608
                f" WHERE organization_id = %s AND {column} > ''::bytea GROUP BY 1",
                [current_organization_id()],
            )
            for key_id, count in cursor.fetchall():
                found[bytes(key_id).decode(errors="replace")] += count
    return dict(found)


def count_files(after: uuid.UUID | None, most: int) -> tuple[dict[str, int], uuid.UUID | None]:
    """How many of the next stored files there are under each key, and where to go on (None: at the end)."""
    files = list(StoredFile.objects.filter(pk__gt=after or uuid.UUID(int=0)).order_by("pk")[:most])
    found: Counter[str] = Counter()
    for file in files:
        try:
            found[key_of_file(file)] += 1
        except DamagedFile:
            found[UNREADABLE] += 1
    return dict(found), files[-1].pk if len(files) == most else None


def key_lines(counted: Mapping[str, Mapping[str, int]]) -> list[KeyLine]:
    """`counted` ({kind: {key: how many}}) by key: those of the ring first, newest on top."""
    ring = list(settings.FIELD_KEYS)
    used = {key_id for counts in counted.values() for key_id in counts if key_id != UNREADABLE}
    lines = []
    for key_id in [*ring, *sorted(used - set(ring))]:
        values = sum(counts.get(key_id, 0) for kind, counts in counted.items() if kind != FILES)
        files = counted.get(FILES, {}).get(key_id, 0)
        lines.append(KeyLine(key_id, values, files, key_id == ring[0], key_id not in ring))
    return lines


def kind_lines(counted: Mapping[str, Mapping[str, int]]) -> list[dict[str, Any]]:
    """By kind of data: how many values, and how many of them are not under the newest key."""
    labels = {sealed.key: named(sealed.model._meta.verbose_name_plural) for sealed in sealed_models()}
    labels[FILES] = _("Contents of files")
    newest = crypto.newest_key_id()
    lines = [
        {
            "label": labels.get(kind, kind),
            "total": sum(counts.values()),
            "old": sum(count for key_id, count in counts.items() if key_id != newest),
        }
        for kind, counts in counted.items()
        if counts
    ]
    return sorted(lines, key=lambda line: (-line["old"], line["label"]))


def left_on_old_keys(counted: Mapping[str, Mapping[str, int]]) -> int:
    newest = crypto.newest_key_id()
    return sum(count for counts in counted.values() for key_id, count in counts.items() if key_id != newest)
