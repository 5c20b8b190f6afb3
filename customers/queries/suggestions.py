"""The next best action for a customer, and those behind it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, JSONField, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from customers.models import Customer
from customers.registry import NextBestAction, Suggestion, next_best_actions
from tenancy.access import Viewer

_PUT_OFF = """
SELECT coalesce(jsonb_agg(p.rule), '[]') FROM customers_postponedsuggestion p
WHERE p.organization_id = customers_customer.organization_id AND p.customer_id = customers_customer.id
    AND p.member_id = %s AND p.until > %s"""
_VALUE, _POSTPONED = "rule_", "postponed_rules"


@dataclass(frozen=True)
class Ranked:
    rule: NextBestAction
    suggestion: Suggestion


def with_what_rules_need(rows: QuerySet[Customer], viewer: Viewer) -> QuerySet[Customer]:
    """Read along what the rules look at, and what the viewer has put off: no query of its own."""
    values: dict[str, Any] = {_VALUE + path: F(path) for rule in _rules(viewer) for path in rule.paths}
    postponed = RawSQL(_PUT_OFF, (viewer.membership.pk, timezone.localdate()), output_field=JSONField())  # noqa: S611
    return rows.annotate(**values, **{_POSTPONED: postponed})


def suggestions_for(customer: Customer, viewer: Viewer) -> list[Ranked]:
    """The heaviest first. `customer` was read by `with_what_rules_need`; an archived one needs nothing."""
    if customer.archived_at is not None:
        return []
    postponed = getattr(customer, _POSTPONED)
    found = []
    for rule in _rules(viewer):
        if rule.key in postponed:
            continue
        values = {path: getattr(customer, _VALUE + path) for path in rule.paths}
        suggestion = rule.suggest(customer, values, viewer)
        if suggestion is not None:
            found.append(Ranked(rule, suggestion))
    return sorted(found, key=lambda one: (-one.suggestion.weight, one.rule.order))


def _rules(viewer: Viewer) -> list[NextBestAction]:
    return [rule for rule in next_best_actions if viewer.can(rule.permission)]
