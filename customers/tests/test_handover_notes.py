"""Notes about the customers of a handover: written page by page, read by the receiver, and taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions import handover as actions
from customers.actions.erasure import erase_customer
from customers.actions.handover_notes import save_notes
from customers.actions.ownership import change_owner
from customers.enums import OwnershipKind
from customers.models import HandedCustomer, Handover, OwnershipChange
from customers.queries.handovers import waiting_count
from customers.queries.privacy import erasure_plan
from customers.tests.factories import CustomerFactory
from customers.tests.handovers import offered
from tenancy.access import viewer_for
from tenancy.models import AuditEntry, Organization
from tenancy.tests.pages import browser, count_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "/o/ours/customers/"
NAME = "欧阳常青"


def notes_url(handover) -> str:
    return f"{URL}handovers/{handover.pk}/notes/"


def notes(handover) -> dict:
    return dict(handover.items.values_list("customer", "note"))


class TestWriting:
    def test_page_by_page_and_the_receiver_reads_them(self, giver, receiver, monkeypatch):
        monkeypatch.setattr("customers.views.handover_notes.SIZE", 2)
        customers = sorted((CustomerFactory(owner=giver) for _ in range(3)), key=lambda one: one.pk)
        handover = offered(customers, giver, receiver)
        web = browser(giver)
        assert notes_url(handover) in web.get(f"{URL}handovers/{handover.pk}/").content.decode()
        page = web.get(notes_url(handover))
        assert [row["customer_id"] for row in page.context["rows"]] == [one.pk for one in customers[:2]]
        data = {
            f"note_{customers[0].pk}": " 只接电话 🙂 ",
            f"note_{customers[1].pk}": "",
            "next": page.context["after"],
        }
        answer = web.post(notes_url(handover), data)
        second = web.get(answer["Location"])
        assert [row["customer_id"] for row in second.context["rows"]] == [customers[2].pk]
        answer = web.post(answer["Location"], {f"note_{customers[2].pk}": "要发票", "next": ""})
        assert answer["Location"] == f"{URL}handovers/{handover.pk}/"
        assert notes(handover) == {
            customers[0].pk: "只接电话 🙂",
            customers[1].pk: "",
            customers[2].pk: "要发票",
        }
        assert "要发票" in browser(receiver).get(f"{URL}handovers/{handover.pk}/").content.decode()
        actions.accept_handover(handover, viewer=viewer_for(receiver))
        web.post(notes_url(handover), {f"note_{customers[1].pk}": "周五前联系"})
        assert "周五前联系" in browser(receiver).get(f"{URL}{customers[1].pk}/").content.decode()

    def test_what_somebody_else_has_written_meanwhile_stays(self, giver, receiver):
        one, other = (CustomerFactory(owner=giver) for _ in range(2))
        handover = offered([one, other], giver, receiver, notes={one.pk: "旧"})
        assert save_notes(handover, {one.pk: ("旧", "新"), other.pk: ("", "二")}) == (2, 0)
        assert save_notes(handover, {one.pk: ("旧", "另一个"), other.pk: ("二", "二")}) == (0, 1)
        assert notes(handover) == {one.pk: "新", other.pk: "二"}
        page = browser(giver).post(
            notes_url(handover), {f"was_{one.pk}": "旧", f"note_{one.pk}": "三"}, follow=True
        )
        assert "Somebody else has written 1 of them meanwhile: it stays." in page.content.decode()

    def test_bad_input_is_refused_and_kept(self, giver, receiver):
        mine, foreign = CustomerFactory(owner=giver), CustomerFactory(owner=giver)
        handover = offered([mine], giver, receiver)
        other = offered([foreign], giver, receiver)
        web = browser(giver)
        answer = web.post(notes_url(handover), {f"note_{mine.pk}": "长" * 301})
        assert (answer.status_code, answer.context["rows"][0]["note"]) == (422, "长" * 301)
        data = {"note_x": "a", "note_": "b", f"note_{foreign.pk}": "c", f"note_{mine.pk}": "\x00行\n一\u202e"}
        assert web.post(notes_url(handover), {**data, "next": "\x00&x=1"}).status_code == 302
        assert (notes(other)[foreign.pk], "\x00" in notes(handover)[mine.pk], "\n" in notes(handover)[mine.pk]) == (
            "", False, False
        )  # fmt: skip
        assert web.get(f"{notes_url(handover)}?after=%00&x=1").status_code == 200

    def test_only_who_gives_it_writes_and_not_for_ever(self, giver, receiver, colleague):
        customer = CustomerFactory(owner=giver)
        handover = offered([customer], giver, receiver)
        data = {f"note_{customer.pk}": "x"}
        assert browser(receiver).post(notes_url(handover), data).status_code == 403
        assert browser(colleague).post(notes_url(handover), data).status_code == 403
        assert (
            notes_url(handover)
            not in browser(receiver).get(f"{URL}handovers/{handover.pk}/").content.decode()
        )
        actions.accept_handover(handover, viewer=viewer_for(receiver))
        Handover.objects.update(decided_at=timezone.now() - timedelta(days=2))
        assert browser(giver).post(notes_url(handover), data).status_code == 403
        assert notes(handover) == {customer.pk: ""}

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_for_one_and_three(self, giver, receiver, count, django_assert_num_queries):
        handover = offered([CustomerFactory(owner=giver) for _ in range(count)], giver, receiver)
        web = browser(giver)
        with django_assert_num_queries(15):
            assert len(web.get(notes_url(handover)).context["rows"]) == count


class TestForgetting:
    def test_of_one_customer_alone_all_words_go(self, giver, receiver):
        customer = CustomerFactory(name=NAME, owner=giver)
        handover = offered(
            [customer], giver, receiver, note=f"{NAME}很急", notes={customer.pk: f"{NAME}怕狗"}
        )
        actions.send_back(handover, viewer=viewer_for(receiver), answer=f"不熟{NAME}")
        lines = {line.label: line.count for line in erasure_plan([customer.pk])}
        assert lines["Notes about handovers of this customer alone"] == 1
        erase_customer(customer, reason="R-1")
        handover.refresh_from_db()
        assert (handover.note, handover.answer, handover.items.count()) == ("", "—", 0)
        audit = AuditEntry.objects.filter(object_id=handover.pk).exclude(operation="erase")
        assert [NAME in f"{row.before}{row.after}" for row in audit] == [False] * audit.count()

    def test_of_several_it_is_said_and_left_until_somebody_removes_it(self, giver, receiver):
        customer, other = CustomerFactory(name=NAME, owner=giver), CustomerFactory(owner=giver)
        handover = offered(
            [customer, other], giver, receiver, note=f"{NAME}很急", notes={customer.pk: NAME, other.pk: "好"}
        )
        actions.accept_handover(handover, viewer=viewer_for(receiver))
        [line] = [
            one
            for one in erasure_plan([customer.pk])
            if one.label.startswith("Notes about handovers of several")
        ]
        assert (line.count, line.what, line.links) == (
            1,
            "keep",
            [(str(handover), handover.get_absolute_url())],
        )
        assert browser(receiver).post(f"{URL}handovers/{handover.pk}/note/remove/").status_code == 403
        assert browser(giver).post(f"{URL}handovers/{handover.pk}/note/remove/").status_code == 302
        handover.refresh_from_db()
        assert (handover.note, set(OwnershipChange.objects.values_list("reason", flat=True))) == ("", {""})
        assert not [one for one in erasure_plan([customer.pk]) if "handovers" in one.label and one.links]
        erase_customer(customer, reason="R-2")
        assert HandedCustomer.objects.get().note == "好"
        audit = AuditEntry.objects.filter(object_id=handover.pk).exclude(operation="erase")
        assert [NAME in f"{row.before}{row.after}" for row in audit] == [False] * audit.count()

    def test_an_erasure_of_one_leaves_the_words_about_both(self, giver, receiver):
        customer, other = CustomerFactory(owner=giver), CustomerFactory(owner=giver)
        handover = offered([customer, other], giver, receiver, note="两家都急")
        erase_customer(customer, reason="R-3")
        handover.refresh_from_db()
        assert handover.note == "两家都急"
        erase_customer(other, reason="R-4")
        handover.refresh_from_db()
        assert handover.note == ""


class TestHistory:
    def test_the_card_shows_five_and_the_page_all(self, admin, rep, monkeypatch):
        customer = CustomerFactory(owner=rep)
        for number in range(6):
            change_owner(
                [customer.pk],
                [admin, rep][number % 2],
                kind=OwnershipKind.ASSIGNED,
                actor=admin,
                reason=f"第{number}次",
            )
        web = browser(admin)
        page = web.get(f"{URL}{customer.pk}/")
        assert [one.why for one in page.context["ownership"]] == [f"第{n}次" for n in (5, 4, 3, 2, 1)]
        assert f"{URL}{customer.pk}/ownership/" in page.content.decode()
        monkeypatch.setattr("customers.queries.ownership.SIZE", 4)
        first = web.get(f"{URL}{customer.pk}/ownership/")
        rest = web.get(f"{URL}{customer.pk}/ownership/{first.context['next_url']}")
        found = [one.why for one in (*first.context["ownership"], *rest.context["ownership"])]
        assert (found, rest.context["next_url"]) == ([f"第{n}次" for n in (5, 4, 3, 2, 1, 0)], "")

    def test_it_costs_the_same_for_one_and_three_and_is_empty_at_first(self, admin, rep):
        customer, web = CustomerFactory(owner=rep), browser(admin)
        assert "It has had one owner so far" in web.get(f"{URL}{customer.pk}/ownership/").content.decode()
        costs = []
        for owners in ([admin], [rep, admin]):
            for owner in owners:
                change_owner([customer.pk], owner, kind=OwnershipKind.ASSIGNED, actor=admin)
            costs.append(count_queries(lambda: web.get(f"{URL}{customer.pk}/ownership/")))
        assert costs == [7, 7]


def test_the_navigation_counts_what_waits_for_me(ours, giver, receiver):
    offered([CustomerFactory(owner=giver)], giver, receiver)
    counted = Organization.objects.filter(pk=ours.pk)
    for member, count in ((receiver, 1), (giver, 0)):
        assert counted.annotate(n=waiting_count(viewer_for(member))).get().n == count
