"""What the today page says of verification."""

from collections.abc import Mapping
from typing import Any

from customers.queries.keyset import capped_count
from customers.queries.verification import IN_ORDER, due_rows
from tenancy.access import Viewer

SHOWN = 4


def verification_block(viewer: Viewer) -> Mapping[str, Any] | None:
    """One's own customers whose verification is overdue, the longest first; nothing when there is none. Two queries at most."""
    rows = due_rows(viewer, owner=viewer.membership.pk)
    found = list(rows.select_related("customer").order_by(*IN_ORDER.terms())[: SHOWN + 1])
    if not found:
        return None
    total = len(found) if len(found) <= SHOWN else capped_count(rows, 1000)
    return {
        "rows": found[:SHOWN],
        "total": min(total, 1000),
        "more": total > 1000,
        "owner": viewer.membership.pk,
    }
