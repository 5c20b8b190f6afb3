"""The one-row-per-customer figures: one statement computes them, whoever asks, for however many customers."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from customers.enums import Tier
from interactions.models.policy import MONTHLY, QUARTERLY
from interactions.models.rollup import NEVER, NONE, TEXT_LENGTH
from tenancy.context import current_organization
from tenancy.db import arrays

_DAYS = f"""CASE c.tier
    WHEN '{Tier.KEY.value}' THEN coalesce(p.key_days, {MONTHLY})
    WHEN '{Tier.POTENTIAL.value}' THEN coalesce(p.potential_days, {QUARTERLY})
    ELSE coalesce(p.ordinary_days, {QUARTERLY}) END"""

_DUE_ON = """CASE WHEN c.archived_at IS NOT NULL OR c.days = 0 THEN %(none)s::date
    ELSE (coalesce({last}, c.created_at) AT TIME ZONE %(zone)s)::date + c.days END"""

_CUSTOMERS = f"""
    SELECT c.organization_id, c.id, c.owner_id, c.created_at, c.archived_at, {_DAYS} AS days
    FROM customers_customer c
    LEFT JOIN interactions_contactpolicy p ON p.organization_id = c.organization_id
    WHERE c.organization_id = %(organization)s AND c.id = ANY(%(ids)s::uuid[])"""  # noqa: S608 - made of constants

_COLUMNS = "owner_id, last_at, last_kind, last_text, next_on, next_plan_id, due_on, owed"

_REFRESH = f"""
INSERT INTO interactions_customercontact AS r (organization_id, id, customer_id, {_COLUMNS})
SELECT f.organization_id, f.id, f.id, f.owner_id, f.last_at, f.last_kind, f.last_text, f.next_on,
    f.next_plan_id, f.due_on, f.due_on < %(today)s
FROM (
    SELECT c.organization_id, c.id, c.owner_id, coalesce(l.at, %(never)s) AS last_at,
        coalesce(l.kind, '') AS last_kind, coalesce(l.text, '') AS last_text,
        coalesce(n.due_on, %(none)s::date) AS next_on, n.id AS next_plan_id,
        {_DUE_ON.format(last="l.at")} AS due_on
    FROM ({_CUSTOMERS}) c
    LEFT JOIN LATERAL (
        SELECT i.at, i.kind, left(regexp_replace(i.summary, '\\s+', ' ', 'g'), {TEXT_LENGTH}) AS text
        FROM interactions_interaction i
        WHERE i.organization_id = c.organization_id AND i.customer_id = c.id AND i.archived_at IS NULL
        ORDER BY i.at DESC, i.id DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (
        SELECT s.due_on, s.id FROM interactions_plan s
        WHERE s.organization_id = c.organization_id AND s.customer_id = c.id AND s.status = 'planned'
        ORDER BY s.due_on, s.id LIMIT 1) n ON true
) f
ON CONFLICT (organization_id, customer_id) DO UPDATE SET ({_COLUMNS}) = ROW(
    EXCLUDED.owner_id, EXCLUDED.last_at, EXCLUDED.last_kind, EXCLUDED.last_text, EXCLUDED.next_on,
    EXCLUDED.next_plan_id, EXCLUDED.due_on, EXCLUDED.owed)
WHERE (r.owner_id, r.last_at, r.last_kind, r.last_text, r.next_on, r.next_plan_id, r.due_on, r.owed)
    IS DISTINCT FROM (EXCLUDED.owner_id, EXCLUDED.last_at, EXCLUDED.last_kind, EXCLUDED.last_text,
        EXCLUDED.next_on, EXCLUDED.next_plan_id, EXCLUDED.due_on, EXCLUDED.owed)"""  # noqa: S608 - made of constants

# New customers have neither contacts nor plans: half the work of a refresh, and an import sends thousands.
_ADD = f"""
INSERT INTO interactions_customercontact (organization_id, id, customer_id, {_COLUMNS})
SELECT f.organization_id, f.id, f.id, f.owner_id, %(never)s, '', '', %(none)s::date, NULL, f.due_on,
    f.due_on < %(today)s
FROM (SELECT c.*, {_DUE_ON.format(last="NULL::timestamptz")} AS due_on FROM ({_CUSTOMERS}) c) f
ON CONFLICT (organization_id, customer_id) DO NOTHING"""  # noqa: S608 - made of constants

# A statement that waits for a lock goes on with what it saw before: so lock first, then read.
_LOCK = """
SELECT FROM interactions_customercontact
WHERE organization_id = %(organization)s AND customer_id = ANY(%(ids)s::uuid[]) ORDER BY customer_id FOR UPDATE"""

_MOVE_PLANS = """
UPDATE interactions_plan s SET owner_id = c.owner_id, version = s.version + 1
FROM customers_customer c JOIN interactions_customercontact r
    ON r.organization_id = c.organization_id AND r.customer_id = c.id
WHERE c.organization_id = %(organization)s AND c.id = ANY(%(ids)s::uuid[]) AND c.owner_id IS NOT NULL
    AND c.owner_id IS DISTINCT FROM r.owner_id
    AND s.organization_id = c.organization_id AND s.customer_id = c.id AND s.status = 'planned'
    AND s.owner_id = r.owner_id"""


@transaction.atomic
def refresh(ids: Iterable[uuid.UUID]) -> None:
    """Bring the figures of these customers up to date. Two statements, however many they are."""
    keys = list(ids)
    if keys:
        _run(keys, _LOCK, _REFRESH)


def add_new(ids: Iterable[uuid.UUID]) -> None:
    """Figures for customers just inserted, in one statement."""
    keys = list(ids)
    if keys:
        _run(keys, _ADD)


@transaction.atomic
def follow_customers(ids: Iterable[uuid.UUID]) -> None:
    """Customers changed owner, tier or archive state: open plans of the former owner go to the new one."""
    keys = list(ids)
    if keys:
        _run(keys, _LOCK, _MOVE_PLANS, _REFRESH)


def _run(ids: Sequence[uuid.UUID], *statements: str) -> None:
    organization = current_organization()
    values: dict[str, Any] = {
        "organization": organization.pk,
        "ids": arrays.keys(ids),
        "zone": organization.timezone,
        "today": timezone.localdate(),
        "never": NEVER,
        "none": NONE,
    }
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
