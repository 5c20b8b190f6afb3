"""What the today page says of contacts. Each block asks the database at most twice."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from customers.queries.timeline import count_of
from interactions.dates import monday, start_of_day
from interactions.enums import ContactKind
from interactions.models import Interaction, Plan
from interactions.queries.owed import MOST_COUNTED, capped_count, compliance, owed_rows
from tenancy.access import Viewer

PLANS_SHOWN = 12
OWED_SHOWN = 6


def plans_block(viewer: Viewer) -> Mapping[str, Any]:
    """One's own plans up to today, the most overdue first."""
    today = timezone.localdate()
    rows = (
        Plan.objects.open()
        .visible_to(viewer, "interactions.view_plan")
        .filter(owner=viewer.membership, due_on__lte=today, customer__archived_at=None)
    )
    shown = list(rows.select_related("customer").in_order()[: PLANS_SHOWN + 1])
    total = len(shown) if len(shown) <= PLANS_SHOWN else capped_count(rows)
    return {"plans": shown[:PLANS_SHOWN], "total": total, "today": today}


def owed_block(viewer: Viewer) -> Mapping[str, Any]:
    """Customers within reach that are owed a contact: a rep's own, a manager's department."""
    rows = owed_rows(viewer)
    counted = rows.annotate(total=count_of(rows, MOST_COUNTED)).select_related("customer", "owner")
    shown = list(counted.order_by("due_on", "customer")[:OWED_SHOWN])
    total = shown[0].total if shown else 0
    return {
        "rows": shown,
        "total": min(total, MOST_COUNTED),
        "more": total > MOST_COUNTED,
        "today": timezone.localdate(),
        "several": any(row.owner_id != viewer.membership.pk for row in shown),
    }


def summary_block(viewer: Viewer) -> Mapping[str, Any]:
    """One's own week so far, and how well the policy is kept within reach."""
    since = monday()
    week = Interaction.objects.active().filter(by=viewer.membership, at__gte=start_of_day(since))
    counts = week.aggregate(contacts=Count("id"), visits=Count("id", filter=Q(kind=ContactKind.VISIT)))
    return {**counts, "since": since, "by": viewer.membership.pk, "kept": compliance(viewer)}
