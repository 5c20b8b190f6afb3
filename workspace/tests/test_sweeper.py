"""Due rows: who is sent where, what is caught up, what is put off, and who hears of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from tenancy.context import organization_context
from tenancy.models import Due
from tenancy.signals import organization_created
from tenancy.tests.factories import grant
from workspace import registry, sweeper, tasks
from workspace.actions.due import ensure_due_rows, make_due
from workspace.models import Notification
from workspace.registry import DueKind
from workspace.schedule import every, nightly, on_request

pytestmark = pytest.mark.django_db
KIND = "test.nightly"


@pytest.fixture
def calls(monkeypatch):
    """The organisations for which the test's own kind has run. Put an exception in front to make it fail."""
    found: list = []

    def run(organization_id: int) -> None:
        if found and isinstance(found[0], Exception):
            raise found[0]
        found.append(organization_id)

    kind = DueKind(KIND, "Test", run, nightly(2))
    due_kinds = registry.Registry("due_kinds")
    due_kinds.register(kind)
    for module in (sweeper, __import__("workspace.actions.due", fromlist=["due"])):
        monkeypatch.setattr(module, "due_kinds", due_kinds)
    monkeypatch.setattr("workspace.wording.due_kinds", due_kinds)
    return found


def make_row(organization, **fields) -> Due:
    past = timezone.now() - timedelta(days=3)
    return Due.objects.create(organization=organization, kind=KIND, **{"due_at": past, **fields})


def sweep_once() -> list[Due]:
    rows = sweeper.claim_due_rows()
    for row in rows:
        sweeper.run_due(row.organization_id, row.kind, row.due_at)
    return rows


def test_a_missed_night_is_caught_up_once(ours, calls):
    make_row(ours)
    sweep_once()
    sweep_once()
    row = Due.objects.get(kind=KIND)
    assert (calls, row.attempts) == ([ours.pk], 0)
    assert timedelta(0) < row.due_at - timezone.now() <= timedelta(hours=24)


def test_each_organisation_runs_by_itself(ours, theirs, calls):
    make_row(ours)
    make_row(theirs)
    sweep_once()
    assert sorted(calls) == sorted([ours.pk, theirs.pk])


def test_a_message_that_comes_twice_runs_once(ours, calls):
    make_row(ours)
    (row,) = sweeper.claim_due_rows()
    sweeper.run_due(ours.pk, KIND, row.due_at)
    sweeper.run_due(ours.pk, KIND, row.due_at)
    assert calls == [ours.pk]


def test_what_was_sent_is_not_sent_again_for_a_minute(ours, calls):
    make_row(ours)
    assert (len(sweeper.claim_due_rows()), len(sweeper.claim_due_rows())) == (1, 0)
    assert Due.objects.get(kind=KIND).due_at <= timezone.now() + sweeper.SENT_FOR


def test_a_failure_is_tried_later_and_later(ours, calls):
    make_row(ours)
    calls.append(ZeroDivisionError())
    waits = []
    for _attempt in range(4):
        Due.objects.update(due_at=timezone.now())
        sweep_once()
        waits.append(round((Due.objects.get(kind=KIND).due_at - timezone.now()).total_seconds()))
    assert waits == [60, 300, 3600, 21600]
    assert Due.objects.get(kind=KIND).attempts == 4


def test_three_failures_are_told_once_to_those_who_look_after_it(ours, calls, admin, owner):
    make_row(ours, attempts=2)
    calls.append(ZeroDivisionError())
    for _attempt in range(2):
        Due.objects.update(due_at=timezone.now())
        sweep_once()
    (note,) = Notification.objects.all()
    assert (note.recipient, note.params) == (admin, {"due_kind": KIND, "attempts": 3})
    with translation.override("en"):
        assert note.text == "“Test” has failed 3 times and will be tried again later."


def test_a_worker_killed_each_time_is_told_too(ours, calls, admin):
    make_row(ours, attempts=3)
    sweep_once()
    assert Notification.objects.filter(recipient=admin).count() == 1
    assert (calls, Due.objects.get(kind=KIND).attempts) == ([ours.pk], 0)


def test_asked_for_while_it_ran_it_runs_again(ours, calls, monkeypatch):
    make_row(ours)
    (row,) = sweeper.claim_due_rows()
    kind = sweeper.due_kinds[KIND]
    again = DueKind(KIND, "Test", lambda pk: make_due(ours, KIND), on_request)
    monkeypatch.setitem(sweeper.due_kinds._items, KIND, again)
    sweeper.run_due(ours.pk, KIND, row.due_at)
    assert Due.objects.get(kind=KIND).due_at <= timezone.now()
    monkeypatch.setitem(sweeper.due_kinds._items, KIND, kind)
    sweep_once()
    assert calls == [ours.pk]


def test_what_is_done_and_comes_only_on_request_leaves_no_row(ours, calls, monkeypatch):
    make_row(ours)
    kind = DueKind(KIND, "Test", calls.append, on_request, standing=False)
    monkeypatch.setitem(sweeper.due_kinds._items, KIND, kind)
    sweep_once()
    assert (calls, Due.objects.count()) == ([ours.pk], 0)


def test_a_new_organisation_has_its_rows(ours, calls):
    with organization_context(ours):
        organization_created.send(sender=type(ours), organization=ours)
        ensure_due_rows(ours)
    assert [row.kind for row in Due.objects.filter(organization=ours)] == [KIND]


def test_missing_rows_are_made_by_the_sweep(ours, theirs, calls):
    make_row(ours)
    sweeper.claim_due_rows()
    assert Due.objects.filter(organization=theirs, kind=KIND).count() == 1


def test_a_kind_that_is_no_more_is_left_alone(ours, calls):
    Due.objects.create(organization=ours, kind="test.gone", due_at=timezone.now() - timedelta(days=1))
    assert sweep_once() == []


def test_make_due_only_brings_it_forward(ours, calls):
    soon, late = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(days=1)
    for moment in (late, soon, late):
        make_due(ours, KIND, moment)
    assert [row.due_at for row in Due.objects.all()] == [soon]


@pytest.mark.parametrize(
    ("zone", "now", "due"),
    [
        ("Asia/Shanghai", datetime(2025, 3, 1, 17, 59, tzinfo=UTC), datetime(2025, 3, 1, 18, 0, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2025, 3, 1, 18, 0, tzinfo=UTC), datetime(2025, 3, 2, 18, 0, tzinfo=UTC)),
        # The night in which 02:00 does not exist, and the one in which it comes twice.
        ("Europe/Berlin", datetime(2025, 3, 29, 12, 0, tzinfo=UTC), datetime(2025, 3, 30, 1, 0, tzinfo=UTC)),
        (
            "Europe/Berlin",
            datetime(2025, 10, 25, 12, 0, tzinfo=UTC),
            datetime(2025, 10, 26, 0, 0, tzinfo=UTC),
        ),
        (
            "Europe/Berlin",
            datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
            datetime(2025, 10, 27, 1, 0, tzinfo=UTC),
        ),
    ],
)
def test_nightly_means_two_in_the_organisations_own_time(ours, zone, now, due):
    ours.timezone = zone
    assert nightly(2)(ours, now) == due


def test_every(ours):
    now = timezone.now()
    assert every(minutes=5)(ours, now) == now + timedelta(minutes=5)


def test_the_sweep_sends_each_organisation_its_own_task(ours, calls, monkeypatch):
    make_row(ours)
    sent = []
    monkeypatch.setattr(tasks.run_due, "delay", lambda **kwargs: sent.append(kwargs))
    tasks.sweep()
    (kwargs,) = sent
    assert (kwargs["organization_id"], kwargs["kind"]) == (ours.pk, KIND)
    tasks.run_due(**kwargs)
    assert calls == [ours.pk]


def test_those_who_look_after_work_hold_the_right(ours, inside_ours, owner, colleague):
    grant(owner, "tenancy.change_organization")
    grant(colleague, "workspace.view_job")
    assert list(sweeper.holders_of(sweeper.LOOKS_AFTER_WORK)) == [owner]
