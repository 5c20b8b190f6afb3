"""Who gets which answer from which address: the format of `<app>/tests/matrix.py`, and tenancy's own pages.

Every name under /o/<organization>/ has one `Case` in the `CASES` of its app; `test_matrix.py` fails for a name that
has none, and asks each address as an anonymous visitor, a stranger, colleagues and the owner.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tenancy.models import Membership, TenantModel

Row = TenantModel | dict[str, Any]
METHOD_NOT_ALLOWED = 405


@dataclass(frozen=True)
class Case:
    """What one address needs and answers."""

    permission: str | None
    """The right that opens the page; None: every member."""

    row: Callable[[Membership], Row] | None = None
    """Makes what the address names, owned by the given member, in their organisation: a model (its key is `pk`)
    or a dictionary of the address's arguments."""

    whose: Literal["all", "scoped", "personal"] = "all"
    """Who sees the row, besides needing the right: all; those whose scope reaches its owner; its owner alone."""

    get: int = 200
    """The owner's answer to GET."""

    post: int = METHOD_NOT_ALLOWED
    """The owner's answer to POST with `data`."""

    data: dict[str, Any] | Callable[[Row | None], dict[str, Any]] = field(default_factory=dict)
    """What POST sends; a function is given the row."""

    shows: Callable[[Membership], str] | None = None
    """For a list: makes a row of the member and returns a text by which the page shows it. The member sees it; a
    colleague does not when `whose` is not "all"; the other organisation never does."""


CASES: dict[str, Case] = {}
