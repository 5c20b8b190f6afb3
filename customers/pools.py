"""After what customers return to a public pool. The contact dates live on a higher floor, the day of the last order in the
registry: each adds its rule from its `registrations`, and only registered rules are offered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from customers.registry import QuickAction
from workspace.registry import Registry

_DAYS = _("Days. Empty: nobody returns for this.")


@dataclass(frozen=True)
class ReturnRule:
    """So many days without something.

    `path` leads from Customer to when it happened last: through a rollup that every customer has to a moment, never NULL,
    long ago for "never"; or, `by_day`, to a date, NULL for "never". `words(days)` names the neglect: "no contact for 90
    days". `unless` says what becomes of a customer whose return is announced, and what keeps it ("… %(day)s unless …");
    `action` does that, where it is another than what stands one tap away anyway.
    """

    key: str
    label: str | Promise
    path: str
    words: Callable[[int], str]
    unless: str | Promise
    order: int = 100
    by_day: bool = False
    help_text: str | Promise = _DAYS
    action: QuickAction | None = None

    def neglected(self, before: datetime | F, prefix: str = "") -> Q:
        """To whom it last happened before the moment `before`, also one that the query knows. `prefix` leads to Customer."""
        path = prefix + self.path
        if not self.by_day:
            return Q(**{f"{path}__lt": before})
        day = TruncDate(before) if isinstance(before, F) else localdate(before)
        return Q(**{f"{path}__lt": day}) | Q(**{f"{path}__isnull": True})

    def is_neglected(self, last: Any, before: datetime) -> bool:
        """The same of a value that was read at `path`."""
        if self.by_day:
            return last is None or last < localdate(before)
        return last is not None and last < before


return_rules: Registry[ReturnRule] = Registry("return rules")
