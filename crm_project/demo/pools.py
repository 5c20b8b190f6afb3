"""Public pools of the demo organisations: two each, some customers waiting, a few about to return."""

from datetime import datetime, timedelta

from django.utils import timezone

from customers.actions.pool import POOLED, put_into_pool, save_pool
from customers.actions.pool_night import START, Place, warn
from customers.enums import Tier
from customers.models import Customer, OwnershipChange, Pool, PoolEntry, TimelineEntry
from customers.models.pool import FEWEST_DAYS
from interactions.models import CustomerContact
from tenancy.models import Membership

# Chinese and English name, tiers that come in, claims a day, and how many wait.
_POOLS = (
    ("重点客户公海", "Key accounts", [Tier.KEY], 2, 5),
    ("普通客户公海", "General pool", [], 10, 12),
)
_NEGLECTED = 3
"""So many of the key accounts of whoever signs in are about to return."""
_WHY = (
    ("联系人离职，暂时联系不上", "The contact person has left; nobody answers"),
    ("今年没有采购计划", "No budget this year"),
    ("区域调整，请就近同事跟进", "Territories have changed: somebody closer, please"),
    ("多次来访未果，换人试试", "Several visits without result: try a new face"),
)


def fill_pools(owners: list[Membership], *, chinese: bool) -> None:
    """Customers of the colleagues wait in each; those of the first owner, who signs in, are about to return."""
    now = timezone.now()
    for place, (zh, en, tiers, claims, waiting) in enumerate(_POOLS):
        rules = {"contact": _days_for(owners[0], now)} if tiers else {"contact": 700, "order": 900}
        pool = save_pool(
            Pool(label_zh=zh, label_en=en, tiers=tiers, claims_per_day=claims, most_held=50),
            rules=rules, claims=[], comes=[], roles=[],
        )  # fmt: skip
        rows = Customer.objects.filter(owner__in=owners[1:], **({"tier__in": tiers} if tiers else {}))
        chosen = list(rows.order_by("code")[place * 7 : place * 7 + waiting * 5 : 5])
        for number, customer in enumerate(chosen):
            _let_wait(customer, pool, _WHY[number % len(_WHY)][not chinese], days_ago=1 + 3 * number)
    after: Place | None = START
    while after is not None:
        after = warn(now, after)


def _days_for(owner: Membership, now: datetime) -> int:
    """After how many days without a contact some of the owner's key accounts return, and most do not."""
    rows = CustomerContact.objects.filter(owner=owner, customer__tier=Tier.KEY).order_by("last_at")
    found = list(rows.values_list("last_at", flat=True)[:_NEGLECTED])
    return max(FEWEST_DAYS, min(700, (now - found[-1]).days + 2)) if found else 90


def _let_wait(customer: Customer, pool: Pool, why: str, *, days_ago: int) -> None:
    since, changed = timezone.now() - timedelta(days=days_ago), customer.updated_at
    put_into_pool([customer.pk], pool, actor=customer.owner, note=why)
    # It was some days ago, and the list keeps its order.
    PoolEntry.objects.filter(customer=customer).update(since=since)
    OwnershipChange.objects.filter(customer=customer).update(at=since)
    TimelineEntry.objects.filter(customer=customer, kind=POOLED).update(at=since)
    Customer.objects.filter(pk=customer.pk).update(updated_at=changed)
