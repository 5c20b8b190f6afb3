"""Every night: owners are warned, what was announced returns to its pool, and what nobody owns comes in.

A night that was missed is caught up with by the next: a return is announced three days before, whenever that was. Run
twice it changes and sends nothing more. Each batch is a transaction of its own.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone

from customers.actions.pool import put_into_pool
from customers.enums import PoolReason
from customers.models import Customer, PoolEntry, PoolRule, PoolWarning
from customers.queries.pool_returns import (
    WARNED,
    before_of,
    local_day,
    neglected,
    rules_in_force,
    unowned,
)
from customers.queries.pools import Terms, all_terms
from tenancy.context import organization_context
from tenancy.models import Membership
from workspace.actions.notification import notify

BATCH = 500
WARNING, RETURNED, TEAM_RETURNED = (
    "customers.pool_warning", "customers.pool_returned", "customers.pool_returned_team",
)  # fmt: skip


class Place(NamedTuple):
    """How far a step has come: in which rule or pool, behind which customer. Nobody is looked at twice a night."""

    part: int = 0
    key: uuid.UUID = uuid.UUID(int=0)


START = Place()


def run_pools(organization_id: int) -> None:
    """The night's work for one organisation."""
    with organization_context(organization_id):
        now = timezone.now()
        if not all_terms():
            return
        call_off(now)
    for step in (return_due, warn, take_unowned):
        after: Place | None = START
        while after is not None:
            with organization_context(organization_id):
                after = step(now, after)
    with organization_context(organization_id):
        tell_owners(now)


def call_off(now: datetime) -> int:
    """Announced returns whose reason holds no longer: a contact, a keep, another rule, another pool."""
    terms = all_terms()
    holds = Q(pk__in=[])
    for place, rule in rules_in_force(terms):
        rows = neglected(place, terms, rule, now).filter(pk=OuterRef("customer"))
        holds |= Q(Exists(rows), pool=terms[place].pool, rule=rule.rule)
    return PoolWarning.objects.exclude(holds).delete()[0]


def return_due(now: datetime, after: Place = START) -> Place | None:
    """One batch of those whose day has come: none of it is there any more for the next."""
    rows = PoolWarning.objects.filter(due_on__lte=local_day(now)).order_by("due_on", "customer_id")
    found = list(rows.values_list("customer_id", "pool_id", "rule")[:BATCH])
    terms = all_terms()
    by_rule = {(terms[place].pool.pk, rule.rule): (place, rule) for place, rule in rules_in_force(terms)}
    groups: dict[tuple[uuid.UUID, str], list[uuid.UUID]] = defaultdict(list)
    for customer, pool, rule in found:
        groups[pool, rule].append(customer)
    keys = [customer for customer, _pool, _rule in found]
    list(Customer.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    for group, customers in groups.items():
        if group in by_rule:
            _return(customers, terms, *by_rule[group], now)
    PoolWarning.objects.filter(customer__in=keys).delete()
    return after if found else None


def _return(
    customers: Sequence[uuid.UUID], terms: Sequence[Terms], place: int, rule: PoolRule, now: datetime
) -> None:
    still = neglected(place, terms, rule, now).filter(pk__in=customers).order_by("pk")
    put_into_pool(still.values_list("pk", flat=True), terms[place].pool, actor=None, rule=rule)


def warn(now: datetime, after: Place = START) -> Place | None:
    """One batch of returns announced, of one rule of one pool. Answers from where to go on, None at the end."""
    terms = all_terms()
    rules = rules_in_force(terms)
    if after.part >= len(rules):
        return None
    place, rule = rules[after.part]
    rows = neglected(place, terms, rule, now).filter(pk__gt=after.key).order_by("pk")
    found = list(rows.values_list("pk", "owner_id")[:BATCH])
    PoolWarning.objects.bulk_create(
        [
            PoolWarning(
                customer_id=customer,
                owner_id=owner,
                pool=terms[place].pool,
                rule=rule.rule,
                before=before_of(rule, now),
                due_on=local_day(now) + WARNED,
                warned_at=now,
            )
            for customer, owner in found
        ],
        ignore_conflicts=True,
    )
    return _beyond(after, [customer for customer, _owner in found])


def take_unowned(now: datetime, after: Place = START) -> Place | None:
    """One batch of customers that nobody owns comes into one pool. Answers from where to go on, None at the end."""
    terms = all_terms()
    if after.part >= len(terms):
        return None
    rows = unowned(after.part, terms).filter(pk__gt=after.key).order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:BATCH])
    put_into_pool(keys, terms[after.part].pool, actor=None)
    return _beyond(after, keys)


def _beyond(after: Place, keys: Sequence[uuid.UUID]) -> Place:
    """Behind the last of `keys`; with the next part when there were none."""
    return Place(after.part, keys[-1]) if keys else Place(after.part + 1)


def tell_owners(now: datetime) -> None:
    """One note a day to each owner of what was announced to them tonight, one to each who has lost customers to a pool,
    and one to the head of their department."""
    day = local_day(now)
    warned = PoolWarning.objects.filter(due_on=day + WARNED, owner__ended_at=None).values_list("owner_id")
    for owner, n, due_on in warned.annotate(n=Count("pk"), first=Min("due_on")).order_by():
        notify(owner, WARNING, {"n": n, "day": due_on.isoformat()}, key=f"{WARNING}:{day}")
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = PoolEntry.objects.filter(reason=PoolReason.RULE, since__gte=midnight, from_owner__isnull=False)
    lost = dict(rows.values_list("from_owner_id").annotate(n=Count("pk")).order_by())
    heads: dict[uuid.UUID, int] = defaultdict(int)
    for member in Membership.objects.active().filter(pk__in=list(lost)).select_related("department"):
        notify(member, RETURNED, {"n": lost[member.pk]}, key=f"{RETURNED}:{day}")
        head = member.department.manager_id if member.department else None
        if head and head != member.pk:
            heads[head] += lost[member.pk]
    for head in Membership.objects.active().filter(pk__in=list(heads)):
        notify(head, TEAM_RETURNED, {"n": heads[head.pk]}, key=f"{TEAM_RETURNED}:{day}")
