"""Codes of customers: numbers of the organisation's own counter, never a sequence of the database."""

from collections.abc import Container, Iterable
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
            for number in _free(pattern, year, _taken(year, size))
            if pattern.code(number, year) not in spoken_for
        ]
        if len(numbers) < count:
            # Codes in use come in rows, as a file brought them.
            size = max(2 * size, _LOOK_AHEAD)
            _skip(pattern, year)
    if len(numbers) > count:
        CodeCounter.objects.filter(year=year).update(next_number=numbers[count - 1] + 1)
    return [pattern.code(number, year) for number in numbers[:count]]


def next_code(pattern: CodePattern) -> str:
    """The code that the next customer would get by `pattern`, stored or not. Takes none."""
    year = pattern.year_of(timezone.localdate())
    return pattern.code(_beginning(pattern, year, _next_number(year)), year)


def _next_number(year: int) -> int:
    counter = CodeCounter.objects.filter(year=year).first()
    return counter.next_number if counter else 1


def _skip(pattern: CodePattern, year: int) -> None:
    """Let the counter, which this transaction holds, go on behind the codes in use that come next."""
    CodeCounter.objects.filter(year=year).update(next_number=_beginning(pattern, year, _next_number(year)))


def _beginning(pattern: CodePattern, year: int, first: int) -> int:
    """`first`, or where its code is in use a number behind it whose code is free while the one before is in use: in a
    handful of statements, however long the row of those is."""
    used, points = first - 1, [first, *(first + 2**power for power in range(31))]
    while True:
        free = set(_free(pattern, year, points))
        place = next(place for place, point in enumerate(points) if point in free)
        used, found = points[place - 1] if place else used, points[place]
        if found - used == 1:
            return found
        step = -(-(found - used) // 32)
        points = [*range(used + step, found, step), found]


def _free(pattern: CodePattern, year: int, numbers: Iterable[int]) -> list[int]:
    """Those of `numbers` whose code no customer has."""
    codes = {pattern.code(number, year): number for number in numbers}
    used = set(Customer.objects.filter(code__in=codes).values_list("code", flat=True))
    return [number for code, number in codes.items() if code not in used]


def _taken(year: int, count: int) -> range:
    """The next numbers of the counter, which are nobody else's from now on."""
    place: dict[str, Any] = {
        "organization": current_organization_id(),
        "id": uuid7(),
        "year": year,
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, place)
        [first] = cursor.fetchone()
    return range(first, first + count)
