"""Codes of customers: numbers of the organisation's own counter, never a sequence of the database."""

from collections.abc import Container
from typing import Any

from django.db import connection
from django.utils import timezone

from customers.models import CodeCounter, CodePattern, Customer
from tenancy.context import current_organization, current_organization_id
from tenancy.db import uuid7

_TAKE = """
INSERT INTO customers_codecounter AS counter (organization_id, id, year, next_number)
VALUES (%(organization)s, %(id)s, %(year)s, 1 + %(count)s)
ON CONFLICT (organization_id, year) DO UPDATE SET next_number = counter.next_number + %(count)s
RETURNING next_number - %(count)s
"""
_LOOK_AHEAD = 16


def code_pattern() -> CodePattern:
    """The organisation's pattern, made with the defaults when it is asked for first."""
    return CodePattern.objects.get_or_create(organization=current_organization())[0]


def save_code_pattern(pattern: CodePattern) -> None:
    """Store the pattern (its version is the next one already). It holds for customers to come."""
    pattern.save()


def take_codes(count: int, *, spoken_for: Container[str] = ()) -> list[str]:
    """The next `count` codes, none of them in use or `spoken_for`. Other takers wait until this transaction ends: take
    them late."""
    pattern = CodePattern.objects.first() or CodePattern()
    year = pattern.year_of(timezone.localdate())
    numbers: list[int] = []
    size = count
    while len(numbers) < count:
        numbers += [
            number
            for number in _free(pattern, year, _take(year, size), size)
            if pattern.code(number, year) not in spoken_for
        ]
        # Codes in use come in rows, as a file brought them.
        size = max(2 * size, _LOOK_AHEAD)
    if len(numbers) > count:
        CodeCounter.objects.filter(year=year).update(next_number=numbers[count - 1] + 1)
    return [pattern.code(number, year) for number in numbers[:count]]


def next_code(pattern: CodePattern) -> str:
    """The code that the next customer would get by `pattern`, stored or not. Takes none."""
    year = pattern.year_of(timezone.localdate())
    counter = CodeCounter.objects.filter(year=year).first()
    first, size = (counter.next_number if counter else 1), _LOOK_AHEAD
    while not (numbers := _free(pattern, year, first, size)):
        first, size = first + size, 2 * size
    return pattern.code(numbers[0], year)


def _free(pattern: CodePattern, year: int, first: int, size: int) -> list[int]:
    """Of `size` numbers from `first` on, those whose code no customer has."""
    codes = {pattern.code(number, year): number for number in range(first, first + size)}
    used = set(Customer.objects.filter(code__in=codes).values_list("code", flat=True))
    return [number for code, number in codes.items() if code not in used]


def _take(year: int, count: int) -> int:
    place: dict[str, Any] = {
        "organization": current_organization_id(),
        "id": uuid7(),
        "year": year,
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, place)
        return cursor.fetchone()[0]
