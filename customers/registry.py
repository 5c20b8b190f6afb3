"""What higher floors add to the customer: tabs of its page, facts, highlights, quick actions, lines of its timeline."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from customers.custom import Spec
from customers.models import Customer
from customers.rights import CHANGE, VIEW
from tenancy.access import Viewer
from tenancy.models import Membership
from workspace.registry import Registry

_EDIT = gettext_lazy("Edit")


@dataclass(frozen=True)
class Panel:
    """A tab of the customer's page: its own address, its own right, and a number to show on the tab."""

    key: str
    label: str | Promise
    url_name: str
    permission: str
    order: int = 100
    badge: Callable[[Customer, Viewer], int | None] | None = None
    count: Callable[[Viewer], Any] | None = None
    """An expression over a Customer that answers the number: read with the customer, it costs no query of its own."""


@dataclass(frozen=True)
class Fact:
    """A named, typed value about a customer, reached by an ORM path from Customer.

    Used by list columns, filters, exports and, later, segments and models. `sort_index` and `filter_index` name
    the index that makes it sort or filter at any size; without one it does neither in a list. `sort_path` is the
    NOT NULL column that the sort index leads with, where that is another than `path`. A path to another floor goes
    through its one-row-per-customer rollup, which every customer has.
    """

    key: str
    label: str | Promise
    path: str
    type: str  # text, choice, date, datetime, number, member
    permission: str = VIEW
    order: int = 100
    choices: Any = None
    sort_index: str = ""
    filter_index: str = ""
    column: bool = True
    default: bool = False  # shown in the list unless the person chose otherwise
    sort_path: str = ""
    owner_path: str = ""  # the owner repeated on the rollup, so that one index serves "mine, sorted by this"
    empty: Any = None  # the sentinel that stands for "nothing" in a NOT NULL column
    may_be_null: bool = False  # NULL stands for "nothing": sorted behind the others either way
    newest_first: bool = False  # the first click sorts downward
    highlight: bool = False  # stands among the figures at the head of the customer's page
    icon: str = ""
    expression: Callable[[], Any] | None = None  # what answers `path` where no column does
    spec: Spec | None = None  # of a custom field: type "custom", read by an expression of its own
    unit: str = ""  # stands behind the value on a page; a file has the bare number

    @property
    def read_path(self) -> str:
        """Under which a row that was read to be shown (`listing.with_values`) has it: of a member, the name."""
        return f"{self.path}_name" if self.type == "member" else self.path


@dataclass(frozen=True)
class QuickAction:
    """Something to do for a customer from its row or page, one tap away."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    permission: str
    order: int = 100
    dialog: bool = True
    anchor: str = ""  # the element of that page that does it


@dataclass(frozen=True)
class TimelineKind:
    """How an entry reads: `sentence` renders its params in the reader's language."""

    key: str
    label: str | Promise
    icon: str
    permission: str
    sentence: Callable[[dict], str]
    order: int = 100
    url_name: str = ""


@dataclass(frozen=True)
class NextStep:
    """What stands on top of the timeline: something planned. `items(customer, viewer)` answers what `template` shows."""

    key: str
    template: str
    items: Callable[[Customer, Viewer], Any]
    permission: str
    order: int = 100


@dataclass(frozen=True)
class Worklist:
    """Customers with the same trouble, to go through one after the other. `narrow` keeps those of `rows` (customers)
    that have it, by an index; `fix_url_name` is the page of a customer that mends it."""

    key: str
    label: str | Promise
    advice: str | Promise
    icon: str
    narrow: Callable[[QuerySet[Customer]], QuerySet[Customer]]
    fix_label: str | Promise = _EDIT
    fix_url_name: str = "customers:edit"
    permission: str = VIEW
    fix_permission: str = CHANGE
    order: int = 100
    group: str = "problem"  # or "verification", "completeness"
    anchor: str = ""  # of the page that mends it


@dataclass(frozen=True)
class Suggestion:
    """What would be best to do for a customer now, and why."""

    title: str
    reason: str
    url: str
    icon: str
    weight: int  # the heaviest is shown
    dialog: bool = False
    do: str = ""  # what the button says


@dataclass(frozen=True)
class NextBestAction:
    """A rule that may suggest something for a customer.

    `paths` name what it needs besides the row, by ORM paths from Customer through one-row-per-customer rollups: the
    page reads them all in one query. `suggest(customer, values, viewer)` then asks the database nothing.
    """

    key: str
    label: str | Promise
    permission: str
    suggest: Callable[[Customer, dict[str, Any], Viewer], Suggestion | None]
    paths: tuple[str, ...] = ()
    order: int = 100


@dataclass(frozen=True)
class SearchBoost:
    """What puts a customer before others that a search has found as well: a moment, at the end of a path through a
    one-row-per-customer rollup, that is not older than `within`."""

    key: str
    path: str
    within: timedelta
    order: int = 100


panels: Registry[Panel] = Registry("customer panels")
facts: Registry[Fact] = Registry("customer facts")
quick_actions: Registry[QuickAction] = Registry("customer quick actions")
timeline_kinds: Registry[TimelineKind] = Registry("timeline kinds")
next_steps: Registry[NextStep] = Registry("next steps")
worklists: Registry[Worklist] = Registry("worklists")
search_boosts: Registry[SearchBoost] = Registry("search boosts")
next_best_actions: Registry[NextBestAction] = Registry("next best actions")


Owners = Mapping[uuid.UUID, uuid.UUID | None]
"""Customer → member, or nobody."""


@dataclass(frozen=True)
class OpenItem:
    """Something unfinished with a customer, as a handover shows it."""

    key: uuid.UUID
    customer: uuid.UUID
    text: str
    due: date | None = None


@dataclass(frozen=True)
class OpenItemKind:
    """What is unfinished with customers that are handed over, and follows them to their new owner.

    `items(owners)` (customer → who owns it now) lists what the owners have in hand. Where some of it may stay,
    `leave(items, owners, receiver)` gives these back to whose they were, after they have followed their customers.
    """

    key: str
    label: str | Promise
    icon: str
    items: Callable[[Owners], list[OpenItem]]
    leave: Callable[[Collection[OpenItem], Owners, Membership], None] | None = None
    order: int = 100


open_items: Registry[OpenItemKind] = Registry("open items")


def first_quick_action(viewer: Viewer) -> QuickAction | None:
    """What stands one tap away wherever there is room for one only."""
    return next((one for one in quick_actions if viewer.can(one.permission)), None)
