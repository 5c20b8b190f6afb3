"""What contacts and plans write into the customer's story: codes and parameters, worded for each reader."""

import uuid
from typing import Any

from django.utils import timezone

from customers.models import TimelineEntry
from interactions.models import Interaction, Plan
from tenancy.models import Membership

CONTACT = "interactions.contact"
PLAN_DONE = "interactions.plan_done"
PLAN_MADE = "interactions.plan_made"
PLAN_POSTPONED = "interactions.plan_postponed"
PLAN_CANCELLED = "interactions.plan_cancelled"
TEXT = 2000


def tell_contact(
    interaction: Interaction, *, finished: Plan | None = None, planned: Plan | None = None
) -> TimelineEntry:
    """One line for a contact; that it finished a plan, and what comes next, stand on the same line."""
    params: dict[str, Any] = {"kind": interaction.kind}
    if planned is not None:
        params |= {"next_on": planned.due_on.isoformat(), "next_kind": planned.kind, "next": planned.subject}
    return TimelineEntry.objects.create(
        customer_id=interaction.customer_id,
        kind=PLAN_DONE if finished else CONTACT,
        at=interaction.at,
        actor_id=interaction.by_id,
        subject_id=interaction.pk,
        params=params,
        text=interaction.summary[:TEXT],
    )


def retell_contact(interaction: Interaction) -> None:
    """After an edit: the same line says what stands there now."""
    for entry in TimelineEntry.objects.filter(subject_id=interaction.pk, kind__in=(CONTACT, PLAN_DONE)):
        entry.at, entry.text = interaction.at, interaction.summary[:TEXT]
        entry.params |= {"kind": interaction.kind}
        entry.save(update_fields=["at", "text", "params"])


def tell_plan(plan: Plan, kind: str, actor: Membership | None, **params: Any) -> TimelineEntry:
    return TimelineEntry.objects.create(
        customer_id=plan.customer_id,
        kind=kind,
        at=timezone.now(),
        actor=actor,
        subject_id=plan.pk,
        params={"kind": plan.kind, "on": plan.due_on.isoformat(), **params},
        text=plan.subject,
    )


def untell(subject_id: uuid.UUID, *kinds: str) -> None:
    """Take the lines about something back, when it was taken back."""
    TimelineEntry.objects.filter(subject_id=subject_id, kind__in=kinds).delete()


def untell_last(subject_id: uuid.UUID, kind: str) -> None:
    """Take back only the latest line of this kind: a plan may have been postponed before."""
    entry = TimelineEntry.objects.filter(subject_id=subject_id, kind=kind).order_by("-at", "-id").first()
    if entry is not None:
        entry.delete()
