"""Choosing a member where there may be thousands: those near are offered at once, the others are found by their names.

A floor registers whom a choice is made among under a key; the address `tenancy:member_options` answers by the same key, so
that a search never finds somebody whom the form would refuse.
"""

import uuid
from collections.abc import Callable, Collection, Sequence

from django.db.models import Case, Q, QuerySet, Value, When

from tenancy.access import Viewer
from tenancy.models import Membership

NEAR = 60
"""So many are offered without a search: everyone, or the viewer's department in a larger organisation."""

FOUND = 20
MOST_TYPED = 80

Rows = Callable[[Viewer], QuerySet[Membership]]
Option = tuple[str, str]
_sources: dict[str, Rows] = {}


def register_member_source(key: str, rows: Rows, permission: str = "") -> None:
    """`rows`: whom this viewer may choose; nobody, for who lacks the `permission` that the form takes."""
    if key in _sources:
        raise ValueError(f"There is a source of members named {key!r} already.")
    _sources[key] = (
        rows if not permission else lambda viewer: rows(viewer) if viewer.can(permission) else _nobody()
    )


def everybody(viewer: Viewer) -> QuerySet[Membership]:
    """All who are members today, the viewer too."""
    return Membership.objects.active().order_by("name", "pk")


def colleagues(viewer: Viewer) -> QuerySet[Membership]:
    """All who are members today, but for the viewer."""
    return everybody(viewer).exclude(pk=viewer.membership.pk)


def _nobody() -> QuerySet[Membership]:
    return Membership.objects.none()


def member_source(key: str) -> Rows | None:
    return _sources.get(key)


def near_members(
    rows: QuerySet[Membership], viewer: Viewer, chosen: Collection[uuid.UUID]
) -> tuple[list[Option], bool]:
    """Key and name of those to offer at once, with whoever is chosen; and whether there are more. One query."""
    kept = Q(pk__in=[*chosen, viewer.membership.pk])
    team = Q(department=viewer.membership.department_id, department__isnull=False)
    distance = Case(When(kept, then=Value(0)), When(team, then=Value(1)), default=Value(2))
    named = rows.annotate(distance=distance).order_by("distance", "name", "pk")
    found = list(named.values_list("pk", "name", "distance")[: NEAR + 1])
    more = len(found) > NEAR
    near = [(key, name) for key, name, far in found[:NEAR] if far < 2 or not more]
    return _options(sorted(near, key=lambda one: one[1])), more


def typed_name(text: str) -> str:
    """What was typed to find somebody, as `found_members` takes it."""
    return text.replace("\0", "").strip()[:MOST_TYPED]


def found_members(
    rows: QuerySet[Membership], viewer: Viewer, text: str, chosen: Collection[uuid.UUID]
) -> list[Option]:
    """Those whose name contains `text`; before them who is chosen and is not offered at once."""
    known = {key for key, _name in near_members(rows, viewer, ())[0]} if chosen else set()
    kept = [key for key in chosen if str(key) not in known]
    named = rows.order_by("name", "pk").values_list("pk", "name")
    found = named.filter(name__icontains=text).exclude(pk__in=kept)[:FOUND] if text else ()
    return _options([*(named.filter(pk__in=kept) if kept else ()), *found])


def _options(rows: Sequence[tuple[uuid.UUID, str]]) -> list[Option]:
    return [(str(key), name) for key, name in rows]
