"""Plans: made, done, postponed, cancelled, taken back. Their state has one door: `change_plan_status`."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.actions import timeline
from interactions.actions.rollup import refresh
from interactions.enums import PlanStatus, PlanStep
from interactions.models import Interaction, Plan, PlanChange
from tenancy.errors import Refused
from tenancy.models import Membership

UNDO_WINDOW = timedelta(minutes=15)

_STATUS = {
    PlanStep.MADE: PlanStatus.PLANNED,
    PlanStep.DONE: PlanStatus.DONE,
    PlanStep.POSTPONED: PlanStatus.PLANNED,
    PlanStep.CANCELLED: PlanStatus.CANCELLED,
    PlanStep.REOPENED: PlanStatus.PLANNED,
}
_TOLD = {PlanStep.POSTPONED: timeline.PLAN_POSTPONED, PlanStep.CANCELLED: timeline.PLAN_CANCELLED}


class PlanClosed(Refused):
    """The plan is done or cancelled already (or, for reopening, is open)."""

    reason = _("This plan is not open any more.")


class TooLate(Refused):
    """Not one's own step, not the latest one, taken back already, or too long ago to be taken back."""

    reason = _("This cannot be taken back any more.")


@dataclass(frozen=True)
class NextStep:
    """What is to follow a contact."""

    due_on: date
    subject: str = ""
    kind: str = ""  # "" = as the contact was
    due_time: time | None = None


@transaction.atomic
def make_plan(plan: Plan, *, actor: Membership | None) -> Plan:
    """Save a new plan (customer, owner, kind, due_on … are set) and tell the customer's timeline."""
    plan.created_by = actor
    plan.save(force_insert=True)
    _record(plan, PlanStep.MADE, actor)
    if plan.made_from_id is None:
        timeline.tell_plan(plan, timeline.PLAN_MADE, actor)
        refresh([plan.customer_id])
    return plan


@transaction.atomic
def change_plan_status(
    plan: Plan,
    step: PlanStep,
    *,
    actor: Membership | None,
    due_on: date | None = None,
    done_by: Interaction | None = None,
    next_plan: Plan | None = None,
) -> PlanChange:
    """The one door: done (by a contact), postponed (to `due_on`), cancelled, reopened. Raises PlanClosed.

    What follows: the change is recorded, the customer's timeline tells of it (a contact tells of the plan
    it finishes itself), the customer's next date is found anew.
    """
    stored = Plan.objects.select_for_update().get(pk=plan.pk)
    if (stored.status == PlanStatus.PLANNED) == (step == PlanStep.REOPENED):
        raise PlanClosed
    before = stored.due_on
    _assign(plan, stored, step, due_on or before, done_by)
    change = _record(plan, step, actor, before=before, next_plan=next_plan)
    if step in _TOLD:
        timeline.tell_plan(plan, _TOLD[step], actor, **{"from": before.isoformat()})
    if done_by is None:
        refresh([plan.customer_id])
    return change


@transaction.atomic
def undo_change(change: PlanChange, *, actor: Membership) -> Plan:
    """Take back one's own latest step with a plan while it is fresh. Raises TooLate."""
    plan = Plan.objects.select_for_update().get(pk=change.plan_id)
    latest = PlanChange.objects.filter(plan=plan, undone_at=None).order_by("-id").first()
    if latest is None or latest.pk != change.pk or change.by_id != actor.pk:
        raise TooLate
    if timezone.now() - change.at > UNDO_WINDOW:
        raise TooLate
    if change.step == PlanStep.DONE and plan.done_by:
        from interactions.actions.interaction import undo_log

        undo_log(plan.done_by, actor=actor)
        return plan
    _take_back(plan, change)
    refresh([plan.customer_id])
    return plan


def reopen_finished(interaction: Interaction) -> None:
    """A contact is taken back: plans that it finished are open again, plans that it made are cancelled."""
    for plan in interaction.finished_plans.select_for_update():
        change = plan.changes.filter(step=PlanStep.DONE, undone_at=None).order_by("-id").first()
        _take_back(plan, change)
    for plan in Plan.objects.open().filter(made_from=interaction).select_for_update():
        change = plan.changes.filter(step=PlanStep.MADE).first()
        _take_back(plan, change)


def _take_back(plan: Plan, change: PlanChange | None) -> None:
    """The state before `change`: a plan just made is cancelled, any other step leads back to an open plan."""
    made = change is not None and change.step == PlanStep.MADE
    due_on = change.from_due_on if change is not None and change.from_due_on else plan.due_on
    _assign(plan, plan, PlanStep.CANCELLED if made else PlanStep.REOPENED, due_on, None)
    if change is not None:
        change.undone_at = timezone.now()
        change.save(update_fields=["undone_at"])
    if made:
        timeline.untell(plan.pk, timeline.PLAN_MADE)
    elif change is not None and change.step in _TOLD:
        timeline.untell_last(plan.pk, _TOLD[PlanStep(change.step)])


def _assign(plan: Plan, stored: Plan, step: PlanStep, due_on: date, done_by: Interaction | None) -> None:
    plan.status, plan.due_on, plan.done_by = _STATUS[step], due_on, done_by
    plan.closed_at = None if plan.status == PlanStatus.PLANNED else timezone.now()
    if step == PlanStep.POSTPONED:
        plan.due_time = None
    plan.version = stored.version + 1
    plan.save(update_fields=["status", "due_on", "due_time", "done_by", "closed_at", "version"])


def _record(
    plan: Plan,
    step: PlanStep,
    actor: Membership | None,
    *,
    before: date | None = None,
    next_plan: Plan | None = None,
) -> PlanChange:
    return PlanChange.objects.create(
        plan=plan, step=step, from_due_on=before, to_due_on=plan.due_on, by=actor, next_plan=next_plan
    )
