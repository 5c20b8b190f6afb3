"""The data quality of customers: one statement computes it, whoever asks, for however many customers."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from customers.actions.quality_policy import policy_in_force
from customers.completeness import COMPANY, FIELDS, PERSON, weights_of
from customers.enums import PointKind, Tier
from customers.fields import collected_details
from customers.models import ContactPoint
from customers.models.custom_field import WEIGHT
from customers.models.health import NEVER, NONE
from customers.normalise import phone_is_doubtful
from customers.queries.field_policy import hidden_fields
from tenancy.context import current_organization
from tenancy.db import arrays

PENALTY = 15
"""Points that each problem takes off the completeness; what is left is the quality."""

# A placeholder that somebody typed to get past the form: "测试", "test 2", "12345", "aaaa".
_PLACEHOLDER = (
    "^(测试|试用|样例)(客户|公司|数据|用户|账号|账户|人员)?[0-9一二三四五]*$|^(无名|未知|不详|待定|匿名|某某)|^[0-9]+$"
    "|^(test|demo|asdf|qwer|abc|xxx|none|null|n/a|unknown|tbd|dummy)[ _-]*(customer|company|user)?[ _-]*[0-9]*$"
)
_REPEATED = r"^(.)\1\1+$"
_PROBLEMS = ("unowned", "unreachable", "doubtful_name", "doubtful_phone", "found_wrong")
_COLUMNS = ("owner_id", "verified_on", "due_on", "overdue", "completeness", "missing", "quality", *_PROBLEMS)

_MONTHS = f"""CASE c.tier WHEN '{Tier.KEY.value}' THEN %(key)s WHEN '{Tier.POTENTIAL.value}' THEN %(potential)s
    ELSE %(ordinary)s END::int"""
_SEEN = "coalesce((v.at AT TIME ZONE %(zone)s)::date, (c.created_at AT TIME ZONE %(zone)s)::date)"


def _weight(number: int) -> str:
    return f"CASE c.kind WHEN '{PERSON}' THEN (%(person)s::int[])[{number}] ELSE (%(company)s::int[])[{number}] END"


_GOT = " + ".join(
    f"CASE WHEN {field.present} THEN {_weight(place + 1)} ELSE 0 END" for place, field in enumerate(FIELDS)
)
_MISSING = " + ".join(
    f"CASE WHEN NOT ({field.present}) AND {_weight(place + 1)} > 0 THEN {1 << place}::bigint ELSE 0 END"
    for place, field in enumerate(FIELDS)
)
_TOTAL = f"(CASE c.kind WHEN '{PERSON}' THEN %(person_total)s ELSE %(company_total)s END + coalesce(o.total, 0))::numeric"
# The organisation's own fields that count, read once for the statement.
_OWN = f"""
WITH own AS MATERIALIZED (
    SELECT id, "only", {WEIGHT} AS weight FROM customers_customfield
    WHERE organization_id = %(organization)s AND archived_at IS NULL AND {WEIGHT} > 0)"""  # noqa: S608

_FACTS = f"""
SELECT c.organization_id, c.id, c.owner_id, c.archived_at IS NULL AS present,
    coalesce((v.at AT TIME ZONE %(zone)s)::date, %(never)s) AS verified_on,
    CASE WHEN c.archived_at IS NOT NULL OR {_MONTHS} = 0 THEN %(none)s
        ELSE ({_SEEN} + make_interval(months => {_MONTHS}))::date END AS due_on,
    CASE WHEN {_TOTAL} = 0 THEN 100 ELSE floor(100 * ({_GOT} + coalesce(o.got, 0)) / {_TOTAL}) END AS completeness,
    {_MISSING} AS missing,
    c.owner_id IS NULL AND c.invalid_reason = '' AND NOT EXISTS (
        SELECT FROM customers_poolentry w WHERE w.organization_id = c.organization_id AND w.customer_id = c.id) AS unowned,
    cardinality(%(kinds)s::text[]) > 0
        AND NOT (coalesce(p.phone, false) OR coalesce(p.email, false) OR coalesce(p.wechat, false)) AS unreachable,
    (c.name ~* %(placeholder)s OR c.name ~ %(repeated)s OR char_length(c.name) = 1) AS doubtful_name,
    c.id = ANY(%(doubtful)s::uuid[]) AS doubtful_phone,
    coalesce(v.wrong, false) AS found_wrong
FROM customers_customer c
LEFT JOIN LATERAL (
    SELECT bool_or(t.kind = '{PointKind.PHONE.value}') AS phone, bool_or(t.kind = '{PointKind.EMAIL.value}') AS email,
        bool_or(t.kind = '{PointKind.WECHAT.value}') AS wechat
    FROM customers_contactpoint t
    WHERE t.organization_id = c.organization_id AND t.customer_id = c.id AND t.kind = ANY(%(kinds)s::text[])) p ON true
LEFT JOIN LATERAL (
    SELECT true AS one FROM customers_contactperson h
    WHERE h.organization_id = c.organization_id AND h.customer_id = c.id AND h.left_on IS NULL LIMIT 1) n ON true
LEFT JOIN LATERAL (
    SELECT w.at, jsonb_array_length(coalesce(w.checked -> 'wrong', '[]')) > 0 AS wrong
    FROM customers_verification w
    WHERE w.organization_id = c.organization_id AND w.customer_id = c.id AND w.taken_back_at IS NULL
    ORDER BY w.at DESC, w.id DESC LIMIT 1) v ON true
LEFT JOIN LATERAL (
    SELECT sum(own.weight) AS total, sum(own.weight) FILTER (WHERE EXISTS (
        SELECT FROM customers_customvalue e
        WHERE e.organization_id = c.organization_id AND e.customer_id = c.id AND e.field_id = own.id)) AS got
    FROM own WHERE own."only" IN ('', c.kind)) o ON true
WHERE c.organization_id = %(organization)s AND c.id = ANY(%(ids)s::uuid[])"""  # noqa: S608 - made of constants

_REFRESH = f"""{_OWN}
INSERT INTO customers_customerhealth AS r (organization_id, id, customer_id, {", ".join(_COLUMNS)})
SELECT organization_id, id, id, owner_id, verified_on, due_on, overdue, completeness, missing,
    greatest(0, completeness - {PENALTY} * (overdue::int + {" + ".join(f"{one}::int" for one in _PROBLEMS)})),
    {", ".join(_PROBLEMS)}
FROM (
    SELECT organization_id, id, owner_id, verified_on, due_on, due_on < %(today)s AS overdue, completeness, missing,
        {", ".join(f"present AND {one} AS {one}" for one in _PROBLEMS)}
    FROM ({_FACTS}) found) f
ON CONFLICT (organization_id, customer_id) DO UPDATE SET ({", ".join(_COLUMNS)}) = ROW(
    {", ".join(f"EXCLUDED.{one}" for one in _COLUMNS)})
WHERE ({", ".join(f"r.{one}" for one in _COLUMNS)})
    IS DISTINCT FROM ({", ".join(f"EXCLUDED.{one}" for one in _COLUMNS)})"""  # noqa: S608 - made of constants

# A statement that waits for a lock goes on with what it saw before: so lock first, then read.
_LOCK = """
SELECT FROM customers_customerhealth
WHERE organization_id = %(organization)s AND customer_id = ANY(%(ids)s::uuid[]) ORDER BY customer_id FOR UPDATE"""


@transaction.atomic
def refresh_health(ids: Iterable[uuid.UUID]) -> None:
    """Bring the figures of these customers up to date. Five statements, however many they are."""
    keys = list(ids)
    if keys:
        _run(keys, _LOCK, _REFRESH)


def add_health(ids: Iterable[uuid.UUID], doubtful_phones: Iterable[uuid.UUID] | None = None) -> None:
    """Figures for customers just inserted: nobody else can hold their rows. Four statements, one less where the caller
    knows whose phone number is doubtful."""
    keys = list(ids)
    if keys:
        _run(keys, _REFRESH, doubtful_phones=doubtful_phones)


def _run(
    ids: Sequence[uuid.UUID], *statements: str, doubtful_phones: Iterable[uuid.UUID] | None = None
) -> None:
    organization = current_organization()
    policy, hidden = policy_in_force(), hidden_fields()
    weights = weights_of(policy, hidden)
    values: dict[str, Any] = {
        "organization": organization.pk,
        "ids": arrays.keys(ids),
        "zone": organization.timezone,
        "today": timezone.localdate(),
        "never": NEVER,
        "none": NONE,
        "key": policy.key_months,
        "ordinary": policy.ordinary_months,
        "potential": policy.potential_months,
        "kinds": arrays.plain(collected_details(hidden)),
        "placeholder": _PLACEHOLDER,
        "repeated": _REPEATED,
        "doubtful": arrays.keys(_with_doubtful_phone(ids) if doubtful_phones is None else doubtful_phones),
    }
    for kind in (PERSON, COMPANY):
        values[kind] = [weights[kind].get(field.key, 0) for field in FIELDS]
        values[f"{kind}_total"] = sum(values[kind])
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


def _with_doubtful_phone(ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    rows = ContactPoint.objects.collected().filter(customer__in=ids, kind=PointKind.PHONE).order_by()
    found = rows.only("organization_id", "customer_id", "value")
    return list({point.customer_id for point in found if phone_is_doubtful(point.value)})
