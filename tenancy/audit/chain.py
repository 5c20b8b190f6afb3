"""One chain at a time: an organisation's, or the platform's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from tenancy.context import organization_context
from tenancy.models import Organization

PLATFORM = 0
"""The chain of sign-ins, second factors and users: no organisation has this number."""


@contextmanager
def chain_context(organization: Organization | int) -> Iterator[None]:
    """A transaction in which the entries and blocks of one chain, an organisation's or PLATFORM, can be read."""
    if organization != PLATFORM:
        with organization_context(organization):
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.organization_id', true), '')")
        (outer,) = cursor.fetchone()
        cursor.execute("SET LOCAL app.organization_id = '0'")
        yield
        cursor.execute("SET LOCAL app.organization_id = %s", [outer])


@dataclass(frozen=True)
class Reading:
    """Questions to one chain. Each is a short transaction: a long chain holds up neither writers nor vacuum."""

    organization_id: int
    chain: Organization | int

    @classmethod
    def of(cls, organization_id: int) -> "Reading":
        if organization_id == PLATFORM:
            return cls(PLATFORM, PLATFORM)
        return cls(organization_id, Organization.objects.get(pk=organization_id))

    def rows(self, query: str, *parameters: Any) -> list[tuple]:
        """What answers a query whose first parameter is the organisation."""
        with chain_context(self.chain), connection.cursor() as cursor:
            cursor.execute(query, [self.organization_id, *parameters])
            return cursor.fetchall()
