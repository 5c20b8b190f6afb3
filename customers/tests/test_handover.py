"""Customers handed over: asked first, confirmed, sent back, withdrawn, undone; what is open, and caps."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from customers.actions import book
from customers.actions import handover as actions
from customers.actions.handover import NotPossible
from customers.actions.ownership import CapReached, change_owner
from customers.actions.ownership_policy import set_cap
from customers.enums import OwnershipKind
from customers.leaving import hand_over
from customers.models import (
    Handover,
    OwnershipChange,
    OwnershipPolicy,
    TimelineEntry,
)
from customers.tests.conftest import GIVER, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.handovers import offered, owned, states, told
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_ownership import adds_up
from interactions.models import Plan
from tenancy.access import viewer_for
from tenancy.db import uuid7

pytestmark = pytest.mark.django_db


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
    assert "赵同事 has no free place: the cap is 1 customer." in answer.content.decode()
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
