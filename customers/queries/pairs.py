"""Possible duplicates as the reader may see them: both customers within reach, the likeliest first."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.likeness.scoring import AGAINST
from customers.models import Customer, DuplicatePair, NotDuplicate
from customers.queries.keyset import Order
from tenancy.access import Viewer

BEST = Order(("percent", "pk"), descending=True)
REASONS = {
    "identity": _("same identity number"),
    "phone": _("same phone"),
    "email": _("same email"),
    "wechat": _("same WeChat"),
    "name_same": _("same name"),
    "name_form": _("same name but for legal form or region"),
    "name_alias": _("same other name"),
    "name_sound": _("name reads the same"),
    "name_close": _("similar name (%(percent)s%%)"),
    "birthday": _("same birthday"),
    "birthday_close": _("similar birthday"),
    "address": _("same address"),
    "address_close": _("similar address"),
    "birthday_differs": _("birthday differs"),
    "region_differs": _("region differs"),
    "identity_differs": _("identity number differs"),
    "other": _("several small matches"),
}
FILTERS = {key: text for key, text in REASONS.items() if key not in AGAINST and "%" not in str(key)}
SURE = 75


def pairs_for(
    viewer: Viewer, permission: str, *, reason: str = "", sure: bool = False, postponed: bool = False
) -> QuerySet[DuplicatePair]:
    """Pairs of active customers of which `viewer` reaches both with `permission`."""
    rows = DuplicatePair.objects.filter(first__archived_at=None, second__archived_at=None)
    reach = viewer.reach(permission)
    if reach is None or not reach.everyone:
        seen = Customer.objects.visible_to(viewer, permission).values("pk")
        rows = rows.filter(first__in=seen, second__in=seen)
    waiting = Q(later_until__gt=timezone.localdate())
    rows = rows.filter(waiting) if postponed else rows.exclude(waiting)
    if reason in FILTERS:
        rows = rows.filter(reason=reason)
    return rows.filter(percent__gte=SURE) if sure else rows


def settled_for(viewer: Viewer, permission: str) -> QuerySet[NotDuplicate]:
    seen = Customer.objects.visible_to(viewer, permission).values("pk")
    return NotDuplicate.objects.filter(first__in=seen, second__in=seen)


def in_words(reasons: list[Any]) -> list[dict[str, Any]]:
    """The stored codes in the reader's language; what speaks against is marked."""
    return [
        {"text": str(REASONS[code]) % params, "against": code in AGAINST}
        for code, params in reasons
        if code in REASONS
    ]
