"""What the today page says of verification."""

from collections.abc import Mapping
from typing import Any

from customers.queries.timeline import count_of
from customers.queries.verification import IN_ORDER, due_rows
from tenancy.access import Viewer

SHOWN = 4
MOST = 1000


def verification_block(viewer: Viewer) -> Mapping[str, Any] | None:
    """One's own customers whose verification is overdue, the longest first; nothing when there is none. One query."""
    rows = due_rows(viewer, owner=viewer.membership.pk)
    counted = rows.annotate(total=count_of(rows, MOST)).select_related("customer")
    found = list(counted.order_by(*IN_ORDER.terms())[:SHOWN])
    if not found:
        return None
    total = found[0].total
    return {"rows": found, "total": min(total, MOST), "more": total > MOST, "owner": viewer.membership.pk}
