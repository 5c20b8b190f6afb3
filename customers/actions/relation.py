"""Customers that belong together: related, no longer, and again."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.enums import RelationKind
from customers.models import Customer, Relation
from customers.relations import Role, inverse, role_of
from tenancy.context import current_organization_id
from tenancy.errors import Refused
from tenancy.models import Membership

RELATED = "customer.related"
UNDO_WITHIN = timedelta(hours=1)
DEEPEST = 50

_ANCESTORS = """
WITH RECURSIVE above (id, depth) AS (
    SELECT %(start)s::uuid, 0
    UNION
    SELECT r.source_id, above.depth + 1 FROM customers_relation r JOIN above ON r.target_id = above.id
    WHERE r.organization_id = %(organization)s AND r.kind = %(kind)s AND r.removed_at IS NULL
        AND above.depth < %(deepest)s)
SELECT 1 FROM above WHERE id = %(wanted)s::uuid LIMIT 1"""


class Unrelatable(Refused):
    """To itself, twice, of the wrong kind, or in a circle."""


class TooLate(Refused):
    reason = _("This cannot be taken back any more.")


@transaction.atomic
def relate(
    relation: Relation, *, customer: Customer, other: Customer, role: Role, actor: Membership
) -> Relation:
    """Record that `other` is the `role` of `customer`; `relation` (unsaved) brings note, since and until.

    Afterwards: a line on the timeline of both. Raises Unrelatable.
    """
    if customer.pk == other.pk:
        raise Unrelatable(_("A customer has no relation to itself."))
    if not role.fits(customer.kind, other.kind):
        raise Unrelatable(_("These two cannot stand in this relation: one is a company, or one is a person."))
    relation.source, relation.target = (other, customer) if role.names_source else (customer, other)
    relation.kind, relation.created_by = role.kind, actor
    _refuse_what_is_there(relation)
    relation.save(force_insert=True)
    _tell(relation, "added", actor)
    return relation


@transaction.atomic
def unrelate(relation: Relation, *, actor: Membership) -> None:
    """Take the relation away, from both. For one that has ended, set `until` instead."""
    relation.removed_at = timezone.now()
    relation.save(update_fields=["removed_at"])
    _tell(relation, "removed", actor)


@transaction.atomic
def relate_again(relation: Relation, *, actor: Membership) -> None:
    """Undo a removal. Raises TooLate, and Unrelatable when it has been recorded anew meanwhile."""
    if relation.removed_at is None or relation.removed_at < timezone.now() - UNDO_WITHIN:
        raise TooLate
    _refuse_what_is_there(relation)
    relation.removed_at = None
    relation.save(update_fields=["removed_at"])
    _tell(relation, "added", actor)


@transaction.atomic
def edit_relation(relation: Relation, *, actor: Membership) -> Relation:
    """Store another note, beginning or end."""
    relation.save(update_fields=["note", "since", "until"])
    return relation


def _refuse_what_is_there(relation: Relation) -> None:
    _one_at_a_time()
    source, target = relation.source_id, relation.target_id
    same = Relation.objects.filter(kind=relation.kind, removed_at=None)
    twice = same.filter(source=source, target=target).exists()
    if relation.kind in RelationKind.SYMMETRIC:
        twice = twice or same.filter(source=target, target=source).exists()
    if twice:
        raise Unrelatable(_("This relation is recorded already."))
    if relation.kind in RelationKind.ACYCLIC and _stands_above(target, source, relation.kind):
        raise Unrelatable(_("That would be a circle: the one stands above the other already."))


def _one_at_a_time() -> None:
    """Two relations added at once could close a circle that neither of them sees."""
    with connection.cursor() as cursor:
        key = current_organization_id()
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers_relation'), %s)", [key])


def _stands_above(above: uuid.UUID, below: uuid.UUID, kind: str) -> bool:
    values: dict[str, Any] = {
        "organization": current_organization_id(),
        "start": below,
        "wanted": above,
        "kind": str(kind),
        "deepest": DEEPEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTORS, values)
        return cursor.fetchone() is not None


def _tell(relation: Relation, what: str, actor: Membership) -> None:
    """On both timelines. The line names the role and leads to the other one; whose name it is, the page there says:
    not every reader of this timeline may know."""
    role = role_of(relation.kind, names_source=True)
    lines = (
        (relation.target_id, relation.source_id, role),
        (relation.source_id, relation.target_id, inverse(role)),
    )
    for customer, other, called in lines:
        params = {"what": what, "role": called.key}
        timeline.record(customer, RELATED, actor=actor, params=params, subject_id=other)
