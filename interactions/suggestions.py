"""What contacts and plans suggest to do next for a customer."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Customer
from customers.registry import NextBestAction, Suggestion
from interactions.models.rollup import NEVER, NONE
from tenancy.access import Viewer
from tenancy.links import organization_url

ADD, ADD_PLAN, CHANGE_PLAN = (
    "interactions.add_interaction",
    "interactions.add_plan",
    "interactions.change_plan",
)


def _owed(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    if not values["contact__owed"]:
        return None
    last = values["contact__last_at"]
    if last in (None, NEVER):
        reason = _("Nobody has been in touch yet.")
    else:
        days = (timezone.localdate() - timezone.localtime(last).date()).days
        reason = ngettext("The last contact was %(n)s day ago.", "The last contact was %(n)s days ago.", days)
        reason = reason % {"n": days}
    url = f"{organization_url('interactions:create')}?customer={customer.pk}"
    return Suggestion(
        _("Get in touch"), reason, url, icon="message-plus", weight=75, dialog=True, do=_("Log a contact")
    )


def _late(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    due, plan = values["contact__next_on"], values["contact__next_plan_id"]
    if plan is None or due is None or due >= timezone.localdate():
        return None
    reason = _("It was planned for %(day)s.") % {"day": date_format(due, "SHORT_DATE_FORMAT")}
    url = f"{organization_url('interactions:create')}?plan={plan}"
    return Suggestion(
        _("Finish the overdue plan"),
        reason,
        url,
        icon="calendar-time",
        weight=90,
        dialog=True,
        do=_("Log a contact"),
    )


def _unplanned(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    if values["contact__next_on"] != NONE or values["contact__owed"]:
        return None
    url = f"{organization_url('interactions:plan_create')}?customer={customer.pk}"
    return Suggestion(
        _("Plan the next step"),
        _("Nothing is planned with this customer."),
        url,
        icon="calendar-plus",
        weight=25,
        dialog=True,
        do=_("Plan"),
    )


RULES = (
    NextBestAction(
        "plan_late",
        gettext_lazy("Finish the overdue plan"),
        CHANGE_PLAN,
        _late,
        ("contact__next_on", "contact__next_plan_id"),
        order=70,
    ),
    NextBestAction(
        "owed", gettext_lazy("Get in touch"), ADD, _owed, ("contact__owed", "contact__last_at"), order=71
    ),
    NextBestAction(
        "unplanned",
        gettext_lazy("Plan the next step"),
        ADD_PLAN,
        _unplanned,
        ("contact__next_on", "contact__owed"),
        order=72,
    ),
)
