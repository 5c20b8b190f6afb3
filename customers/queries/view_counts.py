"""How many customers stand behind each tab of the list."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.http import QueryDict

from customers.queries.asked import Listing
from tenancy.access import Viewer
from workspace.models import SavedView

CAP = 999
MOST = 20
"""So many tabs are counted at most."""


def view_counts(viewer: Viewer, views: Iterable[SavedView]) -> dict[uuid.UUID, int]:
    """The number of customers of each view, at most CAP + 1, which stands for more. All of them are counted in one
    statement. A view that searches for words has no number: it would have to be searched; nor has one that asks for what
    the viewer may not ask, or nobody any more."""
    asked = {view.pk: QueryDict(view.query) for view in views}
    counted = [(key, query) for key, query in asked.items() if not query.get("q", "").strip()][:MOST]
    found: dict[uuid.UUID, int] = {}
    parts: list[tuple[uuid.UUID, str]] = []
    params: list[Any] = []
    for key, query in counted:
        listing = Listing(_without_order(query), viewer)
        if not listing.is_understood:
            continue
        rows = listing.rows.order_by().values("pk")[: CAP + 1]
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:
            found[key] = 0
            continue
        parts.append((key, f"(SELECT count(*) FROM ({sql}) c)"))  # noqa: S608 - written by the ORM
        params += values
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(sql for _key, sql in parts)}", params)
            found |= dict(zip((key for key, _sql in parts), cursor.fetchone(), strict=True))
    return found


def _without_order(query: QueryDict) -> QueryDict:
    plain = query.copy()
    plain.pop("sort", None)
    return plain
