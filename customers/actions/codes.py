"""Codes of customers: numbers of the organisation's own counter, never a sequence of the database."""

from django.db import connection

from customers.models import CodeCounter, Customer
from tenancy.context import current_organization_id
from tenancy.db import uuid7

_TAKE = """
INSERT INTO customers_codecounter AS counter (organization_id, id, next_number, pattern)
VALUES (%(organization)s, %(id)s, 1 + %(count)s, %(pattern)s)
ON CONFLICT (organization_id) DO UPDATE SET next_number = counter.next_number + %(count)s
RETURNING next_number - %(count)s, pattern
"""


def take_codes(count: int) -> list[str]:
    """The next `count` codes, none of them in use. Other takers wait until this transaction ends: take them late."""
    codes: list[str] = []
    while len(codes) < count:
        found = _take(count - len(codes))
        used = set(Customer.objects.filter(code__in=found).values_list("code", flat=True))
        codes += [code for code in found if code not in used]
    return codes


def _take(count: int) -> list[str]:
    pattern = CodeCounter._meta.get_field("pattern").default
    place = {"organization": current_organization_id(), "id": uuid7(), "count": count, "pattern": pattern}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, place)
        first, pattern = cursor.fetchone()
    return [pattern.format(number) for number in range(first, first + count)]
