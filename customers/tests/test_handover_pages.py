"""The pages of handovers: what they take, refuse, cost and tell."""

from datetime import date

import pytest

from customers.actions import handover as actions
from customers.actions.handover import NotPossible
from customers.models import (
    HandedCustomer,
    Handover,
)
from customers.queries.handovers import handover_block
from customers.tests.conftest import GIVER, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.handovers import offered
from customers.tests.test_customer_list import URL, browser
from interactions.models import Plan
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.db import uuid7
from tenancy.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
NOBODY = "01890000-0000-7000-8000-000000000001"


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


@pytest.mark.parametrize("note", ["", "客户喜欢早上通话"])
def test_what_is_said_about_it_has_a_place_where_something_is_said(note, giver, receiver):
    handover = offered([CustomerFactory(owner=giver)], giver, receiver, note=note)
    page = browser(receiver).get(handover.get_absolute_url()).content.decode()
    assert ("About this handover" in page, note in page) == (bool(note), True)


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


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "3 were left out: they are theirs already. 2 were left out: they wait in another handover."),
        ("zh-hans", "接收。有 3 个未列入：已归对方负责。有 2 个未列入：正在另一次交接中等待确认。"),
    ],
)
def test_it_says_how_many_were_left_out_and_why(giver, receiver, inside_ours, language, words):
    keeper = member_with(*GIVER, language=language)
    mine = [CustomerFactory(owner=giver) for _ in range(5)]
    theirs = [CustomerFactory(owner=receiver) for _ in range(3)]
    offered(mine[:2], giver, MembershipFactory())
    data = {
        "answered": "1", "ids": [str(one.pk) for one in (*mine, *theirs)], "id": str(uuid7()),
        "receiver": str(receiver.pk), "reason": "region",
    }  # fmt: skip
    page = browser(keeper).post(f"{URL}handovers/new/", data, follow=True)
    [told] = [str(message) for message in page.context["messages"]]
    assert Handover.objects.get(receiver=receiver).customers == 3
    assert words in told
