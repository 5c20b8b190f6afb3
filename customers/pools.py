"""After what customers return to a public pool. The contact dates live on a higher floor, the orders on another: each
adds its rule from its `registrations`, and only registered rules are offered."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from workspace.registry import Registry


@dataclass(frozen=True)
class ReturnRule:
    """So many days without something.

    `path` leads from Customer, through a rollup that every customer has, to the moment at which it happened last: never
    NULL, long ago for "never". `words(days)` names the neglect: "no contact for 90 days".
    """

    key: str
    label: str | Promise
    path: str
    words: Callable[[int], str]
    order: int = 100


return_rules: Registry[ReturnRule] = Registry("return rules")
