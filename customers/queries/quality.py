"""How the data of the registry stands, as counted last night, within the reader's reach."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from customers.models import Customer, HealthCount
from customers.queries.among import reaches_few
from customers.queries.keyset import Order, Part
from customers.registry import Worklist, worklists
from customers.rights import VIEW
from tenancy.access import Viewer
from tenancy.models import Department, Membership

BY_KEY = Order(("pk",))
BANDS = ("scant", "partial", "good", "full")
PROBLEMS = ("overdue", "due_soon", "unowned", "unreachable", "doubtful_name", "doubtful_phone", "found_wrong")


@dataclass
class Standing:
    """Figures of one owner, one department or all. `figures`: band or problem → customers."""

    label: str = ""
    owner: Membership | None = None
    department: Department | None = None
    customers: int = 0
    completeness_sum: int = 0
    quality_sum: int = 0
    figures: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*BANDS, *PROBLEMS), 0))

    def add(self, row: HealthCount) -> None:
        self.customers += row.customers
        self.completeness_sum += row.completeness
        self.quality_sum += row.quality
        for name in self.figures:
            self.figures[name] += getattr(row, name)

    @property
    def completeness(self) -> int:
        return self.completeness_sum // self.customers if self.customers else 0

    @property
    def quality(self) -> int:
        return self.quality_sum // self.customers if self.customers else 0

    @property
    def verified_in_time(self) -> int:
        """Percent of customers whose verification is not overdue; rounded down, so that 100 means none is."""
        return (
            100 if not self.customers else (self.customers - self.figures["overdue"]) * 100 // self.customers
        )


@dataclass
class Report:
    day: date
    total: Standing
    owners: list[Standing]
    departments: list[Standing]


def report(viewer: Viewer) -> Report | None:
    """The latest count within reach; None before the first one. Two queries."""
    visible = HealthCount.objects.visible_to(viewer, VIEW)
    latest = HealthCount.objects.order_by("-day").values("day")[:1]
    rows = list(visible.filter(day=latest).select_related("owner__department"))
    if not rows:
        return None
    total = Standing()
    owners: dict[uuid.UUID | None, Standing] = {}
    departments: dict[uuid.UUID | None, Standing] = {}
    for row in rows:
        total.add(row)
        owner = row.owner
        department = owner.department if owner else None
        owners.setdefault(row.owner_id, Standing(owner=owner)).add(row)
        if department:
            departments.setdefault(department.pk, Standing(department=department)).add(row)
    return Report(rows[0].day, total, _worst_first(owners.values()), _worst_first(departments.values()))


def _worst_first(found: Iterable[Standing]) -> list[Standing]:
    return sorted(found, key=lambda one: (one.quality, -one.customers))


def lists_for(viewer: Viewer) -> list[Worklist]:
    return [one for one in worklists if viewer.can(one.permission) and viewer.can(VIEW)]


def rows_of(
    worklist: Worklist, viewer: Viewer, *, owner: uuid.UUID | None = None, department: uuid.UUID | None = None
) -> QuerySet[Customer]:
    """The customers within reach that the list names, of one owner or one department where asked."""
    rows: Any = worklist.narrow(Customer.objects.active().visible_to(viewer, VIEW))
    if worklist.permission != VIEW:
        rows = rows.visible_to(viewer, worklist.permission)
    if owner:
        rows = rows.filter(owner=owner)
    if department:
        rows = rows.filter(owner__in=Membership.objects.filter(department=department).values("pk"))
    return rows


def part_of(rows: QuerySet[Customer], viewer: Viewer) -> Part:
    """The rows of a worklist in their order. Whose reach is narrow has few: they are found, and counted, first."""
    few = reaches_few(viewer, VIEW, alone=False)
    return Part(rows, BY_KEY, are_few=few, counts=few)
