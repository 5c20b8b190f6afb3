"""Sharing customers with colleagues who do not own them, and ending it: the one door to collaborators.

Nothing else of a customer changes, so that no open form of it grows stale; its search document and its story follow.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import timeline
from customers.actions.search import refresh_search
from customers.models import Collaborator, Customer, TimelineEntry
from customers.sharing import MOST
from tenancy.enums import ShareLevel
from tenancy.errors import Refused
from tenancy.models import Department, Membership
from tenancy.queries.department import people_below
from workspace.actions.notification import notify_all

SHARED, UNSHARED = "customer.shared", "customer.unshared"
NOTE, OWNER_NOTE, LEFT_NOTE = "customers.shared", "customers.shared_by_other", "customers.share_left"
BATCH = 500
UNDO_WITHIN = timedelta(hours=1)
Target = Membership | Department
Before = dict[uuid.UUID, dict[str, Any]]
"""Customer → the level, end and reason that stood before; empty where there was nothing."""


class TooManyShared(Refused):
    """So many customers are shared with this person or team that more would slow every page of theirs."""

    reason = _("Too many customers are shared with this person or team by name: at most 1,000.")


@dataclass(frozen=True)
class Terms:
    """How far, how long and why. `until`: the last day."""

    level: ShareLevel = ShareLevel.READ
    until: date | None = None
    reason: str = ""


@transaction.atomic
def share_customers(
    ids: Collection[uuid.UUID],
    target: Target,
    terms: Terms,
    *,
    actor: Membership | None,
    subject_id: uuid.UUID | None = None,
) -> Before:
    """Share these customers with a member or a department, or change on what terms; those that are shared so already
    are left alone. Answers the others, with what was before.

    A line on each timeline; whoever it is shared with is told, and the owners where somebody else does it.
    Raises TooManyShared.
    """
    rows = dict(_locked(ids))
    held = _held(rows, target)
    changed = [key for key in rows if [(row.level, row.until, row.reason) for row in held.get(key, ())] != [
        (terms.level, terms.until, terms.reason)
    ]]  # fmt: skip
    if not changed:
        return {}
    before = {key: _terms_of(held.get(key, ())) for key in changed}
    _store(changed, target, terms, actor)
    _refuse_too_many(target)
    params = {"name": str(target), "level": int(terms.level), "until": _text(terms.until)}
    timeline.record_all(changed, SHARED, actor=actor, params=params, text=terms.reason, subject_id=subject_id)
    refresh_search(changed)
    _tell(changed, rows, target, terms, actor)
    return before


@transaction.atomic
def remove_collaborator(row: Collaborator, *, actor: Membership) -> TimelineEntry:
    """End one share. Answers the line on the timeline, by which `share_again` takes it back."""
    params = {"name": row.name, "level": row.level, "until": _text(row.until)}
    side = {"member": str(row.member_id)} if row.member_id else {"department": str(row.department_id)}
    row.delete()
    refresh_search([row.customer_id])
    return timeline.record(row.customer_id, UNSHARED, actor=actor, params={**params, **side}, text=row.reason)


@transaction.atomic
def leave_share(customer: Customer, *, member: Membership) -> TimelineEntry | None:
    """End what is shared with the member by name, by themselves; None when nothing is. Answers the line on the timeline,
    by which `share_again` takes it back. The owner is told. What a team of theirs sees, they still see."""
    rows = list(_of(member).filter(customer=customer).select_for_update().order_by("-level"))
    if not rows:
        return None
    _of(member).filter(pk__in=[row.pk for row in rows]).delete()
    params = {"name": str(member), "member": str(member.pk), "left": True, **_terms_of(rows)}
    params["by"] = str(rows[0].shared_by_id or "")
    refresh_search([customer.pk])
    entry = timeline.record(customer.pk, UNSHARED, actor=member, params=params, text=rows[0].reason)
    if customer.owner_id and customer.owner_id != member.pk:
        told = {"customer": str(customer.pk), "name": str(member)}
        notify_all([customer.owner_id], LEFT_NOTE, told, key=f"{LEFT_NOTE}:{entry.pk}")
    return entry


@transaction.atomic
def share_again(entry: TimelineEntry, *, actor: Membership) -> bool:
    """Take back a removal that `entry` tells of, within the hour; False when that is over, when whoever it was has left,
    when the customer is shared with them again, or when its last day has passed."""
    found = TimelineEntry.objects.select_for_update().filter(pk=entry.pk).first()
    target = target_of(entry.params)
    late = entry.at < timezone.now() - UNDO_WITHIN
    if not found or late or target is None or _of(target).filter(customer=entry.customer_id).exists():
        return False
    terms = terms_from(entry.params, entry.text)
    if terms.until and terms.until < timezone.localdate():
        return False
    left = entry.params.get("left")
    by = Membership.objects.filter(pk=entry.params["by"] or None).first() if left else actor
    _store([entry.customer_id], target, terms, by)
    entry.delete()
    refresh_search([entry.customer_id])
    return True


def target_of(params: Mapping[str, Any]) -> Target | None:
    """Whom stored parameters name ("member" or "department"), if they are there still."""
    if params.get("member"):
        return Membership.objects.active().filter(pk=params["member"]).first()
    return Department.objects.filter(pk=params.get("department") or None).first()


def terms_from(stored: Mapping[str, Any], reason: str = "") -> Terms:
    """Terms as plain values ("level", "until") hold them."""
    until = date.fromisoformat(stored["until"]) if stored.get("until") else None
    return Terms(ShareLevel(stored["level"]), until, reason)


@transaction.atomic
def put_back(
    before: Mapping[uuid.UUID, Mapping[str, Any]],
    target: Target,
    *,
    actor: Membership,
    subject_id: uuid.UUID | None = None,
) -> int:
    """Make it again what it was before `share_customers`, whose lines (`subject_id`) leave the timelines; nobody is told.
    Answers how many."""
    for key, terms in before.items():
        if terms:
            _store([key], target, terms_from(terms), actor)
    gone = [key for key, terms in before.items() if not terms]
    _of(target).filter(customer__in=gone).delete()
    if subject_id:
        TimelineEntry.objects.filter(customer__in=list(before), subject_id=subject_id).delete()
    refresh_search(list(before))
    return len(before)


def those_shared(ids: Iterable[uuid.UUID], target: Target, params: Mapping[str, Any]) -> list[uuid.UUID]:
    """Those of the customers that are shared with the target on just these stored terms."""
    terms = terms_from(params)
    rows = _of(target).filter(customer__in=list(ids), level=terms.level, until=terms.until)
    return list(rows.values_list("customer_id", flat=True))


def end_shares_of(member: Membership) -> None:
    """A member who has left sees nothing by a share any more, and would not on coming back."""
    rows = Collaborator.objects.filter(member=member)
    found = list(rows.values_list("customer_id", flat=True))
    rows.delete()
    refresh_search(found)


def end_expired(organization_id: int) -> None:
    """Nightly: shares whose last day has passed go; they have counted no more since."""
    from tenancy.context import organization_context

    found: list[uuid.UUID] = [uuid.UUID(int=0)]
    while found:
        with organization_context(organization_id):
            rows = Collaborator.objects.filter(until__lt=timezone.localdate()).order_by("until", "pk")[:BATCH]
            pairs = list(rows.values_list("pk", "customer_id"))
            Collaborator.objects.filter(pk__in=[pk for pk, _customer in pairs]).delete()
            found = sorted({customer for _pk, customer in pairs})
            refresh_search(found)


def _locked(ids: Collection[uuid.UUID]) -> Sequence[tuple[uuid.UUID, uuid.UUID | None]]:
    """The customers and their owners, in the order of their keys."""
    rows = Customer.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")
    return list(rows.values_list("pk", "owner_id"))


def _of(target: Target) -> Any:
    if isinstance(target, Membership):
        return Collaborator.objects.filter(member=target)
    return Collaborator.objects.filter(department=target)


def _held(ids: Collection[uuid.UUID], target: Target) -> dict[uuid.UUID, list[Collaborator]]:
    found: dict[uuid.UUID, list[Collaborator]] = {}
    for row in _of(target).filter(customer__in=list(ids)).order_by("-level"):
        found.setdefault(row.customer_id, []).append(row)
    return found


def _terms_of(rows: Sequence[Collaborator]) -> dict[str, Any]:
    """The widest of them as plain values. The reason is left out: what is put back is a right, not its story."""
    return {"level": rows[0].level, "until": _text(rows[0].until)} if rows else {}


def _store(ids: Sequence[uuid.UUID], target: Target, terms: Terms, actor: Membership | None) -> None:
    held = _held(ids, target)
    narrower = [row.pk for rows in held.values() for row in rows[1:]]
    if narrower:
        Collaborator.objects.filter(pk__in=narrower).delete()
    values = {"level": terms.level, "until": terms.until, "reason": terms.reason, "shared_by": actor}
    if held:
        rows = Collaborator.objects.filter(pk__in=[rows[0].pk for rows in held.values()])
        rows.update(**values, shared_at=timezone.now())
    side = {"member": target} if isinstance(target, Membership) else {"department": target}
    Collaborator.objects.bulk_create(
        Collaborator(customer_id=key, **side, **values) for key in ids if key not in held
    )


def _refuse_too_many(target: Target) -> None:
    if _of(target).order_by()[: MOST + 1].count() > MOST:
        raise TooManyShared


def _tell(
    ids: Sequence[uuid.UUID],
    owners: Mapping[uuid.UUID, uuid.UUID | None],
    target: Target,
    terms: Terms,
    actor: Membership | None,
) -> None:
    by = actor.pk if actor else None
    people = {target.pk} if isinstance(target, Membership) else people_below(target.pk)
    params = {"customer": str(ids[0]), "n": len(ids), "level": int(terms.level)}
    notify_all(sorted(people - {by}), NOTE, params)
    by_owner: dict[uuid.UUID, list[uuid.UUID]] = {}
    for key in ids:
        owner = owners[key]
        if owner and owner != by and owner not in people:
            by_owner.setdefault(owner, []).append(key)
    for owner, keys in by_owner.items():
        notify_all([owner], OWNER_NOTE, {"customer": str(keys[0]), "n": len(keys)})


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
