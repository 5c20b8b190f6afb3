"""With whom customers are shared, and what is shared with somebody."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import JSONField, Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from customers.models import Collaborator, Customer
from customers.rights import SHARE, VIEW
from tenancy.access import Viewer
from tenancy.enums import ShareLevel
from tenancy.models import Membership
from tenancy.queries.department import departments_above
from tenancy.related import with_related

SOON = timedelta(days=7)
SHOWN = 6
MINE, OTHERS = "me", "others"

# Of a customer in a query: read along, so that its page needs no statement for them.
_ALONG = """
SELECT coalesce(jsonb_agg(jsonb_build_object('key', s.id, 'person', s.member_id, 'member', m.name, 'team', d.name,
    'level', s.level, 'until', s.until, 'reason', s.reason, 'by', b.name) ORDER BY s.level DESC, s.id), '[]')
FROM customers_collaborator s
LEFT JOIN tenancy_membership m ON m.organization_id = s.organization_id AND m.id = s.member_id
LEFT JOIN tenancy_department d ON d.organization_id = s.organization_id AND d.id = s.department_id
LEFT JOIN tenancy_membership b ON b.organization_id = s.organization_id AND b.id = s.shared_by_id
WHERE s.organization_id = customers_customer.organization_id AND s.customer_id = customers_customer.id
    AND (s.until IS NULL OR s.until >= %s)"""
_NAMES = """
SELECT string_agg(coalesce(m.name, d.name), ', ' ORDER BY s.level DESC, s.id) FROM customers_collaborator s
LEFT JOIN tenancy_membership m ON m.organization_id = s.organization_id AND m.id = s.member_id
LEFT JOIN tenancy_department d ON d.organization_id = s.organization_id AND d.id = s.department_id
WHERE s.organization_id = customers_customer.organization_id AND s.customer_id = customers_customer.id
    AND (s.until IS NULL OR s.until >= %s)"""


def collaborators_along() -> RawSQL:
    """`collaborators_read` makes of it who works on the customer besides its owner today."""
    return RawSQL(_ALONG, (timezone.localdate(),), output_field=JSONField())  # noqa: S611 - made of constants


def collaborators_read(facts: Iterable[Mapping[str, Any]], viewer: Viewer) -> list[dict[str, Any]]:
    return [
        {
            **one,
            "name": one["member"] or one["team"],
            "is_me": one["person"] == str(viewer.membership.pk),
            "level": ShareLevel(one["level"]),
            "until": date.fromisoformat(one["until"]) if one["until"] else None,
        }
        for one in facts
    ]


def collaborator_names() -> RawSQL:
    """The names of the collaborators of a customer in a query, for a column of a list; NULL without any."""
    return RawSQL(_NAMES, (timezone.localdate(),), output_field=TextField())  # noqa: S611 - made of constants


def narrowed_by_sharing(rows: QuerySet[Customer], value: str, viewer: Viewer) -> QuerySet[Customer]:
    """Those of `rows` that are shared with the viewer (MINE), or with anybody (OTHERS)."""
    if value == MINE:
        return rows.filter(pk__in=list(viewer.shares))
    return rows.filter(pk__in=in_force().values("customer"))


def in_force(today: date | None = None) -> QuerySet[Collaborator]:
    return Collaborator.objects.filter(Q(until=None) | Q(until__gte=today or timezone.localdate()))


def shared_with(member: Membership, viewer: Viewer) -> QuerySet[Collaborator]:
    """What is shared with the member, by name or with a team of theirs, as far as the viewer sees it."""
    teams = departments_above(member.department_id)
    rows = in_force().filter(Q(member=member) | Q(department__in=teams), customer__archived_at=None)
    seen = Customer.objects.visible_to(viewer, VIEW)
    return rows.filter(customer__in=seen).select_related("customer__owner", "shared_by", "department")


def watched_members(viewer: Viewer) -> QuerySet[Membership]:
    """Of whom the viewer may know what is shared with them: those whose customers they may share."""
    reach = viewer.reach(SHARE)
    rows = Membership.objects.active().exclude(pk=viewer.membership.pk).order_by("name", "pk")
    if reach is None:
        return rows.none()
    return rows if reach.everyone else rows.filter(pk__in=reach.members)


def ending_soon(viewer: Viewer) -> QuerySet[Collaborator]:
    """Shares that end within a week: of the viewer's own customers, and with the viewer."""
    today = timezone.localdate()
    with_me = Q(member=viewer.membership) | Q(department__isnull=False, customer__in=list(viewer.shares))
    rows = Collaborator.objects.filter(until__gte=today, until__lte=today + SOON)
    rows = rows.filter(with_me | Q(customer__owner=viewer.membership), customer__archived_at=None)
    shown = with_related(rows, customer=["name", "owner"], member=["name"], department=[])
    return shown.order_by("until", "pk")


def ending_block(viewer: Viewer) -> Mapping[str, Any] | None:
    """For the today page; nothing when there is none. One query."""
    found = list(ending_soon(viewer)[: SHOWN + 1])
    if not found:
        return None
    mine = viewer.membership.pk
    rows = [
        {"row": row, "own": row.customer.owner_id == mine, "with_me": row.member_id == mine} for row in found
    ]
    return {"rows": rows[:SHOWN], "more": len(found) > SHOWN}
