"""The organisation in force: one door for web, Celery and commands.

PostgreSQL hears of it through settings local to the transaction; without them row-level security raises.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from tenancy.errors import NoOrganization

if TYPE_CHECKING:
    from tenancy.models import Membership, Organization

_SET = (
    "SET LOCAL app.organization_id = %s; SET LOCAL app.actor_id = %s; "
    "SET LOCAL app.request_id = %s; SET LOCAL app.origin = %s"
)


@dataclass(frozen=True)
class _Scope:
    organization: "Organization"
    actor: "Membership | None" = None
    request_id: str = ""
    origin: str = ""


_scope: ContextVar[_Scope | None] = ContextVar("organization_scope", default=None)


@contextmanager
def organization_context(
    organization: "Organization | int",
    *,
    actor: "Membership | None" = None,
    request_id: str = "",
    origin: str = "",
) -> Iterator["Organization"]:
    """Open a transaction in which only rows of `organization` (or its id) can be seen and written.

    Nests; restores what was in force. The audit names `actor` (None: the system itself), the request, and the
    network address `origin` it came from. Never make a network call inside.
    """
    from tenancy.models import Organization

    if not isinstance(organization, Organization):
        organization = Organization.objects.get(pk=organization)
    outer = _scope.get()
    if outer is not None:
        request_id, origin = request_id or outer.request_id, origin or outer.origin
    scope = _Scope(organization, actor, request_id, origin)
    nested = connection.in_atomic_block
    with transaction.atomic():
        _tell_database(scope)
        token = _scope.set(scope)
        try:
            with timezone.override(ZoneInfo(organization.timezone)):
                yield organization
        finally:
            _scope.reset(token)
        # The end of the outermost transaction, or an exception, takes the settings back by itself.
        if nested and not connection.needs_rollback:
            _tell_database(outer)


def act_as(actor: "Membership | None") -> None:
    """Name the member in whose name the rest of the context is written."""
    scope = replace(_current(), actor=actor)
    _tell_database(scope)
    _scope.set(scope)


def current_organization() -> "Organization":
    return _current().organization


def current_organization_id() -> int:
    return _current().organization.pk


def current_actor() -> "Membership | None":
    return _current().actor


def has_organization() -> bool:
    return _scope.get() is not None


def _current() -> _Scope:
    scope = _scope.get()
    if scope is None:
        raise NoOrganization("No organisation is in force: open organization_context() first.")
    return scope


def _tell_database(scope: _Scope | None) -> None:
    values = ("", "", "", "")
    if scope is not None:
        actor = str(scope.actor.pk) if scope.actor else ""
        values = (str(scope.organization.pk), actor, scope.request_id, scope.origin)
    with connection.cursor() as cursor:
        cursor.execute(_SET, values)
