"""What a person can own, so that it can be handed over when they leave. Higher floors register their kinds."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from tenancy.models import Membership


@dataclass(frozen=True)
class OwnedKind:
    """Something a member owns.

    `count` answers how many the member owns that somebody must take over. `hand_over(from, to, actor)` moves them all
    and answers how many; it runs inside the transaction that ends the membership.
    """

    key: str
    label: str | Promise
    count: Callable[[Membership], int]
    hand_over: Callable[[Membership, Membership, Membership | None], int]


_kinds: dict[str, OwnedKind] = {}


def register_owned_kind(kind: OwnedKind) -> OwnedKind:
    """Declare a kind. Call it from `AppConfig.ready()`; the same key twice raises ValueError."""
    if kind.key in _kinds:
        raise ValueError(f"owned kind {kind.key} is registered twice")
    _kinds[kind.key] = kind
    return kind


def owned_kinds() -> list[OwnedKind]:
    return list(_kinds.values())


@dataclass(frozen=True)
class Holding:
    """How many of a kind a member owns."""

    kind: OwnedKind
    count: int


def holdings_of(member: Membership) -> list[Holding]:
    """What the member owns: the kinds of which there is at least one."""
    found = (Holding(kind, kind.count(member)) for kind in owned_kinds())
    return [holding for holding in found if holding.count]
