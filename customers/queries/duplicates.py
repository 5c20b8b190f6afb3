"""Customers that may be the same one: told while typing and before saving, without opening what is out of reach."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from customers import normalise
from customers.enums import CustomerKind
from customers.likeness.names import has_chinese
from customers.likeness.record import Record
from customers.likeness.scoring import compare
from customers.models import ContactPoint, Customer, CustomerAlias, Pool, PoolEntry
from customers.pinyin import sort_key
from customers.queries.lookups import may_look_up
from customers.queries.pools import pools_of
from customers.queries.search import named_like
from customers.rights import ASSIGN, VIEW, VIEW_POOL
from tenancy.access import Viewer
from tenancy.context import current_organization
from tenancy.enums import Scope
from tenancy.models import Membership, RolePermission

MOST = 5
MOST_ASKED = 3
REASONS = {
    "phone": _("same phone"),
    "email": _("same email"),
    "wechat": _("same WeChat"),
    "identity": _("same identity number"),
    "name": _("same name"),
    "similar": _("similar name"),
}
ALIKE = {True: 5.0, False: 4.0}
"""Points of likeness from which the name of a person, of a company, is told to be similar: the same core or sound, one slip
of the pen."""
CANDIDATES = 60
Reasons = Mapping[uuid.UUID | None, set[str]]


class TooMany(Exception):
    """So many numbers and addresses have been compared that no more are, for some minutes."""


@dataclass
class Duplicate:
    """A customer that is likely the same. `name` and `pk` are told only to those who may see it.

    Of one that nobody owns and the viewer does not reach: the `pool` in which they see it wait, or `asked`, who may assign it.
    """

    reasons: list[str] = field(default_factory=list)
    owner: str = ""
    archived: bool = False
    pk: uuid.UUID | None = None
    name: str = ""
    code: str = ""
    pool: Pool | None = None
    asked: list[str] = field(default_factory=list)
    is_mine: bool = False

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
    similar: bool = True,
) -> list[Duplicate]:
    """Customers with one of these (normalised) details, or, if `similar` ones matter, called much the same. At most
    eight queries, and six more where nobody owns one; asks the whole organisation.

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
    for key in _similar(name, person) if similar else ():
        reasons.setdefault(key, {"similar"})
    reasons.pop(exclude, None)
    return _told(_likeliest(reasons), reasons, viewer)


def _likeliest(reasons: Reasons) -> QuerySet[Customer]:
    """Some of them, those that are only called much the same last."""
    rows = Customer.objects.filter(pk__in=reasons).select_related("owner")
    only_similar = [key for key, why in reasons.items() if why == {"similar"}]
    order = [Case(When(pk__in=only_similar, then=1), default=0)] if only_similar else []
    return rows.order_by(*order, "archived_at", "-updated_at")[:MOST]


def _told(rows: Iterable[Customer], reasons: Reasons, viewer: Viewer) -> list[Duplicate]:
    """Each with as much as the viewer may know of it."""
    reach = viewer.reach(VIEW)
    found = []
    nobodys: dict[uuid.UUID, Duplicate] = {}
    for row in rows:
        told = [reason for reason in REASONS if reason in reasons[row.pk]]
        duplicate = Duplicate(told, str(row.owner or ""), row.archived_at is not None)
        duplicate.is_mine = row.owner_id == viewer.membership.pk
        if reach is not None and reach.covers(row.owner_id, row.pk):
            duplicate.pk, duplicate.name, duplicate.code = row.pk, row.name, row.code
        elif row.owner_id is None:
            nobodys[row.pk] = duplicate
        found.append(duplicate)
    if nobodys:
        _say_whom_to_ask(nobodys, viewer)
    return found


def _say_whom_to_ask(nobodys: dict[uuid.UUID, Duplicate], viewer: Viewer) -> None:
    seen = {one.pool.pk: one.pool for one in pools_of(viewer).seen} if viewer.can(VIEW_POOL) else {}
    waiting = PoolEntry.objects.filter(customer__in=nobodys, pool__in=seen, archived=False)
    for customer, pool in waiting.values_list("customer_id", "pool_id"):
        nobodys[customer].pool = seen[pool]
    names = None
    for duplicate in nobodys.values():
        if duplicate.pool is None:
            names = _who_assign() if names is None else names
            duplicate.asked = names


def _who_assign() -> list[str]:
    """Some of those who may give any customer an owner."""
    app, _dot, codename = ASSIGN.partition(".")
    roles = RolePermission.objects.filter(
        permission__content_type__app_label=app,
        permission__codename=codename,
        role__scope=Scope.ORGANIZATION,
    )
    members = Membership.objects.active().filter(role_links__role__in=roles.values("role"))
    return list(members.order_by("name").values_list("name", flat=True).distinct()[:MOST_ASKED])


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


def _similar(name: str, person: bool) -> list[uuid.UUID]:
    """Customers whose name, or another name of theirs, is much like `name`: looked for as the search does, judged as
    the nightly comparison does."""
    asked = Record(None, name, is_company=not person)
    words = name if person else asked.company.core
    if len(words) < (2 if has_chinese(words) else 4):
        return []
    found = named_like(words, most=CANDIDATES)
    rows = list(Customer.objects.filter(pk__in=found).values_list("pk", "name", "kind")) if found else []
    aliases: dict[uuid.UUID, list[str]] = defaultdict(list)
    if rows:
        others = CustomerAlias.objects.filter(customer__in=found)
        for key, other in others.values_list("customer_id", "name"):
            aliases[key].append(other)
    records = [
        Record(key, called, kind == CustomerKind.COMPANY, aliases=tuple(aliases[key]))
        for key, called, kind in rows
    ]
    return [record.key for record in records if compare(asked, record).points >= ALIKE[person]]  # type: ignore[misc]
