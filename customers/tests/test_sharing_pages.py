"""Sharing in the browser: its forms, what they refuse, many at once, what is told, and what each page costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions.collaborator import UNDO_WITHIN, Terms, share_customers
from customers.models import BulkRun, Collaborator, ColumnChoice, Customer, TimelineEntry
from customers.queries.sharing import ending_block
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope, ShareLevel
from tenancy.tests.factories import DepartmentFactory, MembershipFactory
from tenancy.tests.pages import browser, count_queries

pytestmark = pytest.mark.django_db
URL = "/o/ours/customers/"
SHARE = "customers.share_customer"


@pytest.fixture
def owner(inside_ours):
    return member_with(
        *RIGHTS, SHARE, scope=Scope.OWN, name="李销售", department=DepartmentFactory(name="华东")
    )


@pytest.fixture
def customer(owner) -> Customer:
    return CustomerFactory(name="华为", owner=owner)


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def share_url(customer: Customer, rest: str = "") -> str:
    return f"{URL}{customer.pk}/share/{rest}"


class TestForm:
    def test_a_colleague_gets_it(self, owner, colleague, customer):
        data = {"member": colleague.pk, "level": "2", "until": day(3), "reason": " 联合 投标 🙂 "}
        answer = browser(owner).post(share_url(customer), data)
        assert (answer.status_code, answer["Location"]) == (302, f"{URL}{customer.pk}/")
        row = Collaborator.objects.get()
        assert (row.member, row.level, row.until.isoformat(), row.reason, row.shared_by) == (
            colleague, ShareLevel.WORK, day(3), "联合 投标 🙂", owner
        )  # fmt: skip
        page = browser(owner).get(f"{URL}{customer.pk}/").content.decode()
        assert colleague.name in page
        assert "联合 投标 🙂" in page

    def test_a_team_gets_it_once_however_often_it_is_sent(self, owner, customer):
        client, team = browser(owner), DepartmentFactory()
        for _ in range(3):
            assert client.post(share_url(customer), {"department": team.pk, "level": "1"}).status_code == 302
        assert [row.department for row in Collaborator.objects.all()] == [team]
        assert TimelineEntry.objects.filter(kind="customer.shared").count() == 1

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({}, "member"),
            ({"member": "me", "level": "1"}, "member"),
            ({"member": "nobody", "level": "1"}, "member"),
            ({"member": "former", "level": "1"}, "member"),
            ({"member": "stranger", "level": "1"}, "member"),
            ({"member": "\x00", "level": "1"}, "member"),
            ({"department": "foreign", "level": "1"}, "department"),
            ({"member": "colleague", "department": "team", "level": "1"}, "department"),
            ({"member": "colleague", "level": "3"}, "level"),
            ({"member": "colleague", "level": ""}, "level"),
            ({"member": "colleague", "level": "two"}, "level"),
            ({"member": "colleague", "level": "1", "until": "2026-02-31"}, "until"),
            ({"member": "colleague", "level": "1", "until": "2001-01-01"}, "until"),
            ({"member": "colleague", "level": "1", "until": "２０２６"}, "until"),
            ({"member": "colleague", "level": "1", "reason": "长" * 201}, "reason"),
            ({"member": "colleague", "level": "1", "reason": "a\x00b"}, "reason"),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_said(self, owner, colleague, customer, theirs, data, field):
        with organization_context(theirs):
            stranger, foreign = MembershipFactory(), DepartmentFactory()
        known = {
            "me": owner.pk, "colleague": colleague.pk, "team": DepartmentFactory().pk, "stranger": stranger.pk,
            "former": MembershipFactory(ended_at=timezone.now()).pk, "foreign": foreign.pk,
        }  # fmt: skip
        answer = browser(owner).post(share_url(customer), {key: known.get(v, v) for key, v in data.items()})
        assert (answer.status_code, Collaborator.objects.exists()) == (422, False)
        assert field in answer.context["form"].errors

    def test_a_manager_cannot_share_it_with_its_owner(self, owner, customer):
        boss = member_with(*RIGHTS, SHARE)
        answer = browser(boss).post(share_url(customer), {"member": owner.pk, "level": "1"})
        assert list(answer.context["form"].errors) == ["member"]

    def test_a_collaborator_does_not_share_on(self, owner, customer):
        other = member_with(*RIGHTS, SHARE, scope=Scope.OWN)
        share_customers([customer.pk], other, Terms(ShareLevel.WORK), actor=owner)
        client = browser(other)
        assert client.get(f"{URL}{customer.pk}/").context["may_share"] is False
        assert client.get(share_url(customer)).status_code == 404
        assert client.post(share_url(customer), {"member": owner.pk, "level": "1"}).status_code == 404

    def test_too_many_for_one_person_is_said_in_the_form(self, owner, colleague, customer, monkeypatch):
        monkeypatch.setattr("customers.actions.collaborator.MOST", 0)
        answer = browser(owner).post(share_url(customer), {"member": colleague.pk, "level": "1"})
        assert (answer.status_code, Collaborator.objects.exists()) == (422, False)
        assert answer.context["form"].non_field_errors()


class TestOneCollaborator:
    @pytest.fixture
    def row(self, owner, colleague, customer):
        share_customers([customer.pk], colleague, Terms(ShareLevel.WORK, reason="投标"), actor=owner)
        return Collaborator.objects.get()

    def test_its_terms_are_changed(self, owner, colleague, customer, row):
        url = share_url(customer, f"{row.pk}/")
        assert browser(owner).get(url).context["form"].initial["reason"] == "投标"
        answer = browser(owner).post(url, {"level": "1", "until": day(0), "reason": ""})
        assert answer.status_code == 302
        row = Collaborator.objects.get()
        assert (row.member, row.level, row.until.isoformat(), row.reason) == (colleague, 1, day(0), "")

    def test_it_is_ended_and_taken_back(self, owner, colleague, customer, row):
        client = browser(owner)
        assert client.post(share_url(customer, f"{row.pk}/remove/")).status_code == 302
        assert not Collaborator.objects.exists()
        entry = TimelineEntry.objects.get(kind="customer.unshared")
        for _ in range(2):
            assert client.post(share_url(customer, f"again/{entry.pk}/")).status_code in (302, 404)
        again = Collaborator.objects.get()
        assert (again.member, again.level, again.until, again.reason) == (colleague, 2, None, "投标")
        assert not TimelineEntry.objects.filter(kind="customer.unshared").exists()

    def test_only_who_ended_it_takes_it_back_and_only_for_a_while(self, owner, customer, row):
        browser(owner).post(share_url(customer, f"{row.pk}/remove/"))
        entry = TimelineEntry.objects.get(kind="customer.unshared")
        boss = member_with(*RIGHTS, SHARE)
        assert browser(boss).post(share_url(customer, f"again/{entry.pk}/")).status_code == 404
        TimelineEntry.objects.filter(pk=entry.pk).update(at=entry.at - 2 * UNDO_WITHIN)
        assert browser(owner).post(share_url(customer, f"again/{entry.pk}/")).status_code == 302
        assert not Collaborator.objects.exists()

    def test_another_customer_s_is_not_found(self, owner, row):
        other = CustomerFactory(owner=owner)
        assert browser(owner).get(share_url(other, f"{row.pk}/")).status_code == 404

    def test_an_old_dialog_of_one_that_is_gone_is_not_found(self, owner, customer, row):
        Collaborator.objects.all().delete()
        assert browser(owner).post(share_url(customer, f"{row.pk}/"), {"level": "1"}).status_code == 404


class TestMany:
    def test_the_ticked_ones_are_shared_and_taken_back(self, owner, colleague, customer):
        other, foreign = CustomerFactory(owner=owner), CustomerFactory(owner=colleague)
        share_customers([other.pk], colleague, Terms(until=timezone.localdate()), actor=owner)
        client = browser(owner)
        ids = [one.pk for one in (customer, other, foreign)]
        question = client.post(f"{URL}bulk/share/", {"ids": ids})
        assert (question.status_code, question.context["count"]) == (200, 2)
        answer = client.post(
            f"{URL}bulk/share/", {"ids": ids, "answered": "1", "member": colleague.pk, "level": "2"}
        )
        assert answer.status_code == 302
        terms = lambda: sorted(Collaborator.objects.values_list("level", flat=True))  # noqa: E731
        assert terms() == [2, 2]
        run = BulkRun.objects.get()
        assert client.post(f"{URL}undo/{run.pk}/").status_code == 302
        assert terms() == [1]
        assert Collaborator.objects.get().until == timezone.localdate()

    def test_what_was_changed_since_stays(self, owner, colleague, customer):
        client = browser(owner)
        client.post(
            f"{URL}bulk/share/", {"ids": customer.pk, "answered": "1", "member": colleague.pk, "level": "2"}
        )
        share_customers([customer.pk], colleague, Terms(), actor=owner)
        client.post(f"{URL}undo/{BulkRun.objects.get().pk}/")
        assert [row.level for row in Collaborator.objects.all()] == [1]

    def test_too_many_is_said_and_shares_none(self, owner, colleague, customer, monkeypatch):
        monkeypatch.setattr("customers.actions.collaborator.MOST", 0)
        data = {"ids": customer.pk, "answered": "1", "member": colleague.pk, "level": "1"}
        answer = browser(owner).post(f"{URL}bulk/share/", data, follow=True)
        assert "at most 1,000" in answer.content.decode()
        assert not Collaborator.objects.exists()

    def test_asking_again_keeps_what_is_wrong(self, owner, customer):
        answer = browser(owner).post(f"{URL}bulk/share/", {"ids": customer.pk, "answered": "1", "level": "1"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["member"])


class TestLists:
    def names(self, response) -> list[str]:
        return [row["name"] for row in response.context["rows"]]

    def test_filters_tab_and_column(self, owner, colleague, customer):
        CustomerFactory(name="乙公司", owner=colleague)
        CustomerFactory(name="丙公司", owner=owner)
        assert "Shared with me" not in browser(colleague).get(URL).content.decode()
        share_customers([customer.pk], colleague, Terms(), actor=owner)
        ColumnChoice.objects.create(member=owner, columns=["name", "collaborators"])
        assert self.names(browser(colleague).get(URL, {"shared": "me"})) == ["华为"]
        assert self.names(browser(owner).get(URL, {"shared": "me"})) == []
        mine = browser(owner).get(URL, {"shared": "others"})
        assert self.names(mine) == ["华为"]
        assert colleague.name in mine.context["rows"][0]["html"]
        assert [tab["label"] for tab in browser(colleague).get(URL).context["tabs"]] == [
            "All",
            "Shared with me",
        ]

    def test_what_is_shared_with_me(self, owner, colleague, customer):
        client = browser(colleague)
        assert self_names(client.get(f"{URL}shared-with-me/")) == []
        share_customers(
            [customer.pk], colleague.department, Terms(ShareLevel.WORK, reason="投标"), actor=owner
        )
        [row] = client.get(f"{URL}shared-with-me/").context["rows"]
        assert (row["customer_name"], row["shared_by_name"], row["reason"], row["department_name"]) == (
            "华为", owner.name, "投标", colleague.department.name
        )  # fmt: skip
        assert self_names(browser(owner).get(f"{URL}shared-with-me/")) == []

    def test_today_warns_who_shares_and_who_sees(self, owner, colleague, customer):
        in_a_week = timezone.localdate() + timedelta(days=7)
        share_customers([customer.pk], colleague, Terms(until=in_a_week), actor=owner)
        later = CustomerFactory(owner=owner)
        share_customers([later.pk], colleague, Terms(until=in_a_week + timedelta(days=1)), actor=owner)
        blocks = {one: ending_block(viewer_for(one)) for one in (owner, colleague)}
        told = {
            one: [(row["row"].customer, row["own"]) for row in block["rows"]] for one, block in blocks.items()
        }
        assert told == {owner: [(customer, True)], colleague: [(customer, False)]}
        assert ending_block(viewer_for(member_with())) is None


def self_names(response) -> list[str]:
    return [row["customer_name"] for row in response.context["rows"]]


class TestCost:
    @pytest.mark.parametrize("shares", [1, 3])
    def test_pages_cost_the_same_for_one_share_and_for_three(self, owner, colleague, shares):
        customers = [CustomerFactory(owner=owner) for _ in range(shares)]
        for customer in customers:
            share_customers([customer.pk], colleague, Terms(until=timezone.localdate()), actor=owner)
        page = customers[0]
        for number in range(shares - 1):
            share_customers([page.pk], DepartmentFactory(name=f"组{number}"), Terms(), actor=owner)
        viewer, client = viewer_for(colleague), browser(colleague)
        client.get(URL)
        costs = {
            "today": count_queries(lambda: ending_block(viewer)),
            "mine": count_queries(lambda: client.get(f"{URL}shared-with-me/")),
            "list": count_queries(lambda: client.get(URL)),
            "page": count_queries(lambda: client.get(f"{URL}{page.pk}/")),
        }
        assert costs == {"today": 1, "mine": 7, "list": 10, "page": 9}


class TestWatching:
    def test_a_manager_sees_what_is_shared_with_whom_as_far_as_their_reach(self, owner, colleague, customer):
        boss = member_with(*RIGHTS, SHARE, scope=Scope.DEPARTMENT, department=owner.department)
        everybody = member_with(*RIGHTS, SHARE)
        share_customers([customer.pk], colleague, Terms(), actor=owner)
        url = f"{URL}shared-with-me/?member={colleague.pk}"
        assert self_names(browser(everybody).get(url)) == ["华为"]
        assert browser(boss).get(url).context["member"] is None
        theirs = CustomerFactory(name="乙公司", owner=colleague)
        share_customers([theirs.pk], owner, Terms(), actor=colleague)
        watched = browser(boss).get(f"{URL}shared-with-me/?member={owner.pk}")
        assert (watched.context["member"], self_names(watched)) == (owner, [])
        assert self_names(browser(everybody).get(f"{URL}shared-with-me/?member={owner.pk}")) == ["乙公司"]
        for broken in ("", "x", "\x00", str(customer.pk)):
            assert browser(everybody).get(f"{URL}shared-with-me/", {"member": broken}).status_code == 200

    def test_an_old_form_does_not_overwrite_what_somebody_else_has_changed(self, owner, colleague, customer):
        share_customers([customer.pk], colleague, Terms(), actor=owner)
        url = share_url(customer, f"{Collaborator.objects.get().pk}/")
        seen = browser(owner).get(url).context["form"].initial["seen"]
        share_customers([customer.pk], colleague, Terms(ShareLevel.WORK, reason="投标"), actor=owner)
        answer = browser(owner).post(url, {"level": "1", "seen": seen})
        assert (answer.status_code, answer.context["form"].initial["reason"]) == (409, "投标")
        assert Collaborator.objects.get().level == ShareLevel.WORK
        again = {"level": "1", "seen": answer.context["form"].initial["seen"]}
        assert browser(owner).post(url, again).status_code == 302
        assert Collaborator.objects.get().level == ShareLevel.READ

    def test_access_is_explained_with_who_shared_it_and_until_when(self, owner, colleague, customer):
        auditor = member_with("tenancy.explain_access", "customers.view_customer")
        share_customers([customer.pk], colleague, Terms(until=timezone.localdate()), actor=owner)
        query = {"member": colleague.pk, "address": f"{URL}{customer.pk}/"}
        page = browser(auditor).get("/o/ours/settings/explain/", query).content.decode()
        assert f"{owner.name} shared it with them: may read, until" in page


class TestReading:
    """Who may only read is offered nothing that would be refused."""

    CONTACTS = ("interactions.view_interaction", "interactions.add_interaction", "interactions.view_plan",
        "interactions.add_plan", "interactions.change_plan")  # fmt: skip
    OFFERED = ("/contacts/new/", "/verify/", "data-edit=", "/edit/")

    @pytest.fixture
    def reader(self, inside_ours):
        return member_with(*RIGHTS, *self.CONTACTS, scope=Scope.OWN, name="王同事")

    def pages(self, member, customer) -> list[str]:
        client = browser(member)
        return [client.get(url).content.decode() for url in (f"{URL}{customer.pk}/", URL)]

    def test_the_record_and_the_row(self, owner, reader, customer):
        share_customers([customer.pk], reader, Terms(ShareLevel.READ), actor=owner)
        record, rows = self.pages(reader, customer)
        assert "Read only" in record and customer.name in rows
        [row] = [row for row in rows.split("<tr>") if f"{customer.name}</a>" in row]
        assert [words for words in self.OFFERED if words in row.partition("</tr>")[0]] == []
        assert [words for words in self.OFFERED if f"{customer.pk}{words}" in record] == []
        assert "?customer=" not in record

    def test_whoever_may_work_on_it_is_offered_all(self, owner, reader, customer):
        share_customers([customer.pk], reader, Terms(ShareLevel.WORK), actor=owner)
        record, rows = self.pages(reader, customer)
        assert "Read only" not in record
        assert "data-edit=" in rows and "?customer=" in record

    def test_one_s_own_beside_it_keeps_its_cells(self, owner, reader, customer):
        share_customers([customer.pk], reader, Terms(ShareLevel.READ), actor=owner)
        CustomerFactory(name="自己的", owner=reader)
        _record, rows = self.pages(reader, customer)
        [mine] = [row for row in rows.split("<tr>") if "自己的" in row]
        assert "data-edit=" in mine
