"""What logging, changing and taking back a contact writes."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.models import TimelineEntry
from interactions.actions.interaction import (
    archive_contact,
    complete_plan,
    log_contact,
    restore_contact,
    undo_log,
    update_contact,
)
from interactions.actions.plan import (
    NextStep,
    PlanClosed,
    TooLate,
)
from interactions.enums import PlanStatus
from interactions.models import CustomerContact, Interaction, Plan
from interactions.tests.factories import contact_with, customer_of, person_of, plan_for
from tenancy.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(inside_ours):
    return MembershipFactory(name="王芳")


@pytest.fixture
def customer(rep):
    return customer_of(rep)


def figures(customer) -> CustomerContact:
    return CustomerContact.objects.get(customer=customer)


def timeline_of(customer) -> list[tuple[str, str]]:
    rows = TimelineEntry.objects.filter(customer=customer).order_by("at", "id")
    return list(rows.values_list("kind", "text"))


def test_a_new_customer_is_due_by_the_policy(customer):
    row = figures(customer)
    made = timezone.localdate(customer.created_at)
    assert (row.last_contact, row.next_step) == (None, None)
    assert (row.due, row.owed) == (made + timedelta(days=90), False)


def test_logging_writes_contact_timeline_plan_and_figures(rep, customer):
    on = timezone.localdate() + timedelta(days=3)
    contact = log_contact(
        Interaction(customer=customer, summary="看了样品\n很满意"), actor=rep, next_step=NextStep(on, "报价")
    )
    plan = Plan.objects.get()
    assert (plan.made_from, plan.due_on, plan.subject, plan.kind, plan.owner) == (
        contact,
        on,
        "报价",
        "visit",
        rep,
    )
    assert timeline_of(customer) == [("interactions.contact", "看了样品\n很满意")]
    entry = TimelineEntry.objects.get()
    assert entry.params == {"kind": "visit", "next_on": on.isoformat(), "next_kind": "visit", "next": "报价"}
    row = figures(customer)
    assert (row.last_at, row.last_kind, row.last_text) == (contact.at, "visit", "看了样品 很满意")
    assert (row.next_on, row.next_plan, row.due_on) == (on, plan, timezone.localdate() + timedelta(days=90))


def test_an_older_contact_does_not_replace_the_latest(rep, customer):
    contact_with(customer, rep, summary="new")
    contact_with(customer, rep, summary="old", days_ago=4)
    assert figures(customer).last_text == "new"


def test_the_future_is_refused(rep, customer):
    late = Interaction(customer=customer, summary="x", at=timezone.now() + timedelta(hours=1))
    with pytest.raises(ValidationError, match=r"future|将来"):
        log_contact(late, actor=rep)
    assert Interaction.objects.count() == 0


def test_a_person_of_another_customer_is_refused_by_action_and_database(rep, customer):
    other = person_of(customer_of(rep, "别家"))
    with pytest.raises(ValidationError):
        log_contact(Interaction(customer=customer, person=other, summary="x"), actor=rep)
    contact = contact_with(customer, rep)
    with pytest.raises(IntegrityError, match="person_of_customer"), transaction.atomic():
        Interaction.objects.filter(pk=contact.pk).update(person=other)
        connection.check_constraints()


def test_done_in_one_tap_counts_as_a_contact_and_can_be_taken_back(rep, customer):
    before = figures(customer)
    plan = plan_for(customer, rep, subject="回访")
    change = complete_plan(plan, actor=rep, follow_up_on=date(2999, 1, 1))
    contact = Interaction.objects.get()
    plan.refresh_from_db()
    assert (plan.status, plan.done_by, contact.summary) == (PlanStatus.DONE, contact, "回访")
    assert figures(customer).next_plan == change.next_plan
    assert timeline_of(customer) == [("interactions.plan_made", "回访"), ("interactions.plan_done", "回访")]
    with pytest.raises(PlanClosed):
        complete_plan(plan, actor=rep)

    from interactions.actions.plan import undo_change

    undo_change(change, actor=rep)
    plan.refresh_from_db()
    assert (plan.status, plan.done_by, plan.closed_at) == (PlanStatus.PLANNED, None, None)
    assert Plan.objects.get(pk=change.next_plan_id).status == PlanStatus.CANCELLED
    row = figures(customer)
    assert (row.last_at, row.due_on, row.next_plan) == (before.last_at, before.due_on, plan)
    assert timeline_of(customer) == [("interactions.plan_made", "回访")]


def test_taking_back_is_for_the_author_and_for_a_while(rep, customer):
    contact = contact_with(customer, rep)
    with pytest.raises(TooLate):
        undo_log(contact, actor=MembershipFactory())
    Interaction.objects.filter(pk=contact.pk).update(created_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(TooLate):
        undo_log(contact, actor=rep)
    assert figures(customer).last_at == contact.at


def test_archive_and_restore(rep, customer):
    contact = contact_with(customer, rep)
    archive_contact(contact)
    assert (figures(customer).last_contact, timeline_of(customer)) == (None, [])
    restore_contact(contact)
    assert figures(customer).last_at == contact.at
    assert timeline_of(customer) == [("interactions.contact", "谈了续约")]


def test_an_edit_reaches_timeline_and_figures(rep, customer):
    contact = contact_with(customer, rep)
    contact.summary, contact.kind = "改签", "call"
    update_contact(contact, companions=[MembershipFactory(), rep])
    assert timeline_of(customer) == [("interactions.contact", "改签")]
    assert (figures(customer).last_text, figures(customer).last_kind) == ("改签", "call")
    assert contact.companion_rows.count() == 1


@pytest.mark.parametrize("text", ["👩🏽‍💻 emoji", "مرحبا بالعالم", "\u202eRTL override", "x" * 4000])
def test_any_text_survives(rep, customer, text):
    contact = contact_with(customer, rep, summary=text)
    contact.refresh_from_db()
    assert contact.summary == text
    assert figures(customer).last_text == text[:200]
