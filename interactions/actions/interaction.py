"""Contacts: logged, changed, archived, taken back. Each writes the contact, its timeline line, the plans it
touches and the customer's figures in one transaction."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from interactions.actions import timeline
from interactions.actions.plan import (
    UNDO_WINDOW,
    NextStep,
    PlanClosed,
    TooLate,
    change_plan_status,
    make_plan,
    reopen_finished,
)
from interactions.actions.rollup import refresh
from interactions.enums import PlanStep
from interactions.models import Interaction, InteractionCompanion, Plan, PlanChange
from tenancy.models import Membership


@transaction.atomic
def log_contact(
    interaction: Interaction,
    *,
    actor: Membership,
    companions: Iterable[Membership] = (),
    next_step: NextStep | None = None,
    finishes: Plan | None = None,
) -> Interaction:
    """Save a contact by `actor`, with what follows from it: the plan that it finishes, the next step.

    Raises PlanClosed, and ValidationError where `Interaction.clean` does.
    """
    interaction.by = actor
    interaction.clean()
    interaction.save(force_insert=True)
    _set_companions(interaction, companions)
    planned = _plan_next(interaction, next_step, actor)
    if finishes is not None:
        change_plan_status(finishes, PlanStep.DONE, actor=actor, done_by=interaction, next_plan=planned)
    timeline.tell_contact(interaction, finished=finishes, planned=planned)
    refresh([interaction.customer_id])
    return interaction


@transaction.atomic
def complete_plan(plan: Plan, *, actor: Membership, follow_up_on: date | None = None) -> PlanChange:
    """One tap: the contact took place as planned; its text is what was planned. Raises PlanClosed.

    `follow_up_on` plans the next contact of the same kind.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if not plan.is_open:
        raise PlanClosed
    contact = Interaction(customer_id=plan.customer_id, kind=plan.kind, at=timezone.now(), summary=str(plan))
    following = NextStep(follow_up_on, plan.subject, plan.kind) if follow_up_on else None
    log_contact(contact, actor=actor, next_step=following, finishes=plan)
    return plan.changes.filter(step=PlanStep.DONE).latest("id")


@transaction.atomic
def update_contact(
    interaction: Interaction, *, companions: Iterable[Membership] | None = None
) -> Interaction:
    """Save an edited contact; its version is the next one already. Raises ValidationError as `clean` does."""
    interaction.clean()
    interaction.save()
    if companions is not None:
        interaction.companion_rows.all().delete()
        _set_companions(interaction, companions)
    timeline.retell_contact(interaction)
    refresh([interaction.customer_id])
    return interaction


@transaction.atomic
def archive_contact(interaction: Interaction) -> None:
    """It counts no longer and is shown nowhere; `restore_contact` brings it back. Plans stay as they are."""
    _set_archived(interaction, True)
    timeline.untell(interaction.pk, timeline.CONTACT, timeline.PLAN_DONE)
    refresh([interaction.customer_id])


@transaction.atomic
def restore_contact(interaction: Interaction) -> None:
    if interaction.archived_at is None:
        return
    _set_archived(interaction, False)
    finished = interaction.finished_plans.first()
    timeline.tell_contact(interaction, finished=finished, planned=interaction.next_steps.first())
    refresh([interaction.customer_id])


@transaction.atomic
def undo_log(interaction: Interaction, *, actor: Membership) -> None:
    """Take back a contact one has just logged, with the plans it finished and made. Raises TooLate."""
    stored = Interaction.objects.select_for_update().get(pk=interaction.pk)
    if stored.by_id != actor.pk or stored.archived_at is not None:
        raise TooLate
    if timezone.now() - stored.created_at > UNDO_WINDOW:
        raise TooLate
    _set_archived(stored, True)
    timeline.untell(stored.pk, timeline.CONTACT, timeline.PLAN_DONE)
    reopen_finished(stored)
    refresh([stored.customer_id])


def _plan_next(interaction: Interaction, step: NextStep | None, actor: Membership) -> Plan | None:
    if step is None:
        return None
    plan = Plan(
        customer_id=interaction.customer_id,
        owner=actor,
        kind=step.kind or interaction.kind,
        subject=step.subject,
        due_on=step.due_on,
        due_time=step.due_time,
        made_from=interaction,
    )
    return make_plan(plan, actor=actor)


def _set_companions(interaction: Interaction, members: Iterable[Membership]) -> None:
    rows = [
        InteractionCompanion(interaction=interaction, member=m) for m in members if m.pk != interaction.by_id
    ]
    if rows:
        InteractionCompanion.objects.bulk_create(rows)


def _set_archived(interaction: Interaction, archived: bool) -> None:
    interaction.archived_at = timezone.now() if archived else None
    interaction.version += 1
    interaction.save(update_fields=["archived_at", "version"])
