"""What the today page says of customers that are about to return to a pool."""

from collections.abc import Mapping
from typing import Any

from customers.queries.pool_returns import IN_ORDER, announced
from customers.queries.timeline import count_of
from tenancy.access import Viewer

SHOWN = 4
MOST = 1000


def returning_block(viewer: Viewer) -> Mapping[str, Any] | None:
    """One's own customers whose return is announced, the first to go first; nothing when there is none. One query."""
    rows = announced(viewer).filter(owner=viewer.membership)
    counted = rows.annotate(total=count_of(rows, MOST)).select_related("customer", "pool")
    found = list(counted.order_by(*IN_ORDER.terms())[:SHOWN])
    if not found:
        return None
    total = found[0].total
    return {"rows": found, "total": min(total, MOST), "more": total > MOST}
