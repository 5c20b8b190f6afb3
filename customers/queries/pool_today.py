"""What the today page says of customers that are about to return to a pool, and how many wait for the viewer."""

from collections.abc import Mapping
from typing import Any

from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from customers.queries.pool_returns import IN_ORDER, announced
from tenancy.access import Viewer
from tenancy.counting import MOST_COUNTED, count_of
from tenancy.related import with_related
from workspace.queries import notification

SHOWN = 4
# In one expression, since it stands on every page: open pools, those of a role the viewer holds, those of a department at or
# above the viewer's.
_WAITING = """(SELECT count(*) FROM (
    SELECT FROM customers_pool p JOIN customers_poolentry e
        ON e.organization_id = p.organization_id AND e.pool_id = p.id AND NOT e.archived
    WHERE p.organization_id = %s AND p.archived_at IS NULL AND (
        NOT EXISTS (SELECT FROM customers_pooldepartment d
            WHERE d.organization_id = p.organization_id AND d.pool_id = p.id AND d.use = 'claims')
        AND NOT EXISTS (SELECT FROM customers_poolrole r WHERE r.organization_id = p.organization_id AND r.pool_id = p.id)
        OR EXISTS (SELECT FROM customers_poolrole r JOIN tenancy_membershiprole h
                ON h.organization_id = r.organization_id AND h.role_id = r.role_id
            WHERE r.organization_id = p.organization_id AND r.pool_id = p.id AND h.membership_id = %s)
        OR EXISTS (WITH RECURSIVE up AS (
                SELECT id, parent_id FROM tenancy_department WHERE organization_id = %s AND id = %s
                UNION SELECT a.id, a.parent_id FROM tenancy_department a JOIN up ON a.id = up.parent_id
                WHERE a.organization_id = %s)
            SELECT FROM customers_pooldepartment d JOIN up ON d.department_id = up.id
            WHERE d.organization_id = p.organization_id AND d.pool_id = p.id AND d.use = 'claims'))
    LIMIT %s) waiting)"""


def returning_block(viewer: Viewer) -> Mapping[str, Any] | None:
    """One's own customers whose return is announced, the first to go first; nothing when there is none. One query."""
    rows = announced(viewer).filter(owner=viewer.membership)
    counted = with_related(rows.annotate(total=count_of(rows)), customer=["name"], pool=[])
    found = list(counted.order_by(*IN_ORDER.terms())[:SHOWN])
    if not found:
        return None
    total = found[0].total
    return {"rows": found, "total": min(total, MOST_COUNTED), "more": total > MOST_COUNTED}


def waiting_for(viewer: Viewer) -> RawSQL:
    """How many customers the viewer could claim, at most what the navigation counts."""
    key, member = viewer.organization.pk, viewer.membership
    values = (key, member.pk, key, member.department_id, key, notification.MOST_COUNTED)
    return RawSQL(_WAITING, values, output_field=IntegerField())  # noqa: S611 - a constant
