"""How many customers people may own, and how many they do."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet

from customers.models import Customer, OwnershipCap, OwnershipPolicy
from customers.queries.keyset import Order
from customers.rights import ASSIGN
from tenancy.access import Viewer
from tenancy.counting import COUNTED_FAR, count_of
from tenancy.models import Membership, MembershipRole


@dataclass(frozen=True)
class Book:
    """What a person owns, and may own (None: as many as they like)."""

    owned: int
    most: int | None

    @property
    def free(self) -> int | None:
        return None if self.most is None else max(self.most - self.owned, 0)


def policy_in_force() -> OwnershipPolicy:
    """The organisation's policy, or the defaults, unsaved, while it has none: for reading."""
    return OwnershipPolicy.objects.first() or OwnershipPolicy()


def any_caps() -> bool:
    """Whether anybody has a cap."""
    return policy_in_force().most is not None or OwnershipCap.objects.filter(most__isnull=False).exists()


def caps_of(members: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The caps of those of `members` that have one. Two queries, three where roles have caps."""
    default = policy_in_force().most
    own: dict[uuid.UUID, int | None] = {}
    of_roles: dict[uuid.UUID, int | None] = {}
    for role, member, most in OwnershipCap.objects.values_list("role_id", "member_id", "most"):
        if member:
            own[member] = most
        else:
            of_roles[role] = most
    held = _roles_of(members, of_roles)
    found = {}
    for member in members:
        by_role = [of_roles[role] for role in held[member]]
        most = own[member] if member in own else _widest(by_role) if by_role else default
        if most is not None:
            found[member] = most
    return found


def _roles_of(
    members: Collection[uuid.UUID], capped: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    if capped:
        rows = MembershipRole.objects.filter(membership__in=members, role__in=capped)
        for member, role in rows.values_list("membership_id", "role_id"):
            found[member].append(role)
    return found


def _widest(caps: list[int | None]) -> int | None:
    known = [most for most in caps if most is not None]
    return max(known) if len(known) == len(caps) else None


def owned_by(member: uuid.UUID, most: int) -> int:
    """How many customers count against the member's cap, as far as `most` and one more."""
    return Customer.objects.active().filter(owner=member).order_by()[: most + 1].count()


def book_of(member: uuid.UUID) -> Book:
    """What the member owns, counted as far as their cap makes it matter."""
    most = caps_of([member]).get(member)
    return Book(0, None) if most is None else Book(owned_by(member, most), most)


def locked_places(members: Collection[uuid.UUID]) -> dict[uuid.UUID, Book]:
    """The books of those of `members` that have a cap. Until the transaction ends nobody else who asks here gives them
    a customer: two who do so at once cannot exceed the cap together."""
    caps = caps_of(members)
    if not caps:
        return {}
    rows = Membership.objects.select_for_update(no_key=True).filter(pk__in=list(caps)).order_by("pk")
    return {pk: Book(owned_by(pk, caps[pk]), caps[pk]) for pk in list(rows.values_list("pk", flat=True))}


class Room:
    """The free places of some people, handed out one by one; each stays locked as `locked_places` says."""

    def __init__(self, members: Collection[uuid.UUID]) -> None:
        self._free = {member: book.free or 0 for member, book in locked_places(members).items()}

    def take(self, member: uuid.UUID | None) -> bool:
        """Whether there was a place for one more customer."""
        if member not in self._free:
            return True
        if not self._free[member]:
            return False
        self._free[member] -= 1
        return True


@dataclass(frozen=True)
class Beyond:
    """A member to whom more customers are to go than they may own."""

    member: Membership
    rows: int
    book: Book

    @property
    def left_over(self) -> int:
        return self.rows - (self.book.free or 0)


def beyond_caps(wanted: Mapping[str, int]) -> list[Beyond]:
    """Who of those in `wanted` (membership id → customers that they are to get) would pass their cap, the worst first.
    Three queries, four where roles have caps; none for nobody."""
    keys = [uuid.UUID(key) for key in wanted]
    caps = caps_of(keys) if keys else {}
    if not caps:
        return []
    mine = Customer.objects.active().filter(owner=OuterRef("pk"))
    rows = Membership.objects.filter(pk__in=list(caps)).annotate(owned=count_of(mine, max(caps.values())))
    found = [Beyond(one, wanted[str(one.pk)], Book(one.owned, caps[one.pk])) for one in rows]
    return sorted((one for one in found if one.left_over > 0), key=lambda one: -one.left_over)


BY_NAME = Order(("name", "pk"))


def owners_within(viewer: Viewer) -> QuerySet[Membership]:
    """The active members within the viewer's reach, each with how many customers they own (`owned`, counted as far as
    COUNTED_FAR and one more)."""
    reach = viewer.reach(ASSIGN)
    rows = Membership.objects.active()
    if reach is None:
        return rows.none()
    if not reach.everyone:
        rows = rows.filter(pk__in=reach.members)
    mine = Customer.objects.active().filter(owner=OuterRef("pk"))
    return rows.annotate(owned=count_of(mine, COUNTED_FAR))
