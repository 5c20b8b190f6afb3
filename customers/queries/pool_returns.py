"""Who is neglected by the rules of the pools, whose return is announced, and what a night would do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from customers.enums import OwnershipKind
from customers.models import Customer, OwnershipChange, Pool, PoolKeep, PoolRule, PoolWarning
from customers.pools import return_rules
from customers.queries.field_policy import if_collected
from customers.queries.keyset import Order
from customers.queries.pools import Terms, coming_into
from customers.rights import VIEW
from tenancy.access import Viewer
from tenancy.counting import COUNTED_FAR, capped_count

WARNED = timedelta(days=3)
"""An owner hears of a return so long before it."""
IN_ORDER = Order(("due_on", "customer_id"))
SAMPLE = 10


def neglected(place: int, terms: Sequence[Terms], rule: PoolRule, now: datetime) -> QuerySet[Customer]:
    """Customers of the pool at `place` that meet its `rule`, or will within the time of warning: owned, not exempt, not
    kept, and for as long with the same owner."""
    pool, before = terms[place].pool, before_of(rule, now)
    kept = PoolKeep.objects.filter(
        customer=OuterRef("pk"), owner=OuterRef("owner"), until__gte=local_day(now)
    )
    # Put back and taken back at once is no new beginning.
    taken_over = OwnershipChange.objects.filter(
        customer=OuterRef("pk"), at__gte=before, to_owner__isnull=False
    ).exclude(kind=OwnershipKind.UNDONE)
    rows = Customer.objects.filter(
        Q(owner__isnull=False, archived_at=None, invalid_reason="", created_at__lt=before),
        return_rules[rule.rule].neglected(before),
        ~Exists(kept),
        ~Exists(taken_over),
    )
    if pool.exempt_tiers:
        rows = rows.exclude(tier__in=pool.exempt_tiers)
    return coming_into(rows, place, terms)


def before_of(rule: PoolRule, now: datetime) -> datetime:
    """Whoever was left alone since before this moment will have been for the days of the rule when the warning ends."""
    return now - timedelta(days=rule.days) + WARNED


def rules_in_force(terms: Sequence[Terms]) -> list[tuple[int, PoolRule]]:
    """The place of each pool with each of its rules that an installed floor can answer."""
    return [
        (place, rule) for place, one in enumerate(terms) for rule in one.rules if rule.rule in return_rules
    ]


def unowned(place: int, terms: Sequence[Terms]) -> QuerySet[Customer]:
    """Customers that nobody owns and that wait nowhere, as far as the pool at `place` takes them."""
    rows = Customer.objects.filter(owner=None, health__unowned=True)
    return coming_into(rows, place, terms) if terms[place].pool.takes_unowned else rows.none()


def announced(viewer: Viewer) -> QuerySet[PoolWarning]:
    """Customers within reach whose return is announced and which nothing has saved since."""
    return still_neglected(PoolWarning.objects.visible_to(viewer, VIEW))


def still_neglected(rows: QuerySet[PoolWarning]) -> QuerySet[PoolWarning]:
    """Those of the warnings after which nothing has happened: a contact or an order that comes in meanwhile cancels one at
    once."""
    asked = Q(pk__in=[])
    for rule in return_rules:
        asked |= Q(rule=rule.key) & rule.neglected(F("before"), "customer__")
    return rows.filter(asked)


def returns_on() -> Subquery:
    """In a query of customers: the day on which each returns to a pool as announced; nothing where something has happened
    since."""
    warning = PoolWarning.objects.filter(customer=OuterRef("pk"))
    return Subquery(still_neglected(warning).order_by().values("due_on")[:1])


def returning(rows: QuerySet[Customer], **on: date) -> QuerySet[Customer]:
    """Those of `rows` whose announced return lies in a range of days: `gte`, `lte`."""
    due = PoolWarning.objects.filter(**{f"due_on__{lookup}": day for lookup, day in on.items()})
    return rows.filter(pk__in=still_neglected(due).order_by().values("customer"))


def local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


@dataclass
class Night:
    """What a night would do for one pool. Numbers stop at COUNTED_FAR + 1, which stands for more."""

    pool: Pool
    returning: int = 0
    warned: int = 0
    coming: int = 0
    samples: dict[str, list[Customer]] = field(default_factory=dict)


def preview(pool: Pool, terms: Sequence[Terms], now: datetime) -> Night:
    """What would happen to the pool at `now`: who returns, who is warned, who comes in because nobody owns them."""
    night = Night(pool)
    place = next(number for number, one in enumerate(terms) if one.pool.pk == pool.pk)
    due = PoolWarning.objects.filter(pool=pool, due_on__lte=local_day(now))
    warned = Exists(PoolWarning.objects.filter(customer=OuterRef("pk")))
    asked = [neglected(place, terms, rule, now) for at, rule in rules_in_force(terms) if at == place]
    returning = Customer.objects.filter(pk__in=still_neglected(due).values("customer"))
    fresh = _any_of(rows.filter(~warned) for rows in asked)
    for name, rows in (("returning", returning), ("warned", fresh), ("coming", unowned(place, terms))):
        count = capped_count(rows, COUNTED_FAR)
        setattr(night, name, count)
        # Found first, then sorted: in the order of their keys everybody's would be tried, one by one.
        found = Customer.objects.filter(pk__in=rows.order_by().values("pk")[: COUNTED_FAR + 1])
        sample = found.select_related("owner").annotate(place=if_collected("city")).order_by("pk")[:SAMPLE]
        night.samples[name] = list(sample) if count else []
    return night


def _any_of(found: Iterable[QuerySet[Customer]]) -> QuerySet[Customer]:
    parts = [rows.order_by().values("pk") for rows in found]
    asked = Q(pk__in=[])
    for part in parts:
        asked |= Q(pk__in=part)
    return Customer.objects.filter(asked)
