"""Records shared with members who do not own them, as far as they need to see them or to work on them.

A floor with such records registers a `SharedKind`. Whatever hangs on a shared record is shared along: each model whose
`scope_field` ends at the record's own owner. Models that repeat the owner (figures, duties) stay the owner's.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Func
from django.db.models.expressions import Col

from tenancy.enums import ShareLevel

if TYPE_CHECKING:
    from tenancy.models import Membership, TenantModel


@dataclass(frozen=True)
class Share:
    """Why a record is shared with somebody: told where access is explained. `team`: the department it came through."""

    level: ShareLevel
    by: "Membership | None"
    until: date | None
    team: str = ""


@dataclass(frozen=True)
class SharedKind:
    """A model whose rows can be shared.

    `select` is SQL that answers (key, level) of what is shared now with `%(member)s`, or with one of the departments of
    `branch (id)`, on `%(today)s` in `%(organization)s`: it is read in one statement with the rights. `level_for` answers
    the level that a permission takes; None: the owner's alone. `shares(member, key)` answers the shares in force, the
    widest first.
    """

    model: str
    select: str
    level_for: Callable[[str], ShareLevel | None]
    shares: Callable[["Membership", uuid.UUID], list[Share]]


_kinds: dict[str, SharedKind] = {}


def register_shared_kind(kind: SharedKind) -> SharedKind:
    """Declare a kind. Call it from `AppConfig.ready()`; the same model twice raises ValueError."""
    if kind.model in _kinds:
        raise ValueError(f"shared kind {kind.model} is registered twice")
    _kinds[kind.model] = kind
    return kind


def shared_kinds() -> list[SharedKind]:
    return list(_kinds.values())


def shared_kind_of(model: "type[TenantModel]") -> SharedKind | None:
    """What the rows of `model` are shared with; None when they stay with whoever owns them."""
    return _kinds.get(_holder(model)._meta.label_lower)


@cache
def _holder(model: Any) -> Any:
    """The model whose column names the owner."""
    for name in (model.scope_field or "").split("__")[:-1]:
        model = model._meta.get_field(name).related_model
    return model


def shared_root(record: "TenantModel") -> uuid.UUID | None:
    """The key of the record by which this one is shared."""
    row: Any = record
    for name in (type(record).scope_field or "").split("__")[:-1]:
        row = getattr(row, name, None)
    return row.pk if row is not None else None


def shared_for(permission: str, shares: Mapping[uuid.UUID, ShareLevel]) -> frozenset[uuid.UUID]:
    """Those of the shared records on which the permission may be used."""
    found: set[uuid.UUID] = set()
    for kind in _kinds.values() if shares else ():
        needed = kind.level_for(permission)
        if needed is not None:
            found.update(key for key, level in shares.items() if level >= needed)
    return frozenset(found)


class Within(Func):
    """Whether the owner at the end of `path` is one of `members`, or the row that names the owner is one of `shared`.

    Both are columns of one table, so that an index serves either; across two tables none would.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, path: str, members: Collection[uuid.UUID], shared: Collection[uuid.UUID]) -> None:
        super().__init__(F(path))
        self.members, self.shared = sorted(map(str, members)), sorted(map(str, shared))

    def resolve_expression(self, *args: Any, **kwargs: Any) -> "Within":
        found: Any = super().resolve_expression(*args, **kwargs)
        owner, *key = found.get_source_expressions()
        if not key:  # what has been resolved is resolved again where it becomes a condition
            found.set_source_expressions([owner, Col(owner.alias, owner.target.model._meta.pk)])
        return found

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **context: Any
    ) -> tuple[str, list[Any]]:
        (owner, first), (key, second) = (compiler.compile(part) for part in self.source_expressions)
        sql = f"({owner} = ANY(%s::uuid[]) OR {key} = ANY(%s::uuid[]))"
        return sql, [*first, self.members, *second, self.shared]
