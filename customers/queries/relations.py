"""Who belongs to a customer, as far as the reader may know."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, JSONField, OuterRef, Q, QuerySet, UUIDField
from django.db.models.expressions import RawSQL

from customers.models import ContactPerson, Customer, Employment, Relation
from customers.queries.timeline import counted
from customers.relations import Role, role_of
from customers.rights import VIEW
from tenancy.access import Viewer

MOST_ALONG = 60

# Written out: it is built for each request of the customer's page.
_ALONG = f"""
SELECT coalesce(jsonb_agg(jsonb_build_object('key', r.id, 'kind', r.kind, 'note', r.note, 'since', r.since,
    'until', r.until, 'names_source', r.names_source, 'other', o.id, 'name', o.name, 'of_kind', o.kind,
    'owner', m.name, 'owner_key', o.owner_id)), '[]')
FROM (
    SELECT organization_id, id, kind, note, since, until, target_id = customers_customer.id AS names_source,
        CASE WHEN target_id = customers_customer.id THEN source_id ELSE target_id END AS other_id
    FROM customers_relation
    WHERE organization_id = customers_customer.organization_id AND removed_at IS NULL
        AND (source_id = customers_customer.id OR target_id = customers_customer.id)
    ORDER BY id LIMIT {MOST_ALONG}) r
JOIN customers_customer o ON o.organization_id = r.organization_id AND o.id = r.other_id
LEFT JOIN tenancy_membership m ON m.organization_id = o.organization_id AND m.id = o.owner_id"""  # noqa: S608


@dataclass(frozen=True)
class Related:
    """The other one of a relation. Out of reach, its name and key are not told: only whom to ask."""

    role: Role
    relation: uuid.UUID
    note: str
    since: date | None
    until: date | None
    seen: bool
    key: uuid.UUID | None
    name: str
    kind: str
    owner: str


def with_relations(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """Read along what `relations_along` tells: no query of its own."""
    return rows.annotate(relation_facts=RawSQL(_ALONG, (), output_field=JSONField()))  # noqa: S611


def relations_along(customer: Customer, viewer: Viewer) -> list[Related]:
    """The relations of a customer that was read by `with_relations`: the present ones first, those that have ended
    behind, of very many the first. A query only where somebody is out of reach."""
    found = customer.relation_facts  # type: ignore[attr-defined]
    seen = visible_among({uuid.UUID(facts["other"]): _key(facts["owner_key"]) for facts in found}, viewer)
    related = [_related(facts, seen) for facts in found]
    return sorted(related, key=lambda one: (one.until is not None, not one.seen, one.role.key, one.name))


def visible_among(owners: Mapping[uuid.UUID, uuid.UUID | None], viewer: Viewer) -> set[uuid.UUID]:
    """Those of these customers (key → owner) that the viewer may open."""
    reach = viewer.reach(VIEW)
    if reach is None:
        return set()
    seen = {key for key, owner in owners.items() if reach.covers(owner, key)}
    others = owners.keys() - seen
    if others:
        rows = Customer.objects.visible_to(viewer, VIEW).filter(pk__in=others)  # type: ignore[attr-defined]
        seen |= set(rows.values_list("pk", flat=True))
    return seen


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
    found = list(rows)
    seen = visible_among({row.company_id: row.company.owner_id for row in found}, viewer)
    for row in found:
        row.company_seen = row.company_id in seen  # type: ignore[attr-defined]
    return sorted(
        found, key=lambda one: (one.person.left_on is not None, str(one.person.left_on or ""), str(one.pk))
    )


def with_own_pages(people: QuerySet[ContactPerson]) -> QuerySet[ContactPerson]:
    """Contact persons with `individual` (the key of their own page, as text) and `individual_owner`, or None."""
    owner = "(SELECT c.owner_id FROM customers_customer c WHERE c.organization_id = e.organization_id AND c.id = e.individual_id)"
    of_person = (
        "FROM customers_employment e WHERE e.organization_id = customers_contactperson.organization_id"
        " AND e.person_id = customers_contactperson.id"
    )
    return people.annotate(
        individual=RawSQL(f"SELECT e.individual_id {of_person}", (), output_field=UUIDField()),  # noqa: S611
        individual_owner=RawSQL(f"SELECT {owner} {of_person}", (), output_field=UUIDField()),  # noqa: S611
    )


def relation_count(viewer: Viewer) -> Any:
    """Of a customer in a query: with how many others it is related, or where it works."""
    mine = "(r.source_id = customers_customer.id OR r.target_id = customers_customer.id) AND r.removed_at IS NULL"
    jobs = counted("customers_employment r", "r.individual_id = customers_customer.id")
    return counted("customers_relation r", mine) + jobs


def _seen(viewer: Viewer, end: str) -> Exists:
    return Exists(Customer.objects.visible_to(viewer, VIEW).filter(pk=OuterRef(f"{end}_id")))


def _related(facts: dict[str, Any], seen: set[uuid.UUID]) -> Related:
    key = uuid.UUID(facts["other"])
    role = role_of(facts["kind"], names_source=facts["names_source"])
    since, until, owner = _day(facts["since"]), _day(facts["until"]), facts["owner"] or ""
    row = uuid.UUID(facts["key"])
    if key not in seen:
        return Related(role, row, facts["note"], since, until, False, None, "", "", owner)
    return Related(role, row, facts["note"], since, until, True, key, facts["name"], facts["of_kind"], owner)


def _key(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
