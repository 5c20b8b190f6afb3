"""Undoing a merge: what it moved goes back, what it replaced comes back, and what people did since stays."""

import json
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.actions.merge import store
from customers.actions.ownership import refuse_beyond
from customers.actions.search import refresh_search
from customers.enums import OwnershipKind
from customers.merge_rules import FILES, CustomerKey, moving_keys
from customers.mergeable import BY_KEY, from_json, sides_of
from customers.models import ContactPoint, Customer, Merge, MergedCustomer, MovedRow
from customers.queries.caps import locked_places
from customers.signals import customer_unmerged, customers_changed
from tenancy.context import current_organization_id
from tenancy.errors import Refused
from tenancy.models import Membership

UNMERGED = "customer.unmerged"

_STATE = """
SELECT m.id, r.id IS NULL, r.{column} IS NOT DISTINCT FROM m.target, md5(to_jsonb(r)::text) IS DISTINCT FROM m.digest{person}
FROM (SELECT *, %(target)s::uuid AS target FROM customers_movedrow WHERE organization_id = %(organization)s
    AND merge_id = %(merge)s AND model = %(model)s AND field = %(field)s) m
LEFT JOIN {table} r ON r.organization_id = m.organization_id AND r.id = m.row_key"""
_BACK = """
UPDATE {table} r SET {column} = m.customer_id FROM customers_movedrow m
WHERE r.organization_id = %(organization)s AND m.organization_id = %(organization)s
    AND m.id = ANY(%(rows)s::uuid[]) AND r.id = m.row_key"""
# Rows with a person that goes back go with the person, also those written since.
_WITH_PERSON = """
UPDATE {table} r SET {column} = m.customer_id FROM customers_movedrow m
WHERE r.organization_id = %(organization)s AND m.organization_id = %(organization)s
    AND m.id = ANY(%(rows)s::uuid[]) AND r.{person} = m.row_key AND r.{column} = %(target)s"""


class NotUndoable(Refused):
    """Undone already, or merged again since."""


@dataclass
class Left:
    """What stayed: rows changed since (they went back as they are), rows that are gone or were given to somebody else,
    values that somebody has changed since."""

    changed: int = 0
    gone: int = 0
    fields: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}


@transaction.atomic
def undo_merge(merge: Merge, *, actor: Membership | None, over_cap: bool = False) -> Left:
    """Take the merge apart again. Every recorded row that is still the survivor's goes back; a value of the survivor
    that is still as the merge left it becomes what it was; the merged customers return as they were.

    Afterwards: search, figures and timelines of all of them follow; `customer_unmerged`. Raises NotUndoable,
    and CapReached when an owner of those that return may own no more, unless `over_cap`.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        raise NotUndoable(_("This merge has been undone already."))
    merged = list(MergedCustomer.objects.filter(merge=merge))
    keys = [merge.survivor_id, *(one.customer_id for one in merged)]
    # Caps before customers, as `change_owners` takes them.
    places = {} if over_cap else locked_places(_owners(merge, keys))
    rows = {row.pk: row for row in Customer.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    _refuse_if_merged_again(merge)
    more = Counter(rows[one.customer_id].owner_id for one in merged if one.archived_before is None)
    survivor = rows[merge.survivor_id]
    counts = int(survivor.archived_at is None)
    more[survivor.owner_id] -= counts
    left = Left()
    _return_rows(merge, left)
    _return_files(merge, rows, left)
    _return_values(merge, survivor, left, actor)
    more[survivor.owner_id] += counts
    refuse_beyond(places, more)
    _return_customers(merged)
    merge.undone_at, merge.undone_by, merge.left = timezone.now(), actor, left.to_json()
    merge.save(update_fields=["undone_at", "undone_by", "left"])
    timeline.record_all(list(rows), UNMERGED, actor=actor, subject_id=merge.pk)
    refresh_search(list(rows))
    customers_changed.send(Customer, ids=list(rows))
    customer_unmerged.send(Customer, survivor=merge.survivor_id, merged=keys[1:])
    return left


def _owners(merge: Merge, keys: list[uuid.UUID]) -> set[uuid.UUID]:
    """Whose the customers are, and whose the survivor was."""
    owners = set(Customer.objects.filter(pk__in=keys).values_list("owner_id", flat=True))
    for columns in json.loads(merge.replaced or "{}").values():
        if columns.get("owner_id") and columns["owner_id"][0]:
            owners.add(uuid.UUID(columns["owner_id"][0]))
    return owners - {None}


def _refuse_if_merged_again(merge: Merge) -> None:
    later = Merge.objects.filter(survivor=merge.survivor_id, undone_at=None, at__gt=merge.at)
    into = MergedCustomer.objects.filter(customer=merge.survivor_id, active=True)
    if later.exists() or into.exists():
        raise NotUndoable(_("The customer has been merged again since. Undo the later merge first."))


def _return_rows(merge: Merge, left: Left) -> None:
    """Persons first; then what may only go where its person is."""
    keys = sorted(moving_keys(), key=lambda key: key.rule is not None and bool(key.rule.person))
    homes: dict[Any, Any] = {}
    for key in keys:
        going, person_of = [], {}
        for pk, gone, here, changed, *person in _state(merge, key):
            person_of[pk] = person[0] if person else None
            stays = person_of[pk] is not None and person_of[pk] not in homes
            if gone or not here or stays:
                left.gone += 1
                continue
            left.changed += changed
            going.append(pk)
        if key.model._meta.label_lower == "customers.contactperson":
            homes = dict(MovedRow.objects.filter(pk__in=going).values_list("row_key", "pk"))
        _restore_before(key, going)
        _run(_BACK, merge, key, rows=going)
        if key.rule is not None and key.rule.person and homes:
            _run(_WITH_PERSON, merge, key, rows=list(homes.values()))


def _state(merge: Merge, key: CustomerKey) -> list[tuple]:
    return _run(_STATE, merge, key)


def _restore_before(key: CustomerKey, going: list[Any]) -> None:
    if key.model is ContactPoint:
        primary = MovedRow.objects.filter(pk__in=going, before__is_primary=True)
        rows = ContactPoint.objects.filter(pk__in=list(primary.values_list("row_key", flat=True)))
        rows.update(is_primary=True)


def _run(statement: str, merge: Merge, key: CustomerKey, **more: Any) -> list[tuple]:
    """The names in the statement come from the registry of models, never from a person."""
    options = key.model._meta
    person = key.rule.person if key.rule else ""
    column = options.get_field(person).column if person else ""
    shown = f", r.{column}" if person and statement is _STATE else column
    sql = statement.format(table=options.db_table, column=key.field.column, person=shown)
    values = {
        "organization": current_organization_id(),
        "merge": merge.pk,
        "target": merge.survivor_id,
        "model": options.label_lower,
        "field": key.field.name,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def _return_files(merge: Merge, rows: dict[Any, Customer], left: Left) -> None:
    files = apps.get_model("workspace", "Attachment").objects
    survivor = rows[merge.survivor_id]
    for moved in MovedRow.objects.filter(merge=merge, model=FILES):
        here = files.filter(pk=moved.row_key, folder=survivor.folder_id)
        if not here.update(folder=rows[moved.customer_id].folder_id):
            left.gone += 1


def _return_values(merge: Merge, survivor: Customer, left: Left, actor: Membership | None) -> None:
    """Every value that is still what the merge made it; of those that are not, the edit stays and is reported."""
    replaced = json.loads(merge.replaced or "{}")
    [side] = sides_of([survivor])
    for key, columns in replaced.items():
        choice = BY_KEY.get(key)
        row: Any = side.needs if choice and choice.on_needs else survivor
        if choice is None or any(
            getattr(row, column) != from_json(choice, column, after)
            for column, (_old, after) in columns.items()
        ):
            left.fields.append(key)
            continue
        for column, (before, _new) in columns.items():
            setattr(row, column, from_json(choice, column, before))
    store(survivor, side.needs, replaced, actor=actor, kind=OwnershipKind.UNDONE)


def _return_customers(merged: list[MergedCustomer]) -> None:
    for one in merged:
        Customer.objects.filter(pk=one.customer_id).update(
            archived_at=one.archived_before, version=F("version") + 1, updated_at=timezone.now()
        )
        one.active = False
        one.save(update_fields=["active"])
