"""Making one customer of several that are the same."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.actions.customer import StaleWrite, set_derived
from customers.actions.merge_rows import move_rows
from customers.actions.ownership import change_owners
from customers.actions.search import refresh_search
from customers.enums import OwnershipKind
from customers.mergeable import CHOICES, Side, chosen_values, default_of, sides_of, to_json
from customers.models import Customer, CustomerNeeds, Merge, MergedCustomer
from customers.signals import customer_merged, customers_changed
from tenancy.errors import Refused
from tenancy.models import Membership
from workspace.actions.notification import notify_all

MOST = 4
MERGED = "customer.merged"
NOTE = "customers.merged"


class Unmergeable(Refused):
    """One alone, too many, the same twice, an archived one, or one that has been merged already."""


@transaction.atomic
def merge_customers(
    survivor: Customer,
    losers: Sequence[Customer],
    *,
    actor: Membership | None,
    wanted: Mapping[str, str] | None = None,
    versions: Mapping[uuid.UUID, int] | None = None,
    id: uuid.UUID | None = None,
) -> Merge:
    """Let `survivor` take over what `losers` have. `wanted`: key of a `mergeable.Choice` → the key of the customer
    whose value is to stand (or BOTH); what it leaves out falls to the default.

    What follows: every row moves by its model's rule and is recorded; the losers are archived and lead to the survivor;
    search, figures and timelines follow; `customer_merged`; the owners are told, but for who does it.
    Raises Unmergeable, and StaleWrite when one of `versions` is no longer the stored one.
    """
    rows = _locked([survivor, *losers])
    survivor, losers = rows[0], rows[1:]
    if versions is not None and any(versions.get(row.pk) != row.version for row in rows):
        raise StaleWrite
    owners = {row.owner_id for row in rows if row.owner_id}
    merge = Merge(survivor=survivor, by=actor, at=timezone.now(), **({"id": id} if id else {}))
    merge.replaced = json.dumps(_take_values(survivor, sides_of(rows), wanted or {}, actor))
    merge.save(force_insert=True)
    MergedCustomer.objects.bulk_create(MergedCustomer(merge=merge, customer=one) for one in losers)
    merge.counts = move_rows(merge, survivor, losers)
    merge.save(update_fields=["counts"])
    Customer.objects.filter(pk__in=[one.pk for one in losers]).update(
        archived_at=merge.at, version=F("version") + 1, updated_at=merge.at
    )
    _tell(merge, survivor, losers, owners, actor)
    _follow(rows)
    customer_merged.send(Customer, survivor=survivor.pk, merged=[one.pk for one in losers])
    return merge


def _locked(customers: Sequence[Customer]) -> list[Customer]:
    keys = [one.pk for one in customers]
    if len(set(keys)) != len(keys):
        raise Unmergeable(_("A customer cannot be merged with itself."))
    if not 2 <= len(keys) <= MOST:
        raise Unmergeable(_("Choose two to four customers."))
    found = {row.pk: row for row in Customer.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    rows = [found[key] for key in keys if key in found]
    if len(rows) != len(keys):
        raise Unmergeable(_("One of these customers is there no longer."))
    if MergedCustomer.objects.filter(customer__in=keys, active=True).exists():
        raise Unmergeable(_("One of these customers has been merged already."))
    if any(row.archived_at for row in rows):
        raise Unmergeable(_("One of these customers is archived. Restore it first."))
    return rows


def _take_values(
    survivor: Customer, sides: list[Side], wanted: Mapping[str, str], actor: Membership | None
) -> dict[str, Any]:
    """Put the chosen values on the survivor; answers what was replaced: key → column → [before, after]."""
    replaced: dict[str, Any] = {}
    needs = sides[0].needs
    for choice in CHOICES:
        after = chosen_values(choice, sides, wanted.get(choice.key) or default_of(choice, sides))
        values = zip(choice.columns, sides[0].values(choice), after, strict=True)
        changed = {column: (old, new) for column, old, new in values if old != new}
        if changed:
            replaced[choice.key] = {column: list(map(to_json, pair)) for column, pair in changed.items()}
        for column, (_old, new) in changed.items():
            setattr(needs if choice.on_needs else survivor, column, new)
    store(survivor, needs, replaced, actor=actor)
    return replaced


def store(
    survivor: Customer,
    needs: CustomerNeeds,
    replaced: Mapping[str, Any],
    *,
    actor: Membership | None,
    kind: OwnershipKind = OwnershipKind.MERGED,
) -> None:
    """Save the survivor as its next version, and its needs where they changed. The story of the merge tells it all."""
    set_derived(survivor)
    change_owners(
        {survivor.pk: survivor.owner_id}, kind=kind, actor=actor, line=False, follow=False, over_cap=True
    )
    survivor.version += 1
    survivor.save(force_update=True)
    if any(choice.on_needs and choice.key in replaced for choice in CHOICES):
        if not needs._state.adding:
            needs.version += 1
        needs.save(force_insert=needs._state.adding)


def _tell(
    merge: Merge, survivor: Customer, losers: list[Customer], owners: set[uuid.UUID], actor: Membership | None
) -> None:
    names = [f"{one.name} ({one.code})" for one in losers]
    timeline.record(survivor.pk, MERGED, actor=actor, params={"names": names}, subject_id=merge.pk)
    timeline.record_all(
        [one.pk for one in losers],
        MERGED,
        actor=actor,
        params={"into": f"{survivor.name} ({survivor.code})"},
        subject_id=merge.pk,
    )
    told = owners - ({actor.pk} if actor else set())
    params = {"merge": str(merge.pk), "customer": str(survivor.pk), "n": len(losers) + 1}
    notify_all(sorted(told), NOTE, params, key=f"{NOTE}:{merge.pk}")


def _follow(rows: Sequence[Customer]) -> None:
    ids = [row.pk for row in rows]
    refresh_search(ids)
    customers_changed.send(Customer, ids=ids)
