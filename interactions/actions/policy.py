"""The contact policy: changed by people, counted every night."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.actions.anew import all_customers_anew
from interactions.actions.rollup import refresh
from interactions.models import ContactCompliance, ContactPolicy
from interactions.models.rollup import NONE
from tenancy.context import current_organization, current_organization_id, organization_context
from workspace.actions.notification import notify
from workspace.models import Job
from workspace.progress import Progress

BATCH = 5000
REBUILD = "interactions.rebuild"
OWED = "interactions.owed"

_BECAME_OWED = """
UPDATE interactions_customercontact SET owed = true
WHERE organization_id = %(organization)s AND customer_id IN (
    SELECT customer_id FROM interactions_customercontact
    WHERE organization_id = %(organization)s AND NOT owed AND due_on < %(today)s LIMIT %(batch)s FOR UPDATE)"""

_NO_LONGER_OWED = """
UPDATE interactions_customercontact SET owed = false
WHERE organization_id = %(organization)s AND customer_id IN (
    SELECT customer_id FROM interactions_customercontact
    WHERE organization_id = %(organization)s AND owed AND due_on >= %(today)s LIMIT %(batch)s FOR UPDATE)"""

_COUNT = """
INSERT INTO interactions_contactcompliance (organization_id, id, owner_id, day, customers, owed)
SELECT organization_id, gen_random_uuid(), owner_id, %(today)s, count(*), count(*) FILTER (WHERE owed)
FROM interactions_customercontact
WHERE organization_id = %(organization)s AND owner_id IS NOT NULL AND due_on < %(none)s
GROUP BY organization_id, owner_id
ON CONFLICT (organization_id, day, owner_id) DO UPDATE SET customers = EXCLUDED.customers, owed = EXCLUDED.owed"""


def contact_policy() -> ContactPolicy:
    """The organisation's policy, made with the defaults when it is asked for first."""
    return ContactPolicy.objects.get_or_create(organization=current_organization())[0]


def rebuild_contacts(job: Job, progress: Progress) -> Mapping[str, Any]:
    """Compute the figures of every customer anew, batch by batch."""
    return all_customers_anew(
        progress, refresh, at_once=BATCH, end=lambda: count_compliance(timezone.localdate())
    )


def count_owed(organization_id: int) -> None:
    """Every night: who is owed a contact now, how well each owner keeps the policy, and a note to those concerned.

    Run twice on a day it changes and sends nothing more; a missed night needs no second run, since it counts by
    the date of today.
    """
    for statement in (_BECAME_OWED, _NO_LONGER_OWED):
        while True:
            with organization_context(organization_id):
                if _run(statement, timezone.localdate()) < BATCH:
                    break
    with organization_context(organization_id):
        today = timezone.localdate()
        count_compliance(today)
        tell_owners(today)


def count_compliance(today: date) -> None:
    """Today's line for every owner of customers."""
    ContactCompliance.objects.filter(day=today).delete()
    _run(_COUNT, today)


def tell_owners(today: date) -> None:
    """One notification for each owner who owes contacts; at most one a day."""
    rows = ContactCompliance.objects.filter(day=today, owed__gt=0, owner__ended_at=None)
    for owner, owed in rows.values_list("owner_id", "owed"):
        notify(owner, OWED, {"n": owed}, key=f"{OWED}:{today.isoformat()}")


def _run(statement: str, today: date) -> int:
    values: dict[str, Any] = {
        "organization": current_organization_id(),
        "today": today,
        "batch": BATCH,
        "none": NONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
