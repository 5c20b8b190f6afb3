"""Consents as pages and lists read them: purposes with their wordings, and what counts of a customer now."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils.dateparse import parse_datetime

from customers.enums import ConsentState
from customers.models import Consent, ConsentPurpose, ConsentStanding, ConsentWording, Customer
from customers.models.labels import in_language
from tenancy.counting import count_of

NEVER = "never"
"""A filter's word for customers who have said neither yes nor no."""

PURPOSES = """
SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'label_zh', p.label_zh, 'label_en', p.label_en)
    ORDER BY p.position, p.id), '[]')
FROM customers_consentpurpose p WHERE p.organization_id = %(organization)s AND p.archived_at IS NULL
"""
_ALONG = """
SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'label_zh', p.label_zh, 'label_en', p.label_en,
    'state', s.state, 'since', s.since) ORDER BY p.position, p.id), '[]')
FROM customers_consentpurpose p
LEFT JOIN customers_consentstanding s ON s.organization_id = p.organization_id AND s.purpose_id = p.id
    AND s.customer_id = customers_customer.id
WHERE p.organization_id = customers_customer.organization_id AND (p.archived_at IS NULL OR s.id IS NOT NULL)"""


@dataclass(frozen=True)
class Purpose:
    """A purpose in use, read once for a request."""

    id: uuid.UUID
    label_zh: str
    label_en: str

    def __str__(self) -> str:
        return in_language(self.label_zh, self.label_en)

    @property
    def name(self) -> str:
        """Under which lists know it."""
        return f"consent_{self.id.hex}"


@dataclass(frozen=True)
class Standing:
    """What one customer has said about one purpose; `state` None: nothing so far."""

    purpose: Purpose
    state: ConsentState | None
    since: datetime | None

    @property
    def tone(self) -> str:
        return self.state.tone if self.state else "neutral"


def purposes_from(rows: Any) -> list[Purpose]:
    """What `PURPOSES` has read."""
    found = json.loads(rows) if isinstance(rows, str) else rows
    return [Purpose(uuid.UUID(row["id"]), row["label_zh"], row["label_en"]) for row in found]


def consents_along() -> RawSQL:
    """Of a customer in a query: what `standings_read` reads, so that its page needs no query for them."""
    return RawSQL(_ALONG, (), output_field=JSONField())  # noqa: S611 - made of constants


def standings_read(rows: Sequence[Mapping[str, Any]]) -> list[Standing]:
    return [
        Standing(
            Purpose(uuid.UUID(row["id"]), row["label_zh"], row["label_en"]),
            ConsentState(row["state"]) if row["state"] else None,
            parse_datetime(row["since"]) if row["since"] else None,
        )
        for row in rows
    ]


def state_expression(purpose: Purpose) -> Subquery:
    """What counts of a customer in a list: given, withdrawn, or NULL."""
    rows = ConsentStanding.objects.filter(customer=OuterRef("pk"), purpose=purpose.id)
    return Subquery(rows.values("state")[:1])


def answering(rows: QuerySet[Customer], purpose: Purpose, states: Sequence[str]) -> QuerySet[Customer]:
    """Those of `rows` whose answer is among `states` (NEVER: none at all)."""
    said = ConsentStanding.objects.filter(customer=OuterRef("pk"), purpose=purpose.id)
    wanted = Q()
    for state in states:
        wanted |= Q(~Exists(said)) if state == NEVER else Q(Exists(said.filter(state=state)))
    return rows.filter(wanted)


def purposes_in_order() -> QuerySet[ConsentPurpose]:
    return ConsentPurpose.objects.active().order_by("position", "pk")


def purposes_with_counts() -> list[dict[str, Any]]:
    """Every purpose with its newest wording and how many customers have agreed or withdrawn, as far as `count_of` counts.
    Two queries."""
    rows: QuerySet[Any] = ConsentPurpose.objects.all()
    standings = ConsentStanding.objects.filter(purpose=OuterRef("pk"))
    counts = {state.value: count_of(standings.filter(state=state)) for state in ConsentState}
    wordings: dict[uuid.UUID, ConsentWording] = {}
    for wording in ConsentWording.objects.order_by("number"):
        wordings[wording.purpose_id] = wording
    return [
        {
            "row": purpose,
            "wording": wordings.get(purpose.pk),
            "given": purpose.given,
            "withdrawn": purpose.withdrawn,
            "list_key": f"consent_{purpose.pk.hex}",
        }
        for purpose in rows.annotate(**counts).order_by("archived_at", "position", "pk")
    ]


def wording_on(purpose: ConsentPurpose, day: date) -> ConsentWording | None:
    """The wording that was in force on that day."""
    rows = ConsentWording.objects.filter(purpose=purpose, in_force_from__lte=day)
    return rows.order_by("-in_force_from").first()


def history_of(ids: Sequence[uuid.UUID]) -> list[Consent]:
    """All that these customers (one, and those merged into it) ever said, newest first."""
    rows = Consent.objects.filter(customer__in=ids).select_related(
        "purpose", "wording__purpose", "recorded_by", "customer"
    )
    return list(rows.order_by("-at", "-recorded_at", "-pk"))
