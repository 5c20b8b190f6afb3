"""The door by which a floor adds a return rule: it is offered to pools, and warns on the page of whoever is about to return."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.pools import ReturnRule, return_rules
from customers.queries.addresses import RowAddress
from customers.registry import NextBestAction, Suggestion, first_quick_action, next_best_actions
from customers.rights import VIEW
from tenancy.access import Viewer

_WARNING = ("pool_warning__due_on", "pool_warning__rule", "pool_warning__before")


def add_return_rule(rule: ReturnRule) -> None:
    """Register the rule, and the next best action of a customer whose return it has announced."""

    def suggest(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
        return _keep(rule, customer, values, viewer)

    return_rules.register(rule)
    next_best_actions.register(
        NextBestAction(
            f"pool_{rule.key}",
            gettext_lazy("Keep the customer"),
            VIEW,
            suggest,
            (*_WARNING, rule.path),
            order=5,
        )
    )


def _keep(rule: ReturnRule, customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    due, before = values["pool_warning__due_on"], values["pool_warning__before"]
    if due is None or values["pool_warning__rule"] != rule.key:
        return None
    if not rule.is_neglected(values[rule.path], before):
        return None
    action = rule.action or first_quick_action(viewer)
    if action and not viewer.can(action.permission):
        action = None
    url = RowAddress(action.url_name if action else "customers:detail").of(customer.pk)
    anchor = f"#{action.anchor}" if action and action.anchor else ""
    return Suggestion(
        _("Keep the customer"),
        str(rule.unless) % {"day": date_format(due, "SHORT_DATE_FORMAT")},
        f"{url}{anchor}",
        icon="ripple",
        weight=95,
        dialog=bool(action and action.dialog),
        do=str(action.label) if action else "",
    )
