"""Searching the audit: by person, record, kind, operation and time, newest first."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from tenancy.access import Viewer
from tenancy.days import start_of_day
from tenancy.models import AuditEntry, Membership, Organization, TenantModel
from tenancy.models.audit import entry_key, entry_place
from tenancy.models.base import TenantQuerySet
from workspace.models import Job

PERMISSION = "tenancy.view_auditentry"
SIZE = 50
# Kind and operation have no index of their own: one page looks at so many entries, the next link goes further back.
SEEN_AT_ONCE = 20_000
# Where other entries have a network address: the same values under another key, nothing that anybody has edited.
CHANGE_OF_KEYS = "change of keys"


@dataclass(frozen=True)
class Search:
    """What to look for; None or "" is not asked for. Dates are the organisation's own and inclusive.

    `edits` leaves out what a change of keys wrote anew.
    """

    person: uuid.UUID | None = None
    record: uuid.UUID | None = None
    table: str = ""
    operation: str = ""
    since: date | None = None
    until: date | None = None
    edits: bool = False


@dataclass(frozen=True)
class Found:
    """A page of entries. `older` continues it ("" at the end); `seen_back_to` says how far an unfinished search came."""

    entries: list[AuditEntry]
    older: str
    seen_back_to: datetime | None = None


def search_entries(viewer: Viewer, search: Search, before: str = "") -> Found:
    """Entries that `viewer` may see, newest first, those before the key `before`. One or two queries."""
    entries = _before(_indexed(AuditEntry.objects.visible_to(viewer, PERMISSION), search), before)
    horizon = None
    if (search.table or search.operation) and search.record is None:
        horizon = entries.values_list("at", "id")[SEEN_AT_ONCE : SEEN_AT_ONCE + 1].first()
    if horizon:
        entries = entries.filter(_place(">", *horizon), at__gte=horizon[0])
    if search.table:
        entries = entries.filter(table_name=search.table)
    if search.operation:
        entries = entries.filter(operation=search.operation)
    rows = list(_named(entries, viewer).defer("content", "digest")[: SIZE + 1])
    if len(rows) > SIZE:
        return Found(rows[:SIZE], str(rows[SIZE - 1].key))
    if horizon:
        return Found(rows, str(entry_key(horizon[0], horizon[1] + 1)), horizon[0])
    return Found(rows, "")


def find_entry(viewer: Viewer, key: uuid.UUID) -> AuditEntry | None:
    """The entry that `key` names, if the viewer may see it."""
    try:
        at, number = entry_place(key)
    except ValueError:
        return None
    rows = AuditEntry.objects.visible_to(viewer, PERMISSION).filter(at=at, id=number)
    return _named(rows, viewer).first()


def audited_members(viewer: Viewer) -> QuerySet[Membership]:
    """The members, former ones too, whose entries the viewer may see."""
    members, reach = Membership.objects.order_by("name", "pk"), viewer.reach(PERMISSION)
    if reach is None:
        return members.none()
    return members if reach.everyone else members.filter(pk__in=reach.members)


def people_in(entries: Iterable[AuditEntry]) -> dict[uuid.UUID, str]:
    """Who stands behind entries that were found here, as far as who looks may know: key → name."""
    return {entry.actor_id: entry.actor_name for entry in entries if entry.actor_name}  # type: ignore[attr-defined]


def _named(entries: TenantQuerySet, viewer: Viewer) -> TenantQuerySet:
    actor = audited_members(viewer).filter(pk=OuterRef("actor_id"))
    return entries.annotate(actor_name=Subquery(actor.values("name")[:1]))


@cache
def audited_models() -> dict[str, type[models.Model]]:
    """Table → model, of everything an organisation's audit holds."""
    # The progress of a job is not in it, but who stopped it or started it again is.
    found: dict[str, type[models.Model]] = {model._meta.db_table: model for model in (Organization, Job)}
    for model in apps.get_models():
        if issubclass(model, TenantModel) and not model.audit_exempt:
            found[model._meta.db_table] = model
    return found


def table_label(table: str) -> str:
    """What people call the rows of `table`; the table's name where the model is gone."""
    model = audited_models().get(table)
    return str(model._meta.verbose_name) if model else table


def _indexed(entries: TenantQuerySet, search: Search) -> TenantQuerySet:
    if search.record is not None:
        entries = entries.filter(object_id=search.record)
    if search.person is not None:
        entries = entries.filter(actor_id=search.person)
    if search.edits:
        entries = entries.exclude(origin=CHANGE_OF_KEYS)
    if search.since is not None:
        entries = entries.filter(at__gte=start_of_day(search.since))
    if search.until is not None and search.until < date.max:
        entries = entries.filter(at__lt=start_of_day(search.until + timedelta(days=1)))
    return entries.order_by("-at", "-id")


def _before(entries: TenantQuerySet, before: str) -> TenantQuerySet:
    try:
        at, number = entry_place(uuid.UUID(before))
    except ValueError:
        return entries
    # The first condition chooses the partitions, the second the place within the month.
    return entries.filter(_place("<", at, number), at__lte=at)


def _place(comparison: str, at: datetime, number: int) -> RawSQL:
    """(at, id) compared as a pair: a bulk change gives a hundred thousand entries the same time."""
    table = AuditEntry._meta.db_table
    sql = f"({table}.at, {table}.id) {comparison} (%s, %s)"
    return RawSQL(sql, [at, number], output_field=models.BooleanField())  # noqa: S611  (parameters are bound)
