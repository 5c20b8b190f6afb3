"""Who belongs to a customer, as far as the reader may know."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from customers.models import ContactPerson, Customer, Employment, Relation
from customers.queries.timeline import count_of
from customers.relations import Role, role_of
from tenancy.access import Viewer

VIEW = "customers.view_customer"


@dataclass(frozen=True)
class Related:
    """The other one of a relation. Out of reach, its name and key are not told: only whom to ask."""

    role: Role
    relation: Relation
    seen: bool
    key: uuid.UUID | None
    name: str
    kind: str
    owner: str


def relations_of(customer: Customer, viewer: Viewer) -> list[Related]:
    """The present ones first, those that have ended behind. One query."""
    found = [_related(row, customer.pk) for row in relation_rows([customer.pk], viewer)]
    return sorted(
        found, key=lambda one: (one.relation.until is not None, not one.seen, one.role.key, one.name)
    )


def relation_rows(ids: Collection[uuid.UUID], viewer: Viewer) -> QuerySet[Relation]:
    """Relations at whose one end stands one of `ids`; `source_seen` and `target_seen` say what the viewer may open."""
    rows = Relation.objects.filter(Q(source__in=ids) | Q(target__in=ids), removed_at=None)
    rows = rows.select_related("source", "target", "source__owner", "target__owner")
    return rows.annotate(source_seen=_seen(viewer, "source"), target_seen=_seen(viewer, "target"))


def employment_rows(ids: Collection[uuid.UUID], viewer: Viewer) -> QuerySet[Employment]:
    """Who works where: employments of persons or at companies among `ids`."""
    rows = Employment.objects.filter(Q(individual__in=ids) | Q(company__in=ids))
    rows = rows.select_related("person", "company", "company__owner", "individual", "individual__owner")
    return rows.annotate(source_seen=_seen(viewer, "company"), target_seen=_seen(viewer, "individual"))


def companies_of(individual: Customer, viewer: Viewer) -> list[Employment]:
    """The companies at which the person is a contact person: now first, then those they have left. One query."""
    rows = Employment.objects.filter(individual=individual).select_related(
        "person", "company", "company__owner"
    )
    found = list(rows.annotate(company_seen=_seen(viewer, "company")))
    return sorted(
        found, key=lambda one: (one.person.left_on is not None, str(one.person.left_on or ""), str(one.pk))
    )


def with_own_pages(people: QuerySet[ContactPerson], viewer: Viewer) -> QuerySet[ContactPerson]:
    """Contact persons with `individual`: the key of their own page, where they have one that the viewer may open."""
    known = Employment.objects.filter(person=OuterRef("pk")).annotate(shown=_seen(viewer, "individual"))
    return people.annotate(individual=Subquery(known.filter(shown=True).values("individual_id")[:1]))


def relation_count(viewer: Viewer) -> Any:
    """Of a customer in a query: with how many others it is related, or where it works."""
    mine = Q(source=OuterRef("pk")) | Q(target=OuterRef("pk"))
    related = count_of(Relation.objects.filter(mine, removed_at=None))
    return related + count_of(Employment.objects.filter(individual=OuterRef("pk")))


def _seen(viewer: Viewer, end: str) -> Exists:
    return Exists(Customer.objects.visible_to(viewer, VIEW).filter(pk=OuterRef(f"{end}_id")))


def _related(row: Relation, this: uuid.UUID) -> Related:
    names_source = row.target_id == this
    other = row.source if names_source else row.target
    seen = row.source_seen if names_source else row.target_seen  # type: ignore[attr-defined]
    role = role_of(row.kind, names_source=names_source)
    key, name = (other.pk, other.name) if seen else (None, "")
    return Related(role, row, seen, key, name, other.kind if seen else "", str(other.owner or ""))
