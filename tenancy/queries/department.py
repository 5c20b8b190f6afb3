import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Q, QuerySet

from tenancy.access import Viewer
from tenancy.enums import Scope
from tenancy.models import Department, Membership


@dataclass(frozen=True)
class DepartmentNode:
    """A department at its place in the tree. `depth` is 0 at the top."""

    department: Department
    depth: int
    people: int

    @property
    def level(self) -> int:
        """The depth as pages draw it: what lies deeper than six is not moved in further."""
        return min(self.depth, 6)

    @property
    def indented(self) -> str:
        """The name as a line of a list, moved in by its depth."""
        return "\u3000" * self.depth + self.department.name


def department_tree() -> list[DepartmentNode]:
    """All departments, each below its parent, siblings by name, with the number of active members directly in it."""
    people = Count("members", filter=Q(members__ended_at=None))
    below: dict[object, list[Department]] = defaultdict(list)
    for row in Department.objects.select_related("manager").annotate(people=people).order_by("name", "pk"):
        below[row.parent_id].append(row)
    found: list[DepartmentNode] = []

    def walk(parent: object, depth: int) -> None:
        for row in below[parent]:
            found.append(DepartmentNode(row, depth, cast(Any, row).people))
            walk(row.pk, depth + 1)

    walk(None, 0)
    return found


def departments_within(viewer: Viewer, permission: str) -> QuerySet[Department]:
    """The departments that the viewer's scope for `permission` covers."""
    scope = viewer.rights.get(permission)
    rows = Department.objects.all()
    if scope == Scope.ORGANIZATION:
        return rows
    own = viewer.membership.department_id
    if scope is None or own is None:
        return rows.none()
    return rows.filter(pk__in=_subtree(own) if scope == Scope.DEPARTMENT_BELOW else [own])


def _subtree(top: object) -> list[object]:
    below: dict[object, list[object]] = defaultdict(list)
    for key, parent in Department.objects.values_list("pk", "parent_id"):
        below[parent].append(key)
    found = [top]
    for key in found:
        found.extend(below[key])
    return found


def departments_above(bottom: uuid.UUID | None) -> list[uuid.UUID]:
    """The department itself and those it lies in, up to the top; none of nothing."""
    parents = dict(Department.objects.values_list("pk", "parent_id")) if bottom else {}
    found: list[uuid.UUID] = []
    while bottom is not None and bottom not in found:
        found.append(bottom)
        bottom = parents.get(bottom)
    return found


def people_below(top: uuid.UUID) -> set[uuid.UUID]:
    """The active members of a department and of those below it."""
    rows = Membership.objects.active().filter(department__in=_subtree(top))
    return set(rows.values_list("pk", flat=True))
