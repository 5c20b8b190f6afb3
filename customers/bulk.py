"""What can be done to many customers at once: buttons of the bar under the list, and the changes behind them.

A floor or a part adds both from its `registrations`: a `BulkAction` is a button that posts the selection (`ids`, or
`all` with `query`) to its page; a `BulkChange` is what `customers.actions.bulk` carries out in batches, at any size,
and takes back.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from customers.models import BulkRun
from tenancy.access import Viewer
from workspace.registry import Registry

Before = dict[uuid.UUID, dict[str, Any]]
"""Customer → what it was before, as plain values."""


@dataclass(frozen=True)
class BulkAction:
    """A button of the bulk bar. `archived`: shown among archived customers, among present ones (False), or both (None)."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    permission: str
    order: int = 100
    archived: bool | None = None


@dataclass(frozen=True)
class BulkChange:
    """A change to many customers.

    `apply(ids, run)` changes those of `ids`, all within reach of `permission`, and answers the changed ones with what
    they were; it runs in one transaction, again and again until the selection is done. `undo(before, run, viewer)` puts
    back those that still are as the run left them, and answers how many; it adds to `run.full` those that it leaves
    because whose they were may own no more.
    """

    key: str
    label: str | Promise
    permission: str
    apply: Callable[[Sequence[uuid.UUID], BulkRun], Before]
    undo: Callable[[Before, BulkRun, Viewer], int]
    done: Callable[[BulkRun], str]
    order: int = 100


bulk_actions: Registry[BulkAction] = Registry("bulk actions")
bulk_changes: Registry[BulkChange] = Registry("bulk changes")
