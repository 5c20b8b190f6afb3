"""What the today page says of contacts. Each block asks the database once."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from interactions.dates import monday
from interactions.enums import ContactKind
from interactions.models import Interaction, Plan
from interactions.queries.owed import Kept, kept_as_json, owed_rows
from tenancy.access import Viewer
from tenancy.counting import MOST_COUNTED, count_of
from tenancy.days import start_of_day
from tenancy.models import Membership
from tenancy.related import with_related

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
    counted = rows.in_order().annotate(total=count_of(rows))
    shown = list(with_related(counted, customer=["name"])[:PLANS_SHOWN])
    return {"plans": shown, "total": shown[0].total if shown else 0, "today": today}


def owed_block(viewer: Viewer) -> Mapping[str, Any]:
    """Customers within reach that are owed a contact: a rep's own, a manager's department."""
    rows = owed_rows(viewer)
    counted = with_related(rows.annotate(total=count_of(rows)), customer=["name", "tier"], owner=["name"])
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
    since, me = monday(), viewer.membership
    week = (
        Interaction.objects.active()
        .filter(by=me, at__gte=start_of_day(since))
        .order_by()
        .values("by")
        .values_list(JSONObject(contacts=Count("id"), visits=Count("id", filter=Q(kind=ContactKind.VISIT))))
    )
    figures = Membership.objects.filter(pk=me.pk).values_list(Subquery(week), Subquery(kept_as_json(viewer)))
    counts, kept = figures.get()
    return {
        **(counts or {"contacts": 0, "visits": 0}),
        "since": since,
        "by": me.pk,
        "kept": Kept(**kept) if kept else None,
    }
