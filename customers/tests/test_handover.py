"""Customers handed over: asked first, confirmed, sent back, withdrawn, undone; with notes and what is open."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from customers.actions import book
from customers.actions import handover as actions
from customers.actions.bulk import Selection
from customers.actions.handover import NotPossible, Offer
from customers.actions.ownership import CapReached, change_owner
from customers.actions.ownership_policy import set_cap
from customers.enums import OwnershipKind
from customers.handover import hand_over
from customers.models import (
    Customer,
    HandedCustomer,
    Handover,
    OwnershipChange,
    OwnershipPolicy,
    TimelineEntry,
)
from customers.queries.handovers import handover_block
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_ownership import adds_up
from interactions.models import Plan
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.db import uuid7
from tenancy.enums import Scope
from tenancy.models import Membership
from tenancy.tests.factories import MembershipFactory
from workspace.models import Job, Notification
from workspace.progress import Progress

pytestmark = pytest.mark.django_db
HAND_OVER = "customers.hand_over_customer"
NOBODY = "01890000-0000-7000-8000-000000000001"
GIVER = (*RIGHTS[:4], HAND_OVER)


@pytest.fixture
def giver(inside_ours, rep):
    return member_with(*GIVER, scope=Scope.OWN, name="李销售", department=rep.department)


@pytest.fixture
def receiver(inside_ours, colleague):
    return member_with(*GIVER, scope=Scope.OWN, name="赵同事", department=colleague.department)


@pytest.fixture
def boss(inside_ours, giver):
    """Who answers for the giver's department."""
    return member_with(*GIVER, scope=Scope.DEPARTMENT, name="孙经理", department=giver.department)


def offered(customers, giver, receiver, **more) -> Handover:
    wanted = Offer(receiver, "workload", **more)
    return actions.offer_handover(Selection([one.pk for one in customers]), wanted, viewer=viewer_for(giver))


def owned(member) -> int:
    return Customer.objects.filter(owner=member).count()


def told(member) -> list[str]:
    rows = Notification.objects.filter(recipient=member, kind="customers.handover").order_by("pk")
    return [row.params["what"] for row in rows]


def states(handover) -> set[str]:
    return set(handover.items.values_list("state", flat=True))


def test_it_waits_for_the_receiver_and_then_the_customers_are_theirs(giver, receiver):
    customers = [CustomerFactory(owner=giver) for _ in range(2)]
    handover = offered(customers, giver, receiver, note="下周回访", notes={customers[0].pk: "只接电话"})
    assert (handover.status, handover.customers, owned(giver), told(receiver)) == (
        "waiting",
        2,
        2,
        ["offered"],
    )
    assert dict(handover.items.values_list("customer", "note")) == {
        customers[0].pk: "只接电话",
        customers[1].pk: "",
    }
    handover = actions.accept_handover(handover, viewer=viewer_for(receiver))
    assert (handover.status, handover.moved, owned(giver), owned(receiver)) == ("accepted", 2, 0, 2)
    assert (states(handover), told(giver), told(receiver)) == ({"moved"}, ["accepted"], ["offered"])
    changes = OwnershipChange.objects.values_list(
        "kind", "reason", "from_owner", "to_owner", "handover", "by"
    )
    assert set(changes) == {("handover", "下周回访", giver.pk, receiver.pk, handover.pk, receiver.pk)}
    line = TimelineEntry.objects.filter(customer=customers[0]).latest("at")
    assert (line.kind, line.params["from"], line.params["to"]) == ("customer.handed_over", "李销售", "赵同事")


def test_while_it_waits_the_receiver_sees_the_name_and_the_note_there_and_nothing_else(giver, receiver):
    customer = CustomerFactory(owner=giver, name="云帆科技")
    handover = offered([customer], giver, receiver, notes={customer.pk: "找王芳"})
    web = browser(receiver)
    page = web.get(f"{URL}handovers/{handover.pk}/")
    assert [(row["name"], row["note"], row["url"]) for row in page.context["rows"]] == [
        ("云帆科技", "找王芳", "")
    ]
    assert web.get(f"{URL}{customer.pk}/").status_code == 404
    assert [row["name"] for row in web.get(URL).context["rows"]] == []
    assert browser(giver).get(f"{URL}{customer.pk}/").status_code == 200


def test_sending_back_needs_a_reason_and_leaves_everything(giver, receiver):
    handover = offered([CustomerFactory(owner=giver)], giver, receiver)
    address = f"{URL}handovers/{handover.pk}/send-back/"
    for empty in ("", "   ", "\u3000"):
        assert browser(receiver).post(address, {"answer": empty}).status_code == 422
    assert browser(receiver).post(address, {"answer": "x" * 301}).status_code == 422
    assert browser(receiver).post(address, {"answer": "太远了 🙂"}).status_code == 302
    handover.refresh_from_db()
    assert (handover.status, handover.answer, owned(giver), states(handover)) == (
        "sent_back", "太远了 🙂", 1, {"left"},
    )  # fmt: skip
    assert told(giver) == ["sent_back"]


def test_the_giver_withdraws_while_it_waits_and_may_hand_over_anew(giver, receiver):
    customer = CustomerFactory(owner=giver)
    handover = offered([customer], giver, receiver)
    with pytest.raises(NotPossible):
        offered([customer], giver, receiver)
    actions.withdraw(handover, viewer=viewer_for(giver))
    assert (told(receiver), states(handover)) == (["offered", "withdrawn"], {"left"})
    for step in (actions.withdraw, actions.accept_handover):
        with pytest.raises(NotPossible):
            step(handover, viewer=viewer_for(giver if step is actions.withdraw else receiver))
    assert offered([customer], giver, receiver).status == "waiting"


def test_nobody_else_confirms_withdraws_or_undoes(giver, receiver, colleague, boss):
    handover = offered([CustomerFactory(owner=giver)], giver, receiver)
    for one in (giver, boss, colleague):
        with pytest.raises(NotPossible):
            actions.accept_handover(handover, viewer=viewer_for(one))
        with pytest.raises(NotPossible):
            actions.send_back(handover, viewer=viewer_for(one), answer="不")
    for one in (receiver, colleague):
        with pytest.raises(NotPossible):
            actions.withdraw(handover, viewer=viewer_for(one))
    actions.accept_handover(handover, viewer=viewer_for(receiver))
    for one in (giver, boss, colleague):
        with pytest.raises(NotPossible):
            actions.undo_handover(handover, viewer=viewer_for(one))
    assert owned(receiver) == 1


def test_who_answers_for_the_giver_sees_it_and_withdraws_it(giver, receiver, boss, colleague):
    handover = offered([CustomerFactory(owner=giver)], giver, receiver)
    address = f"{URL}handovers/{handover.pk}/"
    seen = {one.name: browser(one).get(address).status_code for one in (giver, receiver, boss)}
    assert seen == {"李销售": 200, "赵同事": 200, "孙经理": 200}
    assert browser(colleague).get(address).status_code == 404
    assert browser(boss).post(f"{address}withdraw/").status_code == 302
    handover.refresh_from_db()
    assert (handover.status, handover.decided_by) == ("withdrawn", boss)
    assert told(giver) == ["withdrawn"]


def test_without_confirmation_they_change_hands_at_once_and_everybody_is_told(giver, receiver, boss):
    OwnershipPolicy.objects.create(confirm_handover=False)
    handover = offered([CustomerFactory(owner=giver)], boss, receiver)
    assert (handover.status, handover.giver, handover.by, owned(receiver)) == ("accepted", giver, boss, 1)
    assert (told(receiver), told(giver), told(boss)) == (["given"], ["accepted"], [])


def test_only_what_lies_within_reach_is_handed_over(giver, receiver, colleague):
    foreign = CustomerFactory(owner=colleague)
    with pytest.raises(NotPossible):
        offered([foreign], giver, receiver)
    mine = CustomerFactory(owner=giver)
    assert offered([mine, foreign], giver, receiver).customers == 1


def test_what_changed_hands_while_it_waited_stays_where_it_is(giver, receiver, admin):
    customers = [CustomerFactory(owner=giver) for _ in range(2)]
    handover = offered(customers, giver, receiver)
    change_owner([customers[0].pk], admin, kind=OwnershipKind.ASSIGNED, actor=admin)
    actions.accept_handover(handover, viewer=viewer_for(receiver))
    assert dict(handover.items.values_list("customer", "state")) == {
        customers[0].pk: "left",
        customers[1].pk: "moved",
    }
    assert (owned(admin), owned(receiver)) == (1, 1)


def test_undo_within_a_day_returns_what_has_not_changed_since(giver, receiver):
    customers = [CustomerFactory(owner=giver) for _ in range(3)]
    handover = offered(customers, giver, receiver)
    handover = actions.accept_handover(handover, viewer=viewer_for(receiver))
    book.change_rows([customers[0].pk], city="杭州")
    change_owner([customers[1].pk], None, kind=OwnershipKind.ASSIGNED, actor=receiver)
    handover = actions.undo_handover(handover, viewer=viewer_for(receiver))
    assert (handover.status, handover.returned, owned(giver), owned(receiver)) == ("undone", 1, 1, 1)
    assert dict(handover.items.values_list("customer", "state")) == {
        customers[0].pk: "stayed", customers[1].pk: "stayed", customers[2].pk: "returned",
    }  # fmt: skip
    assert all(adds_up(giver, one) for one in customers)
    with pytest.raises(NotPossible):
        actions.undo_handover(handover, viewer=viewer_for(receiver))


def test_nothing_to_undo_leaves_it_as_it_is_and_so_does_the_next_day(giver, receiver):
    customer = CustomerFactory(owner=giver)
    handover = actions.accept_handover(offered([customer], giver, receiver), viewer=viewer_for(receiver))
    Handover.objects.update(decided_at=timezone.now() - timedelta(days=1, minutes=1))
    with pytest.raises(NotPossible):
        actions.undo_handover(handover, viewer=viewer_for(receiver))
    Handover.objects.update(decided_at=timezone.now())
    book.change_rows([customer.pk], city="杭州")
    with pytest.raises(NotPossible):
        actions.undo_handover(handover, viewer=viewer_for(receiver))
    handover.refresh_from_db()
    assert (handover.status, owned(receiver)) == ("accepted", 1)


def test_open_plans_come_along_but_for_those_that_stay(giver, receiver, colleague):
    customer = CustomerFactory(owner=giver)
    due = date(2026, 12, 24)
    comes, stays = (Plan.objects.create(customer=customer, owner=giver, due_on=due) for _ in range(2))
    others = Plan.objects.create(customer=customer, owner=colleague, due_on=due)
    handover = offered([customer], giver, receiver, stays=[str(stays.pk)])
    actions.accept_handover(handover, viewer=viewer_for(receiver))
    assert dict(Plan.objects.values_list("pk", "owner")) == {
        comes.pk: receiver.pk, stays.pk: giver.pk, others.pk: colleague.pk,
    }  # fmt: skip
    assert handover.items.get().came == {"plans": [str(comes.pk)]}
    actions.undo_handover(handover, viewer=viewer_for(receiver))
    assert dict(Plan.objects.values_list("pk", "owner")) == {
        comes.pk: giver.pk, stays.pk: giver.pk, others.pk: colleague.pk,
    }  # fmt: skip


def test_the_cap_is_asked_when_it_is_made_and_when_it_is_confirmed(giver, receiver, inside_ours):
    customers = [CustomerFactory(owner=giver) for _ in range(2)]
    set_cap(1, member=receiver)
    with pytest.raises(CapReached):
        offered(customers, giver, receiver)
    handover = offered(customers[:1], giver, receiver)
    CustomerFactory(owner=receiver)
    address = f"{URL}handovers/{handover.pk}/accept/"
    answer = browser(receiver).post(address, {"over_cap": "1"})
    assert (answer.status_code, owned(receiver)) == (422, 1)
    assert "赵同事 has no free place: the cap is 1 customers." in answer.content.decode()
    set_cap(2, member=receiver)
    assert browser(receiver).post(address).status_code == 302
    assert owned(receiver) == 2


def test_who_may_exceed_the_cap_says_so_when_giving(receiver, inside_ours):
    chief = member_with(*GIVER, "customers.exceed_cap", "customers.assign_customer", name="老板")
    customer = CustomerFactory(owner=chief)
    set_cap(0, member=receiver)
    data = {
        "answered": "1",
        "ids": [str(customer.pk)],
        "id": str(uuid7()),
        "receiver": str(receiver.pk),
        "reason": "region",
    }
    answer = browser(chief).post(f"{URL}handovers/new/", data)
    assert (answer.status_code, answer.context["form"]["over_cap"].is_hidden) == (422, False)
    assert browser(chief).post(f"{URL}handovers/new/", {**data, "over_cap": "on"}).status_code == 302
    handover = Handover.objects.get()
    assert (handover.over_cap, actions.accept_handover(handover, viewer=viewer_for(receiver)).moved) == (
        True,
        1,
    )


def test_the_page_takes_notes_and_what_stays_and_sent_twice_it_makes_one(giver, receiver):
    customer = CustomerFactory(owner=giver, name="云帆科技")
    plan = Plan.objects.create(customer=customer, owner=giver, due_on=date(2026, 12, 24), subject="签约")
    web, address = browser(giver), f"{URL}handovers/new/"
    assert browser(giver).get(f"{URL}{customer.pk}/hand-over/")["Location"] == f"{address}?ids={customer.pk}"
    page = web.get(f"{address}?ids={customer.pk}")
    [row] = page.context["rows"]
    assert [(one["item"].text, one["comes"]) for one in row["items"]] == [("Visit 签约", True)]
    data = {
        "answered": "1", "ids": [str(customer.pk)], "id": str(uuid7()), "receiver": str(receiver.pk), "reason": "region",
        "note": "第一行\r\n第二行", f"note_{customer.pk}": " 只接电话 ", "shown": [str(plan.pk)], "note_x": "?",
    }  # fmt: skip
    answers = [web.post(address, data)["Location"] for _ in range(2)]
    handover = Handover.objects.get()
    assert answers == [handover.get_absolute_url()] * 2
    assert (handover.note, handover.stays, handover.items.get().note) == (
        "第一行\n第二行",
        [str(plan.pk)],
        "只接电话",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("reason", "gold"), ("reason", ""), ("receiver", "nobody"), ("receiver", NOBODY), ("note", "x" * 1001),
     ("note", "a\x00b"), ("id", "1\x00")],
)  # fmt: skip
def test_bad_input_is_refused(name, value, giver, receiver):
    customer = CustomerFactory(owner=giver)
    data = {
        "answered": "1", "ids": [str(customer.pk), "x"], "id": str(uuid7()), "receiver": str(receiver.pk),
        "reason": "region", name: value,
    }  # fmt: skip
    answer = browser(giver).post(f"{URL}handovers/new/", data)
    assert (answer.status_code, name in answer.context["form"].errors) == (422, True)
    assert Handover.objects.count() == 0


def test_a_note_about_a_customer_that_is_too_long_is_refused_and_kept(giver, receiver):
    customer = CustomerFactory(owner=giver)
    data = {
        "answered": "1", "ids": [str(customer.pk)], "receiver": str(receiver.pk), "reason": "region",
        f"note_{customer.pk}": "很" * 301,
    }  # fmt: skip
    answer = browser(giver).post(f"{URL}handovers/new/", data)
    assert answer.status_code == 422
    assert answer.context["rows"][0]["note"] == "很" * 301


def test_without_the_right_nobody_hands_over(colleague, giver, receiver):
    assert (
        browser(colleague)
        .post(f"{URL}handovers/new/", {"ids": [str(CustomerFactory(owner=colleague).pk)]})
        .status_code
        == 403
    )
    with pytest.raises(NotPossible):
        offered([CustomerFactory(owner=colleague)], colleague, receiver)


def test_nobody_gets_customers_from_themselves(giver):
    customer = CustomerFactory(owner=giver)
    data = {"answered": "1", "ids": [str(customer.pk)], "receiver": str(giver.pk), "reason": "region"}
    assert browser(giver).post(f"{URL}handovers/new/", data).status_code == 422


def test_a_manager_takes_customers_over_at_once(giver, inside_ours):
    chief = member_with(*GIVER, "customers.assign_customer", name="老板")
    handover = offered([CustomerFactory(owner=giver)], chief, chief)
    assert (handover.status, handover.giver, handover.receiver, owned(chief)) == ("accepted", giver, chief, 1)
    assert told(giver) == ["accepted"]


def test_who_leaves_hands_everything_over_with_the_same_records(giver, receiver, admin, colleague):
    _present, archived, waiting = (CustomerFactory(owner=giver) for _ in range(3))
    book.archive([archived.pk], actor=giver)
    asked = offered([waiting], giver, receiver)
    to_leaver = offered([CustomerFactory(owner=receiver)], receiver, giver)
    set_cap(0, member=colleague)
    assert hand_over(giver, colleague, admin) == 3
    for one in (asked, to_leaver):
        one.refresh_from_db()
        assert one.status == "withdrawn"
    handover = Handover.objects.get(receiver=colleague)
    assert (handover.status, handover.reason, handover.by, handover.moved) == (
        "accepted",
        "leaving",
        admin,
        3,
    )
    kinds = set(OwnershipChange.objects.filter(handover=handover).values_list("kind", flat=True))
    assert (kinds, owned(colleague), told(colleague)) == ({"left"}, 3, ["given"])


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


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_and_three(giver, receiver, count, django_assert_num_queries):
    handovers = [offered([CustomerFactory(owner=giver)], giver, receiver) for _ in range(count)]
    many = offered([CustomerFactory(owner=giver) for _ in range(count)], giver, receiver)
    web = browser(receiver)
    with django_assert_num_queries(14):
        assert len(web.get(f"{URL}handovers/").context["rows"]) == count + 1
    with django_assert_num_queries(16):
        assert len(web.get(f"{URL}handovers/{many.pk}/").context["rows"]) == count
    ids = "&".join(f"ids={CustomerFactory(owner=giver).pk}" for _ in range(count))
    web = browser(giver)
    with django_assert_num_queries(20):
        assert len(web.get(f"{URL}handovers/new/?{ids}").context["rows"]) == count
    viewer = viewer_for(receiver)
    with django_assert_num_queries(1):
        assert handover_block(viewer)["total"] == len(handovers) + 1


def test_the_today_page_says_what_waits(giver, receiver):
    assert handover_block(viewer_for(receiver)) is None
    offered([CustomerFactory(owner=giver)], giver, receiver)
    page = browser(receiver).get(URL.replace("customers/", "")).content.decode()
    assert "1 handover waits for you" in page
    assert "waits for you" not in browser(giver).get(URL.replace("customers/", "")).content.decode()


def test_the_customers_page_tells_who_owned_it_and_why(giver, receiver):
    customer = CustomerFactory(owner=giver)
    page = browser(giver).get(f"{URL}{customer.pk}/")
    assert page.context["ownership"] == []
    handover = offered([customer], giver, receiver, note="换区", notes={customer.pk: "只接电话"})
    actions.accept_handover(handover, viewer=viewer_for(receiver))
    assert not page.context["more_ownership"]
    [change] = browser(receiver).get(f"{URL}{customer.pk}/").context["ownership"]
    assert (change.what, change.before, change.after, change.by, change.why, change.handover) == (
        "Handed over", "李销售", "赵同事", "赵同事", "Workload · 换区 · 只接电话", handover.pk,
    )  # fmt: skip


def test_another_organisation_sees_nothing_of_it(giver, receiver, theirs):
    handover = offered([CustomerFactory(owner=giver)], giver, receiver)
    with organization_context(theirs.pk):
        assert (Handover.objects.count(), HandedCustomer.objects.count()) == (0, 0)
        stranger = MembershipFactory()
    assert browser(stranger).get(f"{URL}handovers/{handover.pk}/").status_code == 404
