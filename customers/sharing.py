"""What sharing a customer opens: which rights reach it at which level, and how the database answers it.

`READ` opens what is there to be seen, `WORK` also what is done to the customer and to what hangs on it. What decides
over the customer itself (its owner, who else sees it, deleting, legal holds) stays with the owner.
"""

import uuid
from fnmatch import fnmatchcase
from functools import cache

from django.db.models import Q
from django.utils import timezone

from customers.models import Collaborator
from tenancy.enums import ShareLevel
from tenancy.models import Membership
from tenancy.queries.department import departments_above
from tenancy.sharing import Share, SharedKind

MOST = 1000
"""More customers than this are not shared with one person, or one team, by name."""

_READ = ("customers.view_*", "interactions.view_*", "sales.view_*", "service.view_*", "loyalty.view_*")
_WORK = (
    "customers.change_customer",
    "customers.merge_customer",
    "customers.reveal_contact",
    "customers.export_customer",
    "interactions.add_*",
    "interactions.change_*",
    "interactions.delete_*",
    "sales.add_*",
    "sales.change_*",
    "service.add_*",
    "service.change_*",
    "loyalty.add_*",
    "loyalty.change_*",
)
OWNERS_ALONE = {
    "customers.assign_customer": "decides whose it is",
    "customers.hand_over_customer": "decides whose it is",
    "customers.pool_customer": "decides whose it is",
    "customers.keep_customer": "decides whose it is",
    "customers.share_customer": "decides who else sees it",
    "customers.place_legalhold": "decides over its erasure",
    "customers.import_customer": "a file belongs to who sent it",
    "governance.view_privacy": "decides over its erasure",
    "tenancy.view_auditentry": "tells what others did, and what was there before",
}
"""Rights over rows of a customer that sharing opens at no level, and why."""

_SELECT = """
SELECT customer_id, max(level) FROM (
    SELECT customer_id, level FROM customers_collaborator
    WHERE organization_id = %(organization)s AND member_id = %(member)s
        AND (until IS NULL OR until >= %(today)s)
    UNION ALL
    SELECT customer_id, level FROM customers_collaborator
    WHERE organization_id = %(organization)s AND department_id = ANY(ARRAY(SELECT id FROM branch))
        AND (until IS NULL OR until >= %(today)s)
) found GROUP BY customer_id"""


@cache
def level_for(permission: str) -> ShareLevel | None:
    """The level at which a permission reaches a shared customer; None: it never does."""
    if any(fnmatchcase(permission, pattern) for pattern in _READ):
        return ShareLevel.READ
    return ShareLevel.WORK if any(fnmatchcase(permission, pattern) for pattern in _WORK) else None


def shares_with(member: Membership, customer_id: uuid.UUID) -> list[Share]:
    """Why the customer is shared with the member today, the widest first."""
    teams = departments_above(member.department_id)
    rows = Collaborator.objects.filter(Q(member=member) | Q(department__in=teams), customer=customer_id)
    today = timezone.localdate()
    found = rows.select_related("shared_by", "department").order_by("-level", "id")
    return [
        Share(ShareLevel(row.level), row.shared_by, row.until, str(row.department or ""))
        for row in found
        if not row.is_over(today)
    ]


CUSTOMERS = SharedKind("customers.customer", select=_SELECT, level_for=level_for, shares=shares_with)
