"""What happens to the data quality figures of all customers: rebuilt by a job, brought to today every night."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.actions.anew import all_customers_anew
from customers.actions.health import refresh_health
from customers.actions.quality_policy import REBUILD
from customers.models import CustomerHealth, HealthCount
from tenancy.context import current_organization_id, organization_context
from workspace.actions.job import enqueue
from workspace.actions.notification import notify
from workspace.enums import JobStatus
from workspace.models import Job
from workspace.progress import Progress

BATCH = 2000
SOON = timedelta(days=30)
VERIFY = "customers.verify"

_WITHOUT = """
SELECT c.id FROM customers_customer c WHERE c.organization_id = %(organization)s AND NOT EXISTS (
    SELECT FROM customers_customerhealth h WHERE h.organization_id = c.organization_id AND h.customer_id = c.id)
LIMIT %(batch)s"""

_PROBLEMS = ("overdue", "unowned", "unreachable", "doubtful_name", "doubtful_phone", "found_wrong")
_COUNT = f"""
INSERT INTO customers_healthcount (organization_id, id, owner_id, day, customers, completeness, quality,
    scant, partial, good, "full", due_soon, {", ".join(_PROBLEMS)})
SELECT h.organization_id, gen_random_uuid(), h.owner_id, %(today)s, count(*), sum(h.completeness), sum(h.quality),
    count(*) FILTER (WHERE h.completeness < 40),
    count(*) FILTER (WHERE h.completeness >= 40 AND h.completeness < 60),
    count(*) FILTER (WHERE h.completeness >= 60 AND h.completeness < 80),
    count(*) FILTER (WHERE h.completeness >= 80),
    count(*) FILTER (WHERE h.due_on >= %(today)s AND h.due_on <= %(soon)s),
    {", ".join(f"count(*) FILTER (WHERE h.{one})" for one in _PROBLEMS)}
FROM customers_customerhealth h
JOIN customers_customer c ON c.organization_id = h.organization_id AND c.id = h.customer_id
WHERE h.organization_id = %(organization)s AND c.archived_at IS NULL
GROUP BY h.organization_id, h.owner_id"""  # noqa: S608 - made of constants


def rebuild_health(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Compute the figures of every customer anew, batch by batch."""
    return all_customers_anew(
        progress, refresh_health, at_once=BATCH, end=lambda: count_health(timezone.localdate())
    )


def follow_the_calendar(organization_id: int) -> None:
    """Every night: figures for customers that have none yet, whose verification has become overdue, and the count
    of the day; and all figures anew where a job that was to do so has failed or was stopped. Run twice on a day it
    changes and sends nothing more; it goes by the date of today."""
    while _some(organization_id, _without_figures):
        pass
    while _some(organization_id, _with_a_passed_day):
        pass
    with organization_context(organization_id):
        today = timezone.localdate()
        count_health(today)
        tell_owners(today)
        end_rebuild()


def count_health(today: date) -> None:
    """Today's line for every owner of customers, and one for those that nobody owns."""
    HealthCount.objects.filter(day=today).delete()
    _execute(_COUNT, today=today, soon=today + SOON)


def tell_owners(today: date) -> None:
    """One notification for each owner whose customers are due for verification; at most one a week."""
    rows = HealthCount.objects.filter(day=today, overdue__gt=0, owner__isnull=False, owner__ended_at=None)
    year, week, _day = today.isocalendar()
    for owner, overdue in rows.values_list("owner_id", "overdue"):
        notify(owner, VERIFY, {"n": overdue}, key=f"{VERIFY}:{year}-{week}")


def end_rebuild() -> Job | None:
    """Some figures follow what counted before, as long as the last job that was to bring all to date has not ended."""
    last = Job.objects.filter(kind=REBUILD).order_by("-pk").first()
    if last is None or last.status in (*JobStatus.ACTIVE, JobStatus.SUCCEEDED):
        return None
    return enqueue(REBUILD, {}, actor=None)


def _some(organization_id: int, find: Any) -> bool:
    with organization_context(organization_id):
        ids = find()
        refresh_health(ids)
        return len(ids) == BATCH


def _without_figures() -> list[uuid.UUID]:
    return [row[0] for row in _execute(_WITHOUT, batch=BATCH)]


def _with_a_passed_day() -> list[uuid.UUID]:
    rows = CustomerHealth.objects.filter(overdue=False, due_on__lt=timezone.localdate())
    return list(rows.values_list("customer_id", flat=True)[:BATCH])


def _execute(statement: str, **values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organization": current_organization_id(), **values})
        return cursor.fetchall() if cursor.description else []
