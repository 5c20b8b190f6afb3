"""Keeps when each birthday comes next."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg2.extras import execute_values

from customers.birthdays import Birthday
from customers.models import Customer, CustomerBirthday
from tenancy.context import current_organization_id, organization_context
from tenancy.db import arrays

BATCH = 1000
_STORE = """
INSERT INTO customers_customerbirthday AS r (organization_id, id, customer_id, owner_id, next_on) VALUES %s
ON CONFLICT (organization_id, customer_id) DO UPDATE SET owner_id = EXCLUDED.owner_id, next_on = EXCLUDED.next_on
WHERE (r.owner_id, r.next_on) IS DISTINCT FROM (EXCLUDED.owner_id, EXCLUDED.next_on)"""


# The same as `Birthday.next_on`, whose plain solar dates need no calendar: PostgreSQL keeps a
# 29 February on the 28th of common years.
_ADD_SOLAR = """
INSERT INTO customers_customerbirthday (organization_id, id, customer_id, owner_id, next_on)
SELECT organization_id, id, id, owner_id,
    (birthday + make_interval(years => years + (birthday + make_interval(years => years) < %(today)s)::int))::date
FROM (SELECT *, (extract(year FROM %(today)s::date) - extract(year FROM birthday))::int AS years
    FROM customers_customer WHERE organization_id = %(organization)s AND id = ANY(%(ids)s::uuid[])
        AND birthday IS NOT NULL AND birthday_typed = '' AND archived_at IS NULL) c
ON CONFLICT (organization_id, customer_id) DO NOTHING"""


_OTHERS = """
SELECT id, owner_id, birthday, birthday_typed FROM customers_customer
WHERE organization_id = %(organization)s AND id = ANY(%(ids)s::uuid[]) AND birthday_typed <> '' AND archived_at IS NULL"""


def add_birthdays(ids: Iterable[uuid.UUID]) -> None:
    """For customers just inserted. Two statements, and another when one of them has a lunar birthday or one without year."""
    today = timezone.localdate()
    values: dict[str, Any] = {
        "organization": current_organization_id(),
        "today": today,
        "ids": arrays.keys(ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ADD_SOLAR, values)
        cursor.execute(_OTHERS, values)
        found = cursor.fetchall()
    _store([_row(*customer, today=today) for customer in found])


def refresh_birthdays(ids: Iterable[uuid.UUID]) -> None:
    """For customers that have changed; an archived one is congratulated no more. At most three statements."""
    keys = list(ids)
    found = _found(keys)
    kept = {row[1] for row in found}
    CustomerBirthday.objects.filter(customer__in=[key for key in keys if key not in kept]).delete()
    _store(found)


def pass_birthdays(organization_id: int) -> None:
    """Every night: those that lie behind come next year, and customers without a row get one. It goes by the date of
    today, however often it runs."""
    for find in (_passed, _without_row):
        while True:
            with organization_context(organization_id):
                ids = list(find()[:BATCH])
                refresh_birthdays(ids)
            if len(ids) < BATCH:
                break


def _passed() -> QuerySet:
    rows = CustomerBirthday.objects.filter(next_on__lt=timezone.localdate())
    return rows.values_list("customer_id", flat=True)


def _without_row() -> QuerySet:
    return _with_birthday().filter(next_birthday=None).values_list("pk", flat=True)


def _with_birthday() -> QuerySet[Customer]:
    return Customer.objects.active().exclude(Q(birthday=None) & Q(birthday_typed=""))


def _found(ids: list[uuid.UUID]) -> list[tuple]:
    today = timezone.localdate()
    rows = _with_birthday().filter(pk__in=ids)
    found = rows.values_list("pk", "owner_id", "birthday", "birthday_typed")
    return [_row(*customer, today=today) for customer in found]


def _row(pk: uuid.UUID, owner: uuid.UUID | None, day: date | None, typed: str, *, today: date) -> tuple:
    birthday = Birthday.of(day, typed)
    assert birthday
    return current_organization_id(), pk, pk, owner, birthday.next_on(today)


def _store(rows: list[tuple]) -> None:
    if rows:
        with connection.cursor() as cursor:
            execute_values(
                cursor.cursor, _STORE, rows, "(%s, %s::uuid, %s::uuid, %s::uuid, %s::date)", page_size=BATCH
            )
