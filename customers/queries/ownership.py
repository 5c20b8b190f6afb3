"""Who owned a customer, as its page tells it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from customers.enums import HandoverReason, OwnershipKind
from customers.models import Customer, HandedCustomer, OwnershipChange
from customers.queries.keyset import Order, page

SHOWN = 5
NEWEST = Order(("at", "pk"), descending=True)
SIZE = 50


@dataclass(frozen=True)
class Change:
    """One change of owner in words. `handover`: of which it was part."""

    what: str
    before: str
    after: str
    by: str
    at: datetime
    why: str
    handover: uuid.UUID | None


def with_ownership(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    """Read along what `ownership_along` tells: no query of its own."""
    changes = OwnershipChange.objects.filter(customer=OuterRef("pk")).order_by("-at", "-pk")
    return rows.annotate(ownership_facts=ArraySubquery(changes.values(row=_facts())[: SHOWN + 1]))


def ownership_along(customer: Customer) -> tuple[list[Change], bool]:
    """The latest changes of owner of a customer that was read by `with_ownership`, the newest first; and whether there
    are more."""
    found: list[dict[str, Any]] = customer.ownership_facts  # type: ignore[attr-defined]
    return [_change(facts) for facts in found[:SHOWN]], len(found) > SHOWN


def ownership_page(customer: Customer, cursor: str) -> tuple[list[Change], str]:
    """A page of all its changes of owner, the newest first; and the cursor of the next page, "" after the last."""
    rows = OwnershipChange.objects.filter(customer=customer).annotate(row=_facts())
    found = page(rows, NEWEST, ("row",), cursor=cursor, direction="after", size=SIZE)
    return [_change(one["row"]) for one in found.rows], found.after


def _facts() -> JSONObject:
    note = HandedCustomer.objects.filter(customer=OuterRef("customer"), handover=OuterRef("handover"))
    return JSONObject(
        kind="kind", before="from_owner__name", after="to_owner__name", by="by__name", at="at", reason="reason",
        handover="handover_id", why="handover__reason", note=Subquery(note.values("note")[:1]),
    )  # fmt: skip


def _change(facts: dict[str, Any]) -> Change:
    why = [HandoverReason(facts["why"]).label] if facts["why"] else []
    why += [text for text in (facts["reason"], facts["note"]) if text]
    return Change(
        str(OwnershipKind(facts["kind"]).label),
        facts["before"] or "",
        facts["after"] or "",
        facts["by"] or "",
        datetime.fromisoformat(facts["at"]),
        " · ".join(str(text) for text in why),
        uuid.UUID(facts["handover"]) if facts["handover"] else None,
    )
