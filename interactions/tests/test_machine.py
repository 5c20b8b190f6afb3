"""Whatever people do in whatever order, the figures of a customer are those that its rows give."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.actions.interaction import archive_contact, complete_plan, restore_contact, undo_log
from interactions.actions.plan import PlanClosed, TooLate, change_plan_status, undo_change
from interactions.enums import PlanStep
from interactions.models import CustomerContact, Interaction, Plan, PlanChange
from interactions.models.rollup import NEVER, NONE
from interactions.tests.factories import contact_with, customer_of, plan_for
from tenancy.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

STEPS = st.tuples(
    st.sampled_from(
        [
            "log",
            "plan",
            "done",
            "follow",
            "postpone",
            "cancel",
            "reopen",
            "undo",
            "undo log",
            "archive",
            "restore",
        ]
    ),
    st.integers(0, 4),
    st.integers(0, 40),
)


class _Roll(Exception):
    """Takes an example back."""


def play(customer, member, step, which, days) -> None:
    plans = list(Plan.objects.order_by("id"))
    contacts = list(Interaction.objects.order_by("id"))
    changes = list(PlanChange.objects.order_by("id"))
    plan = plans[which % len(plans)] if plans else None
    contact = contacts[which % len(contacts)] if contacts else None
    day = timezone.localdate() + timedelta(days=days)
    if step == "log":
        contact_with(customer, member, days_ago=days)
    elif step == "plan":
        plan_for(customer, member, day)
    elif plan and step in ("done", "follow"):
        complete_plan(plan, actor=member, follow_up_on=day if step == "follow" else None)
    elif plan and step in ("postpone", "cancel", "reopen"):
        kind = {"postpone": PlanStep.POSTPONED, "cancel": PlanStep.CANCELLED, "reopen": PlanStep.REOPENED}[
            step
        ]
        change_plan_status(plan, kind, actor=member, due_on=day)
    elif changes and step == "undo":
        undo_change(changes[-1 - which % len(changes)], actor=member)
    elif contact and step == "undo log":
        undo_log(contact, actor=member)
    elif contact and step == "archive" and contact.archived_at is None:
        archive_contact(contact)
    elif contact and step == "restore":
        restore_contact(contact)


def check(customer) -> None:
    row = CustomerContact.objects.get(customer=customer)
    last = Interaction.objects.active().order_by("-at", "-id").first()
    following = Plan.objects.open().order_by("due_on", "id").first()
    base = last.at if last else customer.created_at
    assert row.last_at == (last.at if last else NEVER)
    assert (row.next_on, row.next_plan) == (following.due_on if following else NONE, following)
    assert row.due_on == timezone.localdate(base) + timedelta(days=90)
    for plan in Plan.objects.all():
        assert (plan.closed_at is None) == plan.is_open
        assert plan.done_by_id is None or plan.status == "done"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, max_size=12))
def test_figures_follow_from_the_rows(inside_ours, steps):
    with pytest.raises(_Roll), transaction.atomic():
        member = MembershipFactory()
        customer = customer_of(member)
        for step in steps:
            try:
                with transaction.atomic():
                    play(customer, member, *step)
            except (PlanClosed, TooLate):
                pass
            check(customer)
        raise _Roll
