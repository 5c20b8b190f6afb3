"""Large handovers: prepared, carried out and undone by jobs."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from customers.actions import handover as actions
from customers.actions.bulk import Selection
from customers.actions.handover import Offer
from customers.actions.ownership_policy import set_cap
from customers.models import (
    Customer,
)
from customers.tests.factories import CustomerFactory
from customers.tests.handovers import owned, states, told
from customers.tests.test_ownership import adds_up
from tenancy.access import viewer_for
from tenancy.models import Membership
from workspace.models import Job
from workspace.progress import Progress

pytestmark = pytest.mark.django_db


def run_here(handover) -> dict:
    """Its job, here and now, as a worker would."""
    Job.objects.filter(pk=handover.job_id).update(status="running", heartbeat_at=timezone.now())
    job = Job.objects.get(pk=handover.job_id)
    return actions.run_handover(job, Progress(job, job.organization, job.requested_by))


@pytest.fixture
def small(monkeypatch):
    """So that a job is made of what a test can count."""
    monkeypatch.setattr(actions, "AT_ONCE", 3)
    monkeypatch.setattr(actions, "BATCH", 2)


def test_a_large_one_is_prepared_carried_out_and_undone_by_jobs(giver, receiver, small):
    customers = [CustomerFactory(owner=giver) for _ in range(5)]
    selection = Selection(query="")
    handover = actions.offer_handover(selection, Offer(receiver, "region"), viewer=viewer_for(giver))
    assert (handover.status, handover.customers) == ("preparing", 0)
    late = CustomerFactory(owner=giver)
    run_here(handover)
    handover.refresh_from_db()
    assert (handover.status, handover.customers, told(receiver)) == ("waiting", 5, ["offered"])
    handover = actions.accept_handover(handover, viewer=viewer_for(receiver))
    assert (handover.status, owned(receiver)) == ("moving", 0)
    assert run_here(handover) == {"customers": 5, "moved": 5}
    assert (owned(receiver), Customer.objects.get(owner=giver)) == (5, late)
    handover.refresh_from_db()
    handover = actions.undo_handover(handover, viewer=viewer_for(receiver))
    run_here(handover)
    handover.refresh_from_db()
    assert (handover.status, handover.returned, owned(giver)) == ("undone", 5, 6)
    assert all(adds_up(giver, one) for one in customers)


def test_a_large_one_beyond_the_cap_is_withdrawn_and_its_giver_told(giver, receiver, small):
    for _ in range(5):
        CustomerFactory(owner=giver)
    set_cap(4, member=receiver)
    handover = actions.offer_handover(
        Selection(query=""), Offer(receiver, "region"), viewer=viewer_for(giver)
    )
    run_here(handover)
    handover.refresh_from_db()
    assert (handover.status, states(handover), told(giver)) == ("withdrawn", {"left"}, ["too_many"])


def test_a_right_lost_meanwhile_ends_the_preparing(giver, receiver, small):
    for _ in range(5):
        CustomerFactory(owner=giver)
    handover = actions.offer_handover(
        Selection(query=""), Offer(receiver, "region"), viewer=viewer_for(giver)
    )
    Membership.objects.filter(pk=giver.pk).update(ended_at=timezone.now())
    try:
        run_here(handover)
    except PermissionDenied:
        pass
    handover.refresh_from_db()
    assert (handover.status, owned(receiver)) == ("withdrawn", 0)
