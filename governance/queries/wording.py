"""Audit entries in words: kinds, fields and values as people know them; secrets never."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.queries.audit import CHANGE_OF_KEYS, audited_models, table_label
from tenancy.db import EncryptedTextField
from tenancy.model_words import named
from tenancy.models import AuditEntry, AuditOperation, TenantModel

ACCESSES = {
    "reveal": gettext_lazy("shown in full"),
    "export": gettext_lazy("exported"),
    "print": gettext_lazy("printed"),
    "download": gettext_lazy("downloaded"),
    "cancel": gettext_lazy("stopped by hand"),
    "retry": gettext_lazy("started again by hand"),
    "refused": gettext_lazy("refused"),
}
TONES: dict[str, str] = {
    AuditOperation.INSERT: "green",
    AuditOperation.UPDATE: "blue",
    AuditOperation.DELETE: "red",
    AuditOperation.ACCESS: "purple",
    AuditOperation.ERASE: "amber",
}
NAMES = ("name", "title", "subject", "name_zh", "label")
LONGEST = 80
BYTES = "\\x"
"""How the audit writes what a binary column holds."""
# Plumbing: the organisation is the page's, the key stands above, the counter follows every change.
PLUMBING = {"id", "organization_id", "version"}


@dataclass(frozen=True)
class Change:
    """One field of an entry. `secret` fields have no values to show."""

    label: str
    before: str
    after: str
    secret: bool = False


@dataclass(frozen=True)
class Line:
    """One entry in a list."""

    entry: AuditEntry
    person: str
    kind: str
    operation: str
    tone: str
    name: str
    summary: str


def lines(entries: Sequence[AuditEntry], people: dict[uuid.UUID, str]) -> list[Line]:
    """The entries as a list shows them. Besides none, one query for each kind of row that an entry does not name."""
    names = _names_of_rows([entry for entry in entries if entry.object_id and not _own_name(entry)])
    return [_line(entry, people, names) for entry in entries]


def person_name(entry: AuditEntry, people: dict[uuid.UUID, str]) -> str:
    if entry.actor_id is None:
        return _("System")
    return people.get(entry.actor_id, _("(unknown person)"))


def operation_name(entry: AuditEntry) -> str:
    if entry.operation == AuditOperation.ACCESS and entry.after:
        return str(ACCESSES.get(entry.after.get("action"), entry.after.get("action", "")))
    if entry.origin == CHANGE_OF_KEYS:
        return _("encrypted anew")
    return str(AuditOperation(entry.operation).label)


def tone_of(entry: AuditEntry) -> str:
    return "neutral" if entry.origin == CHANGE_OF_KEYS else TONES.get(entry.operation, "neutral")


def changes(entry: AuditEntry) -> list[Change]:
    """The fields of the entry with what stood there before and after. A few queries, for the names of rows pointed to."""
    model = audited_models().get(entry.table_name)
    before, after = entry.before or {}, entry.after or {}
    columns = [column for column in {**before, **after} if column not in PLUMBING]
    if entry.operation in (AuditOperation.ACCESS, AuditOperation.ERASE):
        return [Change(column, "", _plain(after[column])) for column in columns if column != "action"]
    fields = {column: _field(model, column) for column in columns}
    names = _names_of_targets(fields, before, after)
    return [
        Change(
            _label(fields[column], column),
            _value(fields[column], before.get(column), names),
            _value(fields[column], after.get(column), names),
            _is_secret(fields[column]),
        )
        for column in columns
        if before.get(column) is not None or after.get(column) is not None
    ]


def _own_name(entry: AuditEntry) -> str:
    """What the entry itself calls its row."""
    for values in (entry.after, entry.before):
        for column in NAMES:
            value = values.get(column) if values else None
            if isinstance(value, str) and value and not value.startswith(BYTES):
                return value
    return ""


def _names_of_rows(entries: list[AuditEntry]) -> dict[uuid.UUID, str]:
    """Key → present name of the rows, of the kinds that have one and still exist."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for entry in entries:
        if entry.object_id:
            wanted.setdefault(entry.table_name, set()).add(entry.object_id)
    names: dict[uuid.UUID, str] = {}
    for table, keys in wanted.items():
        model = audited_models().get(table)
        fields = model._meta.concrete_fields if model else ()
        columns = {field.name for field in fields if not _is_secret(field)}
        column = next((name for name in NAMES if name in columns), None)
        if column and model is not None and issubclass(model, TenantModel):
            names |= dict(model.objects.filter(pk__in=keys).values_list("pk", column))
    return names


def _line(entry: AuditEntry, people: dict[uuid.UUID, str], names: dict[uuid.UUID, str]) -> Line:
    short = _kind_of_row(entry) or (str(entry.object_id)[-8:] if entry.object_id else "")
    name = _own_name(entry) or (names.get(entry.object_id, short) if entry.object_id else "")
    return Line(
        entry,
        person_name(entry, people),
        capfirst(table_label(entry.table_name)),
        operation_name(entry),
        tone_of(entry),
        Truncator(name).chars(LONGEST),
        _summary(entry),
    )


def _kind_of_row(entry: AuditEntry) -> str:
    """Of what kind the row is, where its model has kinds: more than the end of its key says."""
    value = (entry.after or entry.before or {}).get("kind")
    field = _field(audited_models().get(entry.table_name), "kind")
    return (
        str(dict(field.flatchoices).get(value, "")) if value and field is not None and field.choices else ""
    )


def _summary(entry: AuditEntry) -> str:
    """Which fields an update changed."""
    if entry.operation != AuditOperation.UPDATE or not entry.after:
        return ""
    model = audited_models().get(entry.table_name)
    columns = [column for column in entry.after if column not in PLUMBING]
    return _(", ").join(_label(_field(model, column), column) for column in columns[:6])


def _field(model: type[models.Model] | None, column: str) -> models.Field | None:
    if model is None:
        return None
    return next((field for field in model._meta.concrete_fields if field.column == column), None)


def _label(field: models.Field | None, column: str) -> str:
    return named(field.verbose_name) if field is not None else column


def _is_secret(field: models.Field | None) -> bool:
    return isinstance(field, EncryptedTextField | models.BinaryField)


def _value(field: models.Field | None, value: Any, names: dict[str, str]) -> str:
    if value is None or _is_secret(field):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is None:
        return _plain(value)
    if field.is_relation:
        return names.get(str(value), str(value)[-8:])
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    if isinstance(field, models.DateField) and (day := parse_date(str(value))):
        return formats.date_format(day, "DATE_FORMAT")
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return _(", ").join(_plain(item) for item in value)
    if isinstance(value, dict):
        return _(", ").join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, str) and value.startswith(BYTES):
        # A binary column of a table that no model describes any more.
        return "…"
    return str(value)


def _names_of_targets(fields: dict[str, models.Field | None], before: dict, after: dict) -> dict[str, str]:
    """Key → name of the rows that foreign keys pointed to, where they still exist: one query a kind of row."""
    wanted: dict[type[TenantModel], set[str]] = {}
    for column, field in fields.items():
        target = field.related_model if field is not None and field.is_relation else None
        if isinstance(target, type) and issubclass(target, TenantModel):
            pointed = (before.get(column), after.get(column))
            wanted.setdefault(target, set()).update(key for key in pointed if key)
    names: dict[str, str] = {}
    for target, keys in wanted.items():
        if keys:
            names |= {str(row.pk): str(row) for row in target.objects.filter(pk__in=keys)}
    return names
