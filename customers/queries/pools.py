"""Which pools there are, whom each of them takes, who may claim from it, and what waits in it."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from customers.enums import PoolUse
from customers.models import Customer, Pool, PoolClaim, PoolDepartment, PoolEntry, PoolRole, PoolRule
from customers.queries.field_policy import uncollected
from customers.queries.keyset import Order
from customers.rights import ASSIGN, CLAIM, VIEW
from tenancy.access import Viewer
from tenancy.counting import MOST_COUNTED, count_of
from tenancy.enums import Scope
from tenancy.models import Department, MembershipRole

NEWEST = Order(("since", "pk"), descending=True)
FREE_UNDOS = 3
"""So many claims a day may be taken back without counting: otherwise a pool could be read by claiming and undoing."""


@dataclass(frozen=True)
class Terms:
    """A pool with everything it goes by. Departments include those below them."""

    pool: Pool
    rules: Sequence[PoolRule] = ()
    comes: frozenset[uuid.UUID] = frozenset()
    claims: frozenset[uuid.UUID] = frozenset()
    roles: frozenset[uuid.UUID] = frozenset()

    @property
    def accepts(self) -> Q:
        """The conditions on a customer; empty when there are none."""
        pool = self.pool
        asked = {"tier": pool.tiers, "source": pool.sources, "region": pool.regions}
        met = Q(**{f"{name}__in": values for name, values in asked.items() if values})
        return met & Q(owner__department__in=self.comes) if self.comes else met

    @property
    def is_open(self) -> bool:
        """Whether whoever holds the right may claim."""
        return not self.claims and not self.roles

    def admits(self, department: uuid.UUID | None, roles: Iterable[uuid.UUID]) -> bool:
        return self.is_open or department in self.claims or not self.roles.isdisjoint(roles)


def all_terms(pools: QuerySet[Pool] | None = None) -> list[Terms]:
    """The pools in use, in the order in which they take customers. One query, and one for departments where one counts."""
    own: Any = OuterRef("pk")
    rules = (
        PoolRule.objects.filter(pool=own)
        .order_by("rule")
        .values(of=JSONObject(id="id", rule="rule", days="days"))
    )
    parts = PoolDepartment.objects.filter(pool=own).values(
        of=JSONObject(use="use", department="department_id")
    )
    rows: QuerySet[Any] = (Pool.objects.active() if pools is None else pools).annotate(
        own_rules=ArraySubquery(rules),
        own_parts=ArraySubquery(parts.order_by()),
        own_roles=ArraySubquery(PoolRole.objects.filter(pool=own).order_by().values("role_id")),
    )
    found = list(rows.order_by("position", "id"))
    tree = _Tree() if any(pool.own_parts for pool in found) else None
    return [_terms_of(pool, tree) for pool in found]


def _terms_of(pool: Any, tree: "_Tree | None") -> Terms:
    departments: dict[str, set[uuid.UUID]] = defaultdict(set)
    for part in pool.own_parts:
        departments[part["use"]] |= tree.below(uuid.UUID(part["department"])) if tree else set()
    return Terms(
        pool,
        [PoolRule(pool=pool, **{**one, "id": uuid.UUID(one["id"])}) for one in pool.own_rules],
        frozenset(departments[PoolUse.COMES]),
        frozenset(departments[PoolUse.CLAIMS]),
        frozenset(pool.own_roles),
    )


class _Tree:
    """The departments, read once."""

    def __init__(self) -> None:
        self.children: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
        for key, parent in Department.objects.values_list("pk", "parent_id"):
            self.children[parent].append(key)

    def below(self, top: uuid.UUID) -> set[uuid.UUID]:
        """The department and all below it."""
        found, left = {top}, [top]
        while left:
            for child in self.children[left.pop()]:
                if child not in found:
                    found.add(child)
                    left.append(child)
        return found


def coming_into(rows: QuerySet[Customer], place: int, terms: Sequence[Terms]) -> QuerySet[Customer]:
    """Those of `rows` that belong to the pool at `place`: it takes them, and none before it does."""
    for earlier in terms[:place]:
        if not earlier.accepts:
            return rows.none()
        rows = rows.exclude(earlier.accepts)
    return rows.filter(terms[place].accepts)


def pool_of(customer: Customer, terms: Sequence[Terms]) -> Pool | None:
    """The pool that the customer belongs to, would it lose its owner now."""
    row = Customer.objects.filter(pk=customer.pk)
    return next((one.pool for one in terms if row.filter(one.accepts).exists()), None)


@dataclass
class PoolsOf:
    """The pools that a viewer sees, and those from which they may claim."""

    seen: list[Terms] = field(default_factory=list)
    claimable: set[uuid.UUID] = field(default_factory=set)
    uncollected: frozenset[str] = frozenset()
    """Keys of the fields of customers that the organisation does not collect: read along with the pools."""

    def find(self, key: uuid.UUID) -> Terms | None:
        return next((one for one in self.seen if one.pool.pk == key), None)


def pools_of(viewer: Viewer) -> PoolsOf:
    """Whoever may claim from a pool sees it; so does who sees all customers, and who gives customers to its claimers."""
    terms = all_terms(Pool.objects.active().annotate(uncollected=uncollected()))
    if not terms:
        return PoolsOf()
    found = PoolsOf(uncollected=frozenset(cast(Any, terms[0].pool).uncollected))
    member = viewer.membership
    roles = MembershipRole.objects.filter(membership=member).values_list("role_id", flat=True)
    held = set(roles) if any(one.roles for one in terms) else set()
    led = _led_by(viewer) if any(one.claims for one in terms) else ()
    sees_all = viewer.rights.get(VIEW) == Scope.ORGANIZATION
    for one in terms:
        admitted = one.admits(member.department_id, held)
        if admitted and viewer.can(CLAIM):
            found.claimable.add(one.pool.pk)
        if admitted or sees_all or not one.claims.isdisjoint(led):
            found.seen.append(one)
    return found


def _led_by(viewer: Viewer) -> Collection[uuid.UUID]:
    """The departments to whose members the viewer may assign customers."""
    scope, own = viewer.rights.get(ASSIGN), viewer.membership.department_id
    if scope is None or scope == Scope.OWN or own is None:
        return ()
    return {own} if scope == Scope.DEPARTMENT else _Tree().below(own)


def waiting_in(pool: Pool) -> QuerySet[PoolEntry]:
    """What is shown of the pool: archived customers wait unseen."""
    return PoolEntry.objects.filter(pool=pool, archived=False)


def counts_of(pools: Iterable[Pool]) -> dict[uuid.UUID, int]:
    """How many wait in each, at most one more than MOST_COUNTED: one statement."""
    waiting = PoolEntry.objects.filter(pool=OuterRef("pk"), archived=False)
    rows = Pool.objects.filter(pk__in=[pool.pk for pool in pools]).order_by()
    return dict(rows.annotate(waiting=count_of(waiting, MOST_COUNTED)).values_list("pk", "waiting"))


def claims_today(viewer: Viewer, pool: Pool) -> int:
    """How many the viewer has claimed from the pool since midnight, those taken back at once left out."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = PoolClaim.objects.filter(by=viewer.membership, pool=pool, assigned_by=None, at__gte=midnight)
    found = rows.aggregate(
        kept=Count("pk", filter=Q(undone_at=None)), undone=Count("pk", filter=~Q(undone_at=None))
    )
    return found["kept"] + max(0, found["undone"] - FREE_UNDOS)


def held_from(viewer: Viewer, pool: Pool) -> int:
    """How many of those that the viewer has claimed from the pool are still theirs."""
    return PoolClaim.objects.filter(by=viewer.membership, pool=pool, assigned_by=None, held=True).count()


def cools_off_until(entry: PoolEntry, pool: Pool) -> date | None:
    """The day from which its former owner may claim the customer again; None when they may today."""
    day = timezone.localdate(entry.since + timedelta(days=pool.cool_off_days))
    return day if pool.cool_off_days and day > timezone.localdate() else None
