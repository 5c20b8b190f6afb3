"""Customers given by one person to another: offered, confirmed, sent back, withdrawn, undone."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions.book import AT_ONCE
from customers.actions.bulk import Selection, matching
from customers.actions.handing import give_back, move, notify_of
from customers.actions.ownership import CapReached
from customers.enums import HandedState, HandoverReason, HandoverStatus, OwnershipKind
from customers.models import Customer, HandedCustomer, Handover
from customers.queries.caps import locked_places, policy_in_force
from customers.rights import EXCEED, HAND_OVER
from tenancy.access import Viewer, viewer_for
from tenancy.errors import Refused
from tenancy.models import Membership
from workspace.actions.job import enqueue
from workspace.models import Job
from workspace.progress import Progress

JOB = "customers.handover"
BATCH = 500
WAITING, MOVING, ACCEPTED = HandoverStatus.WAITING, HandoverStatus.MOVING, HandoverStatus.ACCEPTED


class NotPossible(Refused):
    """The handover does not stand where this could be done, or not by this person."""


@dataclass(frozen=True)
class Offer:
    """What is handed over to whom, and how. `notes`: one for each customer; `stays`: open items, or kinds of them, that
    do not come along; `over_cap`: the giver, who may, has said that the receiver's cap does not matter."""

    receiver: Membership
    reason: str
    note: str = ""
    notes: Mapping[uuid.UUID, str] = field(default_factory=dict)
    stays: Sequence[str] = ()
    over_cap: bool = False


def change_handover_status(handover: Handover, status: HandoverStatus, **fields: Any) -> None:
    """The one door of a handover's status; `fields` are stored with it. The row is locked by the caller.

    WAITING: the receiver has been asked. MOVING: it has been decided, and customers change hands. ACCEPTED: they have.
    SENT_BACK, WITHDRAWN: nothing changes hands, and its customers may be handed over anew. UNDOING, UNDONE: what has not
    changed since went back. Raises NotPossible for any other step.
    """
    if status not in HandoverStatus.NEXT.get(handover.status, frozenset()):
        raise NotPossible(_("This handover has been decided already."))
    handover.status = status
    for name, value in fields.items():
        setattr(handover, name, value)
    handover.save(update_fields=["status", *fields])
    if status in (HandoverStatus.SENT_BACK, HandoverStatus.WITHDRAWN):
        handover.items.filter(state=HandedState.WAITING).update(state=HandedState.LEFT)


@transaction.atomic
def offer_handover(
    selection: Selection, wanted: Offer, *, viewer: Viewer, id: uuid.UUID | None = None
) -> Handover:
    """Hand over those of the selection that lie within the viewer's reach; large selections by a job.

    Where the organisation wants it, the receiver is asked first; otherwise, and for who takes customers over themselves,
    they change hands at once. Customers that wait in another handover are left out.
    Raises NotPossible when nothing is left, CapReached when the receiver may not own so many.
    """
    rows = selection.within(viewer, HAND_OVER).exclude(owner=wanted.receiver)
    found = dict(rows.order_by("pk").values_list("pk", "owner_id")[: AT_ONCE + 1])
    owners = {owner for owner in found.values() if owner}
    handover = Handover(
        giver=_giver(owners, wanted.receiver, viewer.membership), receiver=wanted.receiver, by=viewer.membership,
        reason=wanted.reason, note=wanted.note, stays=list(wanted.stays),
        over_cap=wanted.over_cap and viewer.can(EXCEED), **({"id": id} if id else {}),
    )  # fmt: skip
    if len(found) > AT_ONCE:
        handover.query = selection.query or ""
        handover.job = enqueue(JOB, {"handover": str(handover.pk)}, actor=viewer.membership)
        handover.save(force_insert=True)
        return handover
    handover.save(force_insert=True)
    _add(handover, found, wanted.notes)
    if not handover.customers:
        raise NotPossible(
            _("Nothing to hand over: they are the receiver's already or wait in another handover.")
        )
    _settle(handover)
    return handover


def _giver(owners: set[uuid.UUID], receiver: Membership, by: Membership) -> Membership:
    """Whose the customers are; of those of several, or of nobody's, whoever hands them over."""
    if len(owners) == 1 or (owners and by.pk == receiver.pk):
        return Membership.objects.get(pk=min(owners))
    if by.pk == receiver.pk:
        raise NotPossible(_("Nobody owns these customers: assign them instead."))
    return by


def _add(
    handover: Handover, owners: Mapping[uuid.UUID, uuid.UUID | None], notes: Mapping[uuid.UUID, str]
) -> None:
    """Put customers into it, but for those that wait in another one."""
    HandedCustomer.objects.bulk_create(
        (
            HandedCustomer(handover=handover, customer_id=pk, from_owner_id=owner, note=notes.get(pk, ""))
            for pk, owner in owners.items()
        ),
        ignore_conflicts=True,
    )
    handover.customers = handover.items.count()
    handover.save(update_fields=["customers"])


def _settle(handover: Handover) -> None:
    """All its customers are in it: ask the receiver, or carry it out."""
    if policy_in_force().confirm_handover and handover.receiver_id != handover.by_id:
        _check_places(handover)
        change_handover_status(handover, WAITING)
        notify_of(handover, "offered", [handover.receiver_id])
    else:
        _decide(handover, handover.by)


def _check_places(handover: Handover) -> None:
    """Raises CapReached when the receiver has not so many free places."""
    if handover.over_cap:
        return
    for member, book in locked_places([handover.receiver_id]).items():
        waiting = HandedCustomer.objects.filter(handover=handover, state=HandedState.WAITING)
        more = Customer.objects.active().filter(pk__in=waiting.values("customer")).count()
        if book.free is not None and more > book.free:
            raise CapReached(member, book, more)


def _decide(handover: Handover, actor: Membership | None) -> None:
    """Carry it out: now, or by a job when it is large."""
    _check_places(handover)
    change_handover_status(handover, MOVING, decided_at=timezone.now(), decided_by=actor)
    if handover.customers > AT_ONCE:
        handover.job = enqueue(JOB, {"handover": str(handover.pk)}, actor=actor)
        handover.save(update_fields=["job"])
        return
    move(handover, list(handover.items.filter(state=HandedState.WAITING).order_by("customer")))
    _finish(handover)


def _finish(handover: Handover) -> None:
    """Everybody whom it concerns is told, but for who decided."""
    moved = handover.items.filter(state=HandedState.MOVED)
    change_handover_status(handover, ACCEPTED, moved=moved.count())
    owners = set(moved.order_by().values_list("from_owner", flat=True).distinct()) - {None}
    told = {*owners, handover.giver_id, handover.by_id} - {None, handover.receiver_id, handover.decided_by_id}
    notify_of(handover, "accepted", told)
    if handover.decided_by_id != handover.receiver_id:
        notify_of(handover, "given", [handover.receiver_id])


@transaction.atomic
def accept_handover(handover: Handover, *, viewer: Viewer, over_cap: bool = False) -> Handover:
    """The receiver takes the customers over. Those that changed hands meanwhile are left where they are.

    Raises NotPossible, and CapReached when they may not own so many, unless they may exceed it and say so."""
    handover = _locked(handover)
    if handover.receiver_id != viewer.membership.pk:
        raise NotPossible(_("Only the receiver can confirm it."))
    if not handover.waits:
        raise NotPossible(_("This handover has been decided already."))
    if over_cap and viewer.can(EXCEED):
        handover.over_cap = True
        handover.save(update_fields=["over_cap"])
    _decide(handover, viewer.membership)
    return handover


@transaction.atomic
def send_back(handover: Handover, *, viewer: Viewer, answer: str) -> Handover:
    """The receiver does not take them, and says why. Raises NotPossible."""
    handover = _locked(handover)
    if handover.receiver_id != viewer.membership.pk:
        raise NotPossible(_("Only the receiver can send it back."))
    _end(handover, HandoverStatus.SENT_BACK, viewer.membership, answer=answer)
    notify_of(handover, "sent_back", {handover.giver_id, handover.by_id} - {None, viewer.membership.pk})
    return handover


@transaction.atomic
def withdraw(handover: Handover, *, viewer: Viewer) -> Handover:
    """Whoever gave it, or answers for who did, takes it back while it waits. Raises NotPossible."""
    handover = _locked(handover)
    if not may_withdraw(handover, viewer):
        raise NotPossible(_("Only who gave it can withdraw it."))
    _end(handover, HandoverStatus.WITHDRAWN, viewer.membership)
    told = {handover.receiver_id, handover.giver_id, handover.by_id} - {None, viewer.membership.pk}
    notify_of(handover, "withdrawn", told)
    return handover


def _end(handover: Handover, status: HandoverStatus, actor: Membership | None, **fields: Any) -> None:
    change_handover_status(handover, status, decided_at=timezone.now(), decided_by=actor, **fields)


@transaction.atomic
def undo_handover(handover: Handover, *, viewer: Viewer) -> Handover:
    """Within a day: the customers that have not changed since go back to whose they were, with what came along; those
    for which their owners of before have no place stay, unless the viewer may exceed caps.

    Raises NotPossible, also when none of them can go back."""
    handover = _locked(handover)
    if not may_undo(handover, viewer):
        raise NotPossible(_("This handover can no longer be undone."))
    change_handover_status(
        handover, HandoverStatus.UNDOING, undone_at=timezone.now(), undone_by=viewer.membership
    )
    if handover.moved > AT_ONCE:
        handover.job = enqueue(JOB, {"handover": str(handover.pk)}, actor=viewer.membership)
        handover.save(update_fields=["job"])
        return handover
    items = list(handover.items.filter(state=HandedState.MOVED).order_by("customer"))
    give_back(handover, items, over_cap=viewer.can(EXCEED))
    _finish_undo(handover)
    if not handover.returned:
        raise NotPossible(
            _("None can go back: they have been changed since, or whose they were may own no more customers.")
        )
    return handover


def _finish_undo(handover: Handover) -> None:
    returned = handover.items.filter(state=HandedState.RETURNED).count()
    change_handover_status(handover, HandoverStatus.UNDONE, returned=returned)
    told = {handover.receiver_id, handover.giver_id, handover.by_id} - {None, handover.undone_by_id}
    notify_of(handover, "undone", told)


def may_withdraw(handover: Handover, viewer: Viewer) -> bool:
    if not handover.waits:
        return False
    reach = viewer.reach(HAND_OVER)
    mine = viewer.membership.pk in (handover.giver_id, handover.by_id)
    return mine or (reach is not None and reach.covers(handover.giver_id))


def may_undo(handover: Handover, viewer: Viewer) -> bool:
    """Who decided it, and who answers for the receiver."""
    reach = viewer.reach(HAND_OVER)
    mine = viewer.membership.pk == handover.decided_by_id
    return handover.can_be_undone and (mine or (reach is not None and reach.covers(handover.receiver_id)))


@transaction.atomic
def hand_over_all(leaver: Membership, heir: Membership, *, actor: Membership | None) -> int:
    """Everything that somebody who leaves owns, archived customers included, goes to `heir` at once; no cap holds it up.
    What they had offered or been offered is withdrawn. Answers how many changed hands."""
    for waiting in Handover.objects.select_for_update().filter(giver=leaver, status=WAITING):
        _end(waiting, HandoverStatus.WITHDRAWN, actor)
    for waiting in Handover.objects.select_for_update().filter(receiver=leaver, status=WAITING):
        _end(waiting, HandoverStatus.WITHDRAWN, actor)
        notify_of(waiting, "withdrawn", {waiting.giver_id, waiting.by_id} - {None})
    # What waits in somebody else's handover goes with the rest.
    elsewhere = HandedCustomer.objects.filter(customer__owner=leaver, state=HandedState.WAITING)
    elsewhere.update(state=HandedState.LEFT)
    owners = dict(Customer.objects.filter(owner=leaver).order_by("pk").values_list("pk", "owner_id"))
    if not owners:
        return 0
    handover = Handover.objects.create(
        giver=leaver, receiver=heir, by=actor, reason=HandoverReason.LEAVING, stays=["*"], over_cap=True
    )
    _add(handover, owners, {})
    change_handover_status(handover, MOVING, decided_at=timezone.now(), decided_by=actor)
    items = list(handover.items.order_by("customer"))
    for start in range(0, len(items), AT_ONCE):
        move(handover, items[start : start + AT_ONCE], kind=OwnershipKind.LEFT)
    _finish(handover)
    return handover.moved


def run_handover(job: Job, progress: Progress) -> dict[str, int]:
    """The job of a large handover: it is prepared, carried out or undone, batch by batch, as far as it stands."""
    key = uuid.UUID(job.params["handover"])
    while True:
        with progress.batch():
            handover = (
                Handover.objects.select_for_update(of=("self",)).select_related("by", "receiver").get(pk=key)
            )
            step = _STEPS.get(handover.status)
            if step is None:
                return {"customers": handover.customers, "moved": handover.moved}
            state = progress.state if progress.state.get("stage") == handover.status else {}
            done = state.get("done", 0) + step(handover, state)
            state = {"stage": str(handover.status), "done": done, "last": state.get("last")}
            progress.checkpoint(
                state, done=done, total=max(handover.customers, done), stage=str(handover.status)
            )


def _prepare(handover: Handover, state: dict[str, Any]) -> int:
    viewer = viewer_for(handover.by)  # type: ignore[arg-type]
    rows = Customer.objects.visible_to(viewer, HAND_OVER).filter(created_at__lte=handover.at)
    rows = rows.filter(pk__in=matching(handover.query, viewer).values("pk")).exclude(owner=handover.receiver)
    last = state.get("last")
    rows = rows.filter(pk__gt=uuid.UUID(last)) if last else rows
    found = dict(rows.order_by("pk").values_list("pk", "owner_id")[:BATCH])
    if found:
        _add(handover, found, {})
        state["last"] = str(max(found))
    elif handover.customers:
        _settle_large(handover)
    else:
        change_handover_status(handover, HandoverStatus.WITHDRAWN, decided_at=timezone.now())
    return len(found)


def _settle_large(handover: Handover) -> None:
    """Nobody waits at the page any more to be told of the cap: it is withdrawn, and who made it hears of it."""
    try:
        with transaction.atomic():
            _settle(handover)
    except CapReached as refusal:
        handover.refresh_from_db(fields=["status"])
        change_handover_status(
            handover, HandoverStatus.WITHDRAWN, decided_at=timezone.now(), answer=str(refusal)[:300]
        )
        notify_of(handover, "too_many", [handover.by_id])


def _move_some(handover: Handover, state: dict[str, Any]) -> int:
    items = list(handover.items.filter(state=HandedState.WAITING).order_by("customer")[:BATCH])
    move(handover, items)
    if not items:
        _finish(handover)
    return len(items)


def _give_back_some(handover: Handover, state: dict[str, Any]) -> int:
    items = list(handover.items.filter(state=HandedState.MOVED).order_by("customer")[:BATCH])
    undoer = handover.undone_by
    give_back(handover, items, over_cap=undoer is not None and viewer_for(undoer).can(EXCEED))
    if not items:
        _finish_undo(handover)
    return len(items)


_STEPS = {
    HandoverStatus.PREPARING: _prepare,
    HandoverStatus.MOVING: _move_some,
    HandoverStatus.UNDOING: _give_back_some,
}


def _locked(handover: Handover) -> Handover:
    return (
        Handover.objects.select_for_update(of=("self",)).select_related("by", "receiver").get(pk=handover.pk)
    )
