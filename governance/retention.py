"""What an organisation may keep for a time only. Every floor below declares its kinds here by `retention_kinds.register`."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise

from governance.enums import RetentionAct
from workspace.registry import Registry

Text = str | Promise


class Line(NamedTuple):
    """One row of the sample that a dry run shows."""

    label: str
    url: str
    since: datetime | None
    held: bool  # something forbids it for now


@dataclass(frozen=True)
class RetentionKind:
    """Rows that may go once they are old enough.

    `due(before)` answers those older than `before` (rows of one model, without an order). `act(rows, act, reference)`
    archives or destroys up to `at_once` of them in the caller's transaction, and answers how many: something may forbid
    it for others. `sample(rows)` puts some of them into words.
    """

    key: str
    label: Text
    explains: Text
    acts: tuple[RetentionAct, ...]
    due: Callable[[datetime], QuerySet[Any]]
    act: Callable[[list[Any], RetentionAct, str], int]
    sample: Callable[[list[Any]], list[Line]]
    least_days: int = 1
    proposed_days: int = 365
    at_once: int = 1
    order: int = 100


retention_kinds: Registry[RetentionKind] = Registry("retention kinds")


def label_of(key: str) -> str:
    return str(retention_kinds[key].label) if key in retention_kinds else key


def after(rows: QuerySet[Any], key: uuid.UUID | None) -> QuerySet[Any]:
    """The rest of `rows` by key."""
    return (rows.filter(pk__gt=key) if key else rows).order_by("pk")
