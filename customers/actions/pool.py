"""Customers go into a public pool, and pools themselves are set up."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import timeline
from customers.actions.bulk_changes import give_back
from customers.actions.health import refresh_health
from customers.actions.ownership import change_owner
from customers.bulk import Before
from customers.enums import OwnershipKind, PoolReason, PoolUse
from customers.models import (
    BulkRun,
    Customer,
    Pool,
    PoolDepartment,
    PoolEntry,
    PoolRole,
    PoolRule,
    PoolWarning,
    TimelineEntry,
)
from tenancy.access import Viewer
from tenancy.context import current_organization_id
from tenancy.errors import Refused
from tenancy.models import Department, Membership, Role

MOST = 20
POOLED, CLAIMED = "customer.pooled", "customer.claimed"
CHANGE = "customers.pool_customer"

# In one statement, since every change of a customer pays for it.
_FOLLOW = """
WITH c AS (SELECT id, owner_id, archived_at IS NOT NULL OR invalid_reason <> '' AS gone FROM customers_customer
        WHERE organization_id = %(organization)s AND id = ANY(%(ids)s)),
    left_pool AS (DELETE FROM customers_poolentry e USING c
        WHERE e.organization_id = %(organization)s AND e.customer_id = c.id AND c.owner_id IS NOT NULL),
    hidden AS (UPDATE customers_poolentry e SET archived = c.gone FROM c
        WHERE e.organization_id = %(organization)s AND e.customer_id = c.id AND c.owner_id IS NULL
            AND e.archived <> c.gone),
    warned AS (DELETE FROM customers_poolwarning w USING c
        WHERE w.organization_id = %(organization)s AND w.customer_id = c.id
            AND (c.owner_id IS DISTINCT FROM w.owner_id OR c.gone)),
    kept AS (DELETE FROM customers_poolkeep k USING c
        WHERE k.organization_id = %(organization)s AND k.customer_id = c.id AND c.owner_id IS DISTINCT FROM k.owner_id)
UPDATE customers_poolclaim p SET held = false FROM c
WHERE p.organization_id = %(organization)s AND p.customer_id = c.id AND p.held AND c.owner_id IS DISTINCT FROM p.by_id"""


def follow_customers(ids: Iterable[uuid.UUID]) -> None:
    """Customers have another owner, were archived or marked as invalid, in whatever way: they leave their pool or wait
    unseen, their announced return is off, nobody keeps them any more, and who claimed them holds them no longer."""
    keys = list(ids)
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_FOLLOW, {"organization": current_organization_id(), "ids": keys})


@transaction.atomic
def put_into_pool(
    ids: Iterable[uuid.UUID],
    pool: Pool,
    *,
    actor: Membership | None,
    rule: PoolRule | None = None,
    note: str = "",
    batch: uuid.UUID | None = None,
) -> dict[uuid.UUID, uuid.UUID | None]:
    """Take the owner from these customers and let them wait in `pool`; one that waits elsewhere moves. Archived
    and invalid ones stay as they are. Answers whom each belonged to.

    `rule`: the return rule that was met. Afterwards: a line on the timeline, `customers_changed`.
    """
    rows = Customer.objects.select_for_update().filter(pk__in=list(ids), archived_at=None, invalid_reason="")
    rows = rows.order_by("pk")
    owners: dict[uuid.UUID, uuid.UUID | None] = dict(rows.values_list("pk", "owner_id"))
    waiting = PoolEntry.objects.filter(customer__in=list(owners), pool=pool)
    for key in waiting.values_list("customer_id", flat=True):
        del owners[key]
    elsewhere = {entry.customer_id: entry for entry in PoolEntry.objects.filter(customer__in=list(owners))}
    PoolEntry.objects.filter(pk__in=[entry.pk for entry in elsewhere.values()]).delete()
    now, named = timezone.now(), rule.rule if rule else ""
    entries = [
        PoolEntry(
            customer_id=key, pool=pool, reason=_reason(owner, actor, rule), rule=named, note=note,
            since=elsewhere[key].since if key in elsewhere else now,
            from_owner_id=elsewhere[key].from_owner_id if key in elsewhere else owner,
        )
        for key, owner in owners.items()
    ]  # fmt: skip
    PoolEntry.objects.bulk_create(entries)
    # After the entries: whoever follows finds the customers where they wait.
    change_owner(
        owners, None, kind=OwnershipKind.POOLED, actor=actor, reason=note[:300], part_of=batch, line=False
    )
    refresh_health(key for key, owner in owners.items() if owner is None)
    _tell_story(entries, pool, actor, rule, batch)
    return owners


def _reason(owner: uuid.UUID | None, actor: Membership | None, rule: PoolRule | None) -> str:
    if rule:
        return PoolReason.RULE
    if owner is None and actor is None:
        return PoolReason.UNOWNED
    return PoolReason.PUT_BACK if actor and owner == actor.pk else PoolReason.MOVED


def _tell_story(
    entries: Iterable[PoolEntry],
    pool: Pool,
    actor: Membership | None,
    rule: PoolRule | None,
    batch: uuid.UUID | None,
) -> None:
    by_reason = defaultdict(list)
    for entry in entries:
        by_reason[entry.reason, entry.note].append(entry.customer_id)
    days = {"rule": rule.rule, "days": rule.days} if rule else {}
    for (reason, note), keys in by_reason.items():
        params = {"pool": pool.labels, "reason": str(reason), **days}
        timeline.record_all(keys, POOLED, actor=actor, params=params, text=note, subject_id=batch)


def apply_pool(ids: Collection[uuid.UUID], run: BulkRun) -> Before:
    """The bulk change: `params` name the pool, the note says why."""
    pool = Pool.objects.active().filter(pk=run.params["pool"]).first()
    if pool is None:
        return {}
    elsewhere = dict(PoolEntry.objects.filter(customer__in=list(ids)).values_list("customer_id", "pool_id"))
    owners = put_into_pool(ids, pool, actor=run.actor, note=run.note, batch=run.pk)
    return {
        key: {"owner": str(owner or ""), "pool": str(elsewhere.get(key, ""))} for key, owner in owners.items()
    }


def undo_pool(before: Before, run: BulkRun, viewer: Viewer) -> int:
    """Back to whom they belonged to, or to where they waited, as far as they still wait where the run put them."""
    reach = viewer.reach(CHANGE)
    groups: dict[tuple[str, str], list[uuid.UUID]] = defaultdict(list)
    for key, values in before.items():
        owner = uuid.UUID(values["owner"]) if values["owner"] else None
        if reach is not None and reach.covers(owner):
            groups[values["owner"], values["pool"]].append(key)
    waiting = PoolEntry.objects.filter(pool=run.params["pool"])
    returned = 0
    for (owner_key, pool), keys in groups.items():
        rows = waiting.filter(customer__in=keys).select_for_update().order_by("customer_id")
        found = [entry for entry in rows if owner_key in ("", str(entry.from_owner_id))]
        returned += _back(found, owner_key, pool, run, viewer)
    return returned


def _back(entries: list[PoolEntry], owner: str, pool: str, run: BulkRun, viewer: Viewer) -> int:
    keys = [entry.customer_id for entry in entries]
    if owner:
        if not Membership.objects.active().filter(pk=owner).exists():
            return 0
        keys = give_back(Customer.objects.filter(pk__in=keys), uuid.UUID(owner), run, viewer)
    elif Pool.objects.active().filter(pk=pool or None).exists():
        PoolEntry.objects.filter(customer__in=keys).update(pool=pool)
    else:
        PoolEntry.objects.filter(customer__in=keys).delete()
        refresh_health(keys)
    TimelineEntry.objects.filter(customer__in=keys, subject_id=run.pk).delete()
    return len(keys)


@transaction.atomic
def save_pool(
    pool: Pool,
    *,
    rules: Mapping[str, int],
    claims: Iterable[Department],
    comes: Iterable[Department],
    roles: Iterable[Role],
) -> Pool:
    """Set up a pool, or change one (its version is the next one already). `rules`: key of a return rule → days.

    Returns that were announced by what no longer holds are called off tonight. Raises Refused above MOST pools.
    """
    adding = pool._state.adding
    if adding:
        _refuse_too_many()
        pool.position = (Pool.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    pool.save(force_insert=adding)
    _keep_rows(PoolRule, pool, [{"rule": rule, "days": days} for rule, days in rules.items()])
    departments = [(PoolUse.CLAIMS, one) for one in claims] + [(PoolUse.COMES, one) for one in comes]
    _keep_rows(PoolDepartment, pool, [{"use": str(use), "department_id": one.pk} for use, one in departments])
    _keep_rows(PoolRole, pool, [{"role_id": one.pk} for one in roles])
    return pool


def _refuse_too_many() -> None:
    if Pool.objects.active().count() >= MOST:
        raise Refused(_("An organisation can have %(most)s pools: archive one first.") % {"most": MOST})


def _keep_rows(model: Any, pool: Pool, wanted: list[dict[str, Any]]) -> None:
    """Let the pool have exactly these rows; those that it has stay."""
    left = list(wanted)
    for row in model.objects.filter(pool=pool):
        same = next(
            (one for one in left if all(getattr(row, name) == value for name, value in one.items())), None
        )
        if same is None:
            row.delete()
        else:
            left.remove(same)
    for one in left:
        model.objects.create(pool=pool, **one)


@transaction.atomic
def archive_pool(pool: Pool) -> None:
    """Take a pool out of use. Raises Refused while customers wait in it."""
    Pool.objects.select_for_update().get(pk=pool.pk)
    if PoolEntry.objects.filter(pool=pool, archived=False).exists():
        raise Refused(_("Customers wait in this pool. Move them to another one or assign them first."))
    # Archived customers wait nowhere then; restored, they are customers that nobody owns.
    PoolEntry.objects.filter(pool=pool).delete()
    PoolWarning.objects.filter(pool=pool).delete()
    Pool.objects.filter(pk=pool.pk, archived_at=None).update(archived_at=timezone.now())


@transaction.atomic
def restore_pool(pool: Pool) -> None:
    """Bring it back into use. Raises Refused above MOST pools."""
    _refuse_too_many()
    Pool.objects.filter(pk=pool.pk).update(archived_at=None)


@transaction.atomic
def move_pool(pool: Pool, *, up: bool) -> None:
    """Exchange places with the neighbour: the first pool that takes a customer gets it."""
    pools = list(Pool.objects.select_for_update().filter(archived_at=None).order_by("position", "id"))
    place = next((number for number, one in enumerate(pools) if one.pk == pool.pk), None)
    if place is None:
        return
    other = place - 1 if up else place + 1
    if 0 <= other < len(pools):
        pools[place], pools[other] = pools[other], pools[place]
        for number, one in enumerate(pools, start=1):
            if one.position != number:
                Pool.objects.filter(pk=one.pk).update(position=number)
