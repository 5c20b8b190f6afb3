"""Customers that may be the same one: told while typing and before saving, without opening what is out of reach."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers import normalise
from customers.models import ContactPoint, Customer
from customers.pinyin import sort_key
from customers.queries.lookups import may_look_up
from tenancy.access import Viewer
from tenancy.context import current_organization

VIEW = "customers.view_customer"
MOST = 5
REASONS = {
    "phone": _("same phone"),
    "email": _("same email"),
    "wechat": _("same WeChat"),
    "identity": _("same identity number"),
    "name": _("same name"),
}


class TooMany(Exception):
    """So many numbers and addresses have been compared that no more are, for some minutes."""


@dataclass
class Duplicate:
    """A customer that is likely the same. `name` and `pk` are told only to those who may see it."""

    reasons: list[str] = field(default_factory=list)
    owner: str = ""
    archived: bool = False
    pk: uuid.UUID | None = None
    name: str = ""
    code: str = ""

    @property
    def reason_texts(self) -> list[str]:
        return [str(REASONS[reason]) for reason in self.reasons]


def possible_duplicates(
    viewer: Viewer,
    *,
    name: str = "",
    person: bool = False,
    points: Iterable[tuple[str, str]] = (),
    identity: str = "",
    exclude: uuid.UUID | None = None,
) -> list[Duplicate]:
    """Customers with one of these (normalised) details. At most three queries; asks the whole organisation.

    Raises TooMany when the viewer, who sees details masked, has tried out too many.
    """
    points = list(points)
    if not may_look_up(
        viewer, [value for _kind, value in points if value] + ([identity] if identity else [])
    ):
        raise TooMany
    reasons = _by_details(points)
    for key, reason in _by_name_or_number(name, person, identity):
        reasons.setdefault(key, set()).add(reason)
    reasons.pop(exclude, None)
    rows = Customer.objects.filter(pk__in=reasons).select_related("owner")
    reach = viewer.reach(VIEW)
    found = []
    for row in rows.order_by("archived_at", "-updated_at")[:MOST]:
        told = [reason for reason in REASONS if reason in reasons[row.pk]]
        duplicate = Duplicate(told, str(row.owner or ""), row.archived_at is not None)
        if reach is not None and reach.covers(row.owner_id, row.pk):
            duplicate.pk, duplicate.name, duplicate.code = row.pk, row.name, row.code
        found.append(duplicate)
    return found


def _by_details(points: Iterable[tuple[str, str]]) -> dict[uuid.UUID | None, set[str]]:
    uid = current_organization().uid
    kinds = {normalise.value_index(kind, value, uid): kind for kind, value in points if value}
    found: dict[uuid.UUID | None, set[str]] = {}
    if kinds:
        rows = ContactPoint.objects.filter(value_index__in=list(kinds)).order_by()
        for customer, index in rows.values_list("customer_id", "value_index")[:200]:
            found.setdefault(customer, set()).add(kinds[bytes(index)])
    return found


def _by_name_or_number(name: str, person: bool, identity: str) -> list[tuple[uuid.UUID, str]]:
    same = Q()
    index = normalise.identity_index(identity, current_organization().uid)
    if index:
        same |= Q(identity_index=index)
    if len(name) > 1:
        keys = {sort_key(name, person=True), sort_key(name)}
        same |= Q(name_key__in=keys, name=name)
    if not same:
        return []
    rows = Customer.objects.filter(same).values_list("pk", "name", "identity_index")[:200]
    found = [(pk, "name") for pk, called, _number in rows if name and called == name]
    return found + [
        (pk, "identity") for pk, _called, number in rows if index and number and bytes(number) == index
    ]
