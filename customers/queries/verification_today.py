"""What the today page says of verification."""

from collections.abc import Mapping
from typing import Any

from customers.queries.verification import IN_ORDER, due_rows
from tenancy.access import Viewer
from tenancy.counting import MOST_COUNTED, count_of
from tenancy.related import with_related

SHOWN = 4


def verification_block(viewer: Viewer) -> Mapping[str, Any] | None:
    """One's own customers whose verification is overdue, the longest first; nothing when there is none. One query."""
    rows = due_rows(viewer, owner=viewer.membership.pk)
    counted = with_related(rows.annotate(total=count_of(rows)), customer=["name"])
    found = list(counted.order_by(*IN_ORDER.terms())[:SHOWN])
    if not found:
        return None
    total = found[0].total
    return {
        "rows": found,
        "total": min(total, MOST_COUNTED),
        "more": total > MOST_COUNTED,
        "owner": viewer.membership.pk,
    }
