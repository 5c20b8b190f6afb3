"""One page of the customer list: which rows, which columns, in which order."""

import json
import uuid
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from customers.custom import Spec
from customers.enums import ConsentState, CustomType, FieldUse, PointKind
from customers.masking import masked_phone
from customers.models import ContactPoint, Customer, FieldPolicy
from customers.queries.among import Among, reaches_few
from customers.queries.consent import PURPOSES, Purpose, purposes_from, state_expression
from customers.queries.custom import SPECS, lanes_of, sorted_by, specs_from, value_expression
from customers.queries.field_policy import POLICIES, policies_from
from customers.queries.keyset import Order, Part
from customers.registry import Fact, facts
from customers.rights import VIEW
from tenancy.access import Viewer
from tenancy.enums import Scope
from tenancy.models import Membership
from tenancy.sharing import Within

DEFAULT_SORT = "-updated"
_SETTINGS = f"""
SELECT (SELECT jsonb_build_array(columns, view_id) FROM customers_columnchoice
        WHERE organization_id = %(organization)s AND member_id = %(member)s),
    ({POLICIES}), ({SPECS}), ({PURPOSES})
"""  # noqa: S608 - made of constants
READ_APART = ("phone",)
"""Types of facts that a page reads with a statement of their own."""
RELEVANCE = Order(("score", "pk"), descending=True)


@dataclass(frozen=True)
class Sorting:
    """What the list is sorted by: a fact, or nothing but how well a search fits."""

    fact: Fact | None
    descending: bool = False

    @property
    def order(self) -> Order:
        if self.fact is None:
            return RELEVANCE
        path = self.fact.sort_path or self.fact.path
        relation, _dot, _column = path.rpartition("__")
        return Order((path, f"{relation}__customer_id" if relation else "pk"), self.descending)

    @property
    def text(self) -> str:
        return f"{'-' if self.descending else ''}{self.fact.key}" if self.fact else ""


def sorting_of(text: str, viewer: Viewer, *, searching: bool) -> Sorting:
    """The order that `text` ("name", "-updated") asks for; what cannot be sorted by, or not be seen, falls back."""
    key = text.removeprefix("-")
    fact = facts[key] if key in facts else next((one for one in custom_facts(viewer) if one.key == key), None)
    if fact is None or not fact.sort_index or not is_shown(fact, viewer):
        if searching:
            return Sorting(None)
        text, fact = DEFAULT_SORT, facts[DEFAULT_SORT[1:]]
    return Sorting(fact, text.startswith("-"))


def parts_of(
    rows: QuerySet[Customer], sorting: Sorting, viewer: Viewer, *, found: bool = False
) -> list[Part]:
    """`rows` as they follow in this order. `found`: they are not many, because somebody searched for them."""
    fact = sorting.fact
    # No index has one member's own rows in these orders.
    alone = fact is not None and (fact.spec is not None or fact.may_be_null)
    few = fact is not None and reaches_few(viewer, VIEW, alone=alone)
    parts = [replace(part, are_few=few) for part in parts_in_order(rows, sorting)]
    return [replace(part, lanes=()) for part in parts] if few or found else parts


def parts_in_order(rows: QuerySet[Customer], sorting: Sorting) -> list[Part]:
    """`rows`, whoever may see them: first those for whom there is something to sort by, where that may be missing."""
    fact = sorting.fact
    if fact is not None and fact.may_be_null:
        filled, empty = (rows.filter(**{f"{fact.path}__isnull": null}) for null in (False, True))
        return [Part(filled, sorting.order), Part(empty, Order(("pk",), sorting.descending))]
    own = fact.spec if fact else None
    if own is None:
        return [Part(rows, sorting.order)]
    with_value, without = sorted_by(rows, own)
    held = Order(("sort_value", "sort_customer"), sorting.descending)
    return [
        Part(with_value, held, lanes=lanes_of(rows, own)),
        Part(without, Order(("pk",), sorting.descending)),
    ]


def visible_rows(viewer: Viewer, sorting: Sorting, *, team_first: bool = False) -> QuerySet[Customer]:
    """All that the viewer may see, ready to be sorted: through the rollup's own owner where the order is the rollup's.
    `team_first`: their keys are found before all else."""
    rows = Customer.objects.visible_to(viewer, VIEW)
    if team_first:
        rows = Customer.objects.filter(Among("pk", rows))
    fact = sorting.fact
    if fact is None or "__" not in (fact.sort_path or fact.path):
        return rows
    relation = (fact.sort_path or fact.path).rpartition("__")[0]
    rows = rows.filter(**{f"{relation}__isnull": False})
    reach = viewer.reach(VIEW)
    if team_first or not fact.owner_path or not reach or reach.everyone:
        return rows
    if reach.shared:
        # A rollup has the key of its customer: the same two columns of one table.
        return rows.filter(Within(fact.owner_path, reach.members, reach.shared))
    return rows.filter(**{f"{fact.owner_path}__in": reach.members})


def columns_for(viewer: Viewer, keys: Sequence[str] = ()) -> list[Fact]:
    """The columns to show behind the name, in the order of `keys`, or those that a list starts with. Unknown and
    forbidden keys are left out."""
    allowed = [fact for fact in allowed_columns(viewer) if fact.key != "name"]
    if keys:
        by_key = {fact.key: fact for fact in allowed}
        return [by_key[key] for key in dict.fromkeys(keys) if key in by_key]
    # Who sees only their own customers need not read their own name in every row.
    own_only = viewer.rights.get(VIEW) == Scope.OWN and not viewer.shares
    return [fact for fact in allowed if fact.default and not (own_only and fact.key == "owner")]


def allowed_columns(viewer: Viewer) -> list[Fact]:
    return [fact for fact in all_facts(viewer) if fact.column and is_shown(fact, viewer)]


def all_facts(viewer: Viewer) -> list[Fact]:
    """Those that the apps registered, then the fields and purposes of consent of the organisation's own."""
    return [*facts, *custom_facts(viewer), *consent_facts(viewer)]


def custom_facts(viewer: Viewer) -> list[Fact]:
    return [_fact_of(spec, place) for place, spec in enumerate(custom_specs(viewer))]


def custom_specs(viewer: Viewer) -> list[Spec]:
    """The organisation's own fields, read once for a request."""
    return _settings(viewer).own


def consent_purposes(viewer: Viewer) -> list[Purpose]:
    """What customers are asked to agree to, read once for a request."""
    return _settings(viewer).purposes


def consent_facts(viewer: Viewer) -> list[Fact]:
    return [
        Fact(
            purpose.name,
            _("Consent: %(purpose)s") % {"purpose": purpose},
            purpose.name,
            "choice",
            order=400 + place,
            choices=ConsentState,
            filter_index="customers_consentstanding_by",
            expression=partial(state_expression, purpose),
        )
        for place, purpose in enumerate(consent_purposes(viewer))
    ]


def _fact_of(spec: Spec, place: int) -> Fact:
    return Fact(
        spec.name,
        spec.label,
        spec.name,
        "custom",
        order=200 + place,
        default=spec.default_column,
        filter_index=f"customers_customvalue_{spec.column}",
        sort_index="" if spec.type == CustomType.CHOICES else f"customers_customvalue_{spec.column}",
        spec=spec,
    )


def is_shown(fact: Fact, viewer: Viewer) -> bool:
    """Whether the viewer may see the fact, and the organisation collects it."""
    return viewer.can(fact.permission) and fact.key not in uncollected(viewer)


def uncollected(viewer: Viewer) -> frozenset[str]:
    """Keys of the fields that the viewer's organisation does not collect."""
    policies = policies_for(viewer)
    return frozenset(key for key, policy in policies.items() if policy.use == FieldUse.HIDDEN)


def chosen_columns(viewer: Viewer) -> list[str]:
    return _settings(viewer).columns


def first_view(viewer: Viewer) -> str:
    """The key of the saved view that the viewer's list opens with; "" for none."""
    return _settings(viewer).view


def policies_for(viewer: Viewer) -> dict[str, FieldPolicy]:
    """Key of an optional field → what was decided about it. No query of its own."""
    return _settings(viewer).policies


class _Settings(NamedTuple):
    """What a list needs to know before it reads its rows."""

    columns: list[str]
    view: str
    policies: dict[str, FieldPolicy]
    own: list[Spec]
    purposes: list[Purpose]
    """What customers are asked to agree to."""


def _settings(viewer: Viewer) -> _Settings:
    """One query for a request."""
    if "list" not in viewer.memo:
        with connection.cursor() as cursor:
            member = viewer.membership
            cursor.execute(_SETTINGS, {"organization": member.organization_id, "member": member.pk})
            choice, policies, own, purposes = cursor.fetchone()
        columns, view = json.loads(choice) if choice else ([], None)
        viewer.memo["list"] = _Settings(
            columns, view or "", policies_from(policies), specs_from(own), purposes_from(purposes)
        )
    return viewer.memo["list"]


def paths_for(columns: Iterable[Fact]) -> list[str]:
    """What to read for these columns."""
    shown = [fact.read_path for fact in columns if fact.type not in READ_APART]
    return ["pk", "name", "kind", "archived_at", *shown]


def with_values(rows: QuerySet[Customer], columns: Iterable[Fact]) -> QuerySet[Any]:
    """`rows` with what the columns say that no column of the database holds, under their paths. Names of members are read
    for the rows that are shown: a join would read them for all that are sorted."""
    own = {fact.path: value_expression(fact.spec) for fact in columns if fact.spec}
    made = {fact.path: fact.expression() for fact in columns if fact.expression}
    named = {
        fact.read_path: Subquery(Membership.objects.filter(pk=OuterRef(f"{fact.path}_id")).values("name"))
        for fact in columns
        if fact.type == "member"
    }
    return rows.annotate(**own, **made, **named)


def primary_phones(ids: Sequence[uuid.UUID], *, in_full: Container[uuid.UUID] = ()) -> dict[uuid.UUID, str]:
    """The first phone of each customer, masked but for those `in_full`; none where phones are not collected. One query."""
    points = ContactPoint.objects.collected().filter(customer__in=ids, kind=PointKind.PHONE, person=None)
    first = points.order_by("customer_id", "-is_primary", "position").distinct("customer_id")
    return {
        point.customer_id: point.value if point.customer_id in in_full else masked_phone(point.value)
        for point in first.only("customer_id", "value", "organization_id")
    }
