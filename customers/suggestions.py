"""What the registry itself suggests to do next for a customer."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.enums import CustomerKind
from customers.models import Customer
from customers.models.health import NEVER
from customers.queries.addresses import RowAddress
from customers.registry import NextBestAction, Suggestion, first_quick_action
from customers.rights import ASSIGN, CHANGE, VIEW
from tenancy.access import Viewer
from tenancy.links import organization_url

BIRTHDAY_SOON = 14


def _verify(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    if not values["health__overdue"]:
        return None
    seen = values["health__verified_on"]
    if seen in (None, NEVER):
        reason = _("Nobody has confirmed the data since it was entered.")
    else:
        reason = _("Last confirmed on %(day)s.") % {"day": date_format(seen, "SHORT_DATE_FORMAT")}
    url = organization_url("customers:verify", pk=customer.pk)
    return Suggestion(_("Verify the data"), reason, url, icon="user-check", weight=45, do=_("Verify data"))


def _reach(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    if not values["health__unreachable"]:
        return None
    url = f"{organization_url('customers:edit', pk=customer.pk)}#contact-details"
    reason = _("No contact detail is known.")
    return Suggestion(
        _("Find out how to reach them"), reason, url, icon="address-book", weight=70, do=_("Add")
    )


def _owner(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    if customer.owner_id is not None:
        return None
    url = organization_url("customers:assign", pk=customer.pk)
    reason = _("Nobody looks after this customer.")
    return Suggestion(
        _("Assign an owner"), reason, url, icon="user-share", weight=80, dialog=True, do=_("Assign…")
    )


def _mend(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    if not values["health__found_wrong"]:
        return None
    url = organization_url("customers:edit", pk=customer.pk)
    reason = _("Something was marked as wrong at the last verification.")
    return Suggestion(_("Correct the data"), reason, url, icon="pencil", weight=65, do=_("Edit"))


def _person(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    from customers.completeness import FIELDS

    bit = next(place for place, field in enumerate(FIELDS) if field.key == "people")
    if customer.kind != CustomerKind.COMPANY or not (values["health__missing"] or 0) >> bit & 1:
        return None
    url = organization_url("customers:person_create", pk=customer.pk)
    reason = _("Nobody to talk to is named at this company.")
    return Suggestion(
        _("Add a contact person"), reason, url, icon="user-plus", weight=40, dialog=True, do=_("Add")
    )


def _birthday(customer: Customer, values: dict[str, Any], viewer: Viewer) -> Suggestion | None:
    next_on = values["next_birthday__next_on"]
    if next_on is None:
        return None
    days = (next_on - timezone.localdate()).days
    if not 0 <= days <= BIRTHDAY_SOON:
        return None
    if days == 0:
        reason = _("The birthday is today.")
    else:
        reason = ngettext("The birthday is tomorrow.", "The birthday is in %(n)s days.", days) % {"n": days}
    action = first_quick_action(viewer)
    url = RowAddress(action.url_name if action else "customers:detail").of(customer.pk)
    weight = 60 if days <= 3 else 35
    return Suggestion(
        _("Send birthday wishes"),
        reason,
        url,
        icon="cake",
        weight=weight,
        dialog=bool(action and action.dialog),
    )


RULES = (
    NextBestAction("owner", gettext_lazy("Assign an owner"), ASSIGN, _owner, order=10),
    NextBestAction(
        "reach",
        gettext_lazy("Find out how to reach them"),
        CHANGE,
        _reach,
        ("health__unreachable",),
        order=20,
    ),
    NextBestAction(
        "mend", gettext_lazy("Correct the data"), CHANGE, _mend, ("health__found_wrong",), order=30
    ),
    NextBestAction(
        "verify",
        gettext_lazy("Verify the data"),
        CHANGE,
        _verify,
        ("health__overdue", "health__verified_on"),
        order=40,
    ),
    NextBestAction(
        "person", gettext_lazy("Add a contact person"), CHANGE, _person, ("health__missing",), order=50
    ),
    NextBestAction(
        "birthday",
        gettext_lazy("Send birthday wishes"),
        VIEW,
        _birthday,
        ("next_birthday__next_on",),
        order=60,
    ),
)
