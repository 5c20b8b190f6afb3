"""Shares are given, told, replaced and ended; they follow a merge, and nobody comes to own by them."""

import pytest
from django.utils import timezone

from customers.actions.collaborator import (
    TooManyShared,
    end_expired,
    end_shares_of,
    put_back,
    share_customers,
)
from customers.actions.merge import merge_customers
from customers.actions.relation import relate
from customers.actions.unmerge import undo_merge
from customers.models import (
    Collaborator,
    Relation,
    TimelineEntry,
)
from customers.relations import BY_KEY
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.relations import relations_of
from customers.tests.shares import (
    ASSIGN,
    CHANGE,
    MERGE,
    READ,
    TODAY,
    URL,
    VIEW,
    WORK,
    YESTERDAY,
    seen,
    share,
    until,
)
from customers.tests.test_customer_edit import BASE, points
from tenancy.access import viewer_for
from tenancy.actions.membership import end_membership
from tenancy.enums import Scope, ShareLevel
from tenancy.explain import explain
from tenancy.tests.factories import grant
from tenancy.tests.pages import browser
from workspace.models import Notification

pytestmark = pytest.mark.django_db


class TestSharing:
    def test_it_is_told_to_who_gets_it_and_to_the_owner(self, rep, colleague, admin, key_account):
        share_customers([key_account.pk], colleague, WORK, actor=admin)
        told = dict(Notification.objects.values_list("recipient__name", "kind"))
        assert told == {colleague.name: "customers.shared", rep.name: "customers.shared_by_other"}
        entry = TimelineEntry.objects.get(kind="customer.shared")
        assert (entry.customer_id, entry.actor, entry.params) == (
            key_account.pk, admin, {"name": colleague.name, "level": 2, "until": ""}
        )  # fmt: skip

    def test_a_team_is_told_person_by_person(self, rep, key_account, branch):
        people = [member_with(scope=Scope.OWN, department=one, name=one.name) for one in branch]
        member_with(scope=Scope.OWN, department=branch[1], ended_at=timezone.now())
        share(key_account, branch[0])
        told = Notification.objects.filter(kind="customers.shared").values_list("recipient", flat=True)
        assert set(told) == {one.pk for one in people}

    def test_the_same_again_changes_nothing(self, rep, colleague, key_account):
        assert share_customers([key_account.pk], colleague, WORK, actor=rep) == {key_account.pk: {}}
        assert share_customers([key_account.pk], colleague, WORK, actor=rep) == {}
        assert (
            Collaborator.objects.count() == TimelineEntry.objects.filter(kind="customer.shared").count() == 1
        )

    def test_new_terms_replace_the_old_and_can_be_put_back(self, rep, colleague, key_account):
        share(key_account, colleague, until(TODAY))
        before = share_customers([key_account.pk], colleague, WORK, actor=rep)
        assert before == {key_account.pk: {"level": 1, "until": timezone.localdate().isoformat()}}
        put_back(before, colleague, actor=rep)
        row = Collaborator.objects.get()
        assert (row.level, row.until) == (ShareLevel.READ, timezone.localdate())
        put_back({key_account.pk: {}}, colleague, actor=rep)
        assert (Collaborator.objects.count(), seen(colleague)) == (0, set())

    def test_there_is_an_end_to_how_many(self, rep, colleague, key_account, monkeypatch):
        monkeypatch.setattr("customers.actions.collaborator.MOST", 1)
        share(key_account, colleague)
        other = CustomerFactory(owner=rep)
        with pytest.raises(TooManyShared):
            share(other, colleague)

    def test_the_night_takes_away_what_has_ended(self, ours, rep, colleague, admin, key_account):
        share(key_account, colleague, until(YESTERDAY))
        share(key_account, admin, until(TODAY))
        end_expired(ours.pk)
        assert [row.member for row in Collaborator.objects.all()] == [admin]

    def test_who_leaves_loses_it_for_good(self, rep, colleague, key_account):
        grant(rep)
        share(key_account, colleague, WORK)
        end_membership(colleague, successors={}, actor=None)
        assert not Collaborator.objects.exists()

    def test_a_new_owner_finds_the_collaborators_of_the_old_one(self, rep, colleague, admin, key_account):
        from customers.actions.book import assign_owner

        share(key_account, colleague)
        assign_owner([key_account.pk], admin, actor=rep)
        assert seen(colleague) == {key_account.name}
        end_shares_of(colleague)
        assert seen(colleague) == set()


class TestMerge:
    def test_the_wider_level_counts_and_the_undo_takes_it_back(self, rep, colleague, key_account):
        twin = CustomerFactory(name="华为", owner=rep)
        share(key_account, colleague)
        share(twin, colleague, WORK)
        merge = merge_customers(key_account, [twin], actor=rep)
        assert seen(colleague, CHANGE) == {key_account.name}
        undo_merge(merge, actor=rep)
        assert seen(colleague, CHANGE) == {"华为"}
        assert seen(colleague) == {key_account.name, "华为"}

    def test_both_shared_alike_is_shared_once(self, rep, colleague, key_account):
        twin = CustomerFactory(name="华为", owner=rep)
        share(key_account, colleague)
        share(twin, colleague)
        merge_customers(key_account, [twin], actor=rep)
        assert Collaborator.objects.filter(customer=key_account).count() == 1


class TestRelations:
    def test_the_other_one_is_named_to_who_sees_it(self, rep, colleague, key_account):
        mine = CustomerFactory(name="我的公司", owner=colleague, kind="company")
        relate(Relation(), customer=mine, other=key_account, role=BY_KEY["partner"], actor=colleague)
        names = lambda: [one.name for one in relations_of(mine, viewer_for(colleague))]  # noqa: E731
        assert names() == [""]
        share(key_account, colleague)
        assert names() == [key_account.name]


class TestWhy:
    def test_the_third_reason_is_told(self, rep, colleague, key_account, branch):
        colleague.department = branch[1]
        colleague.save()
        share(key_account, branch[0], until(TODAY, ShareLevel.WORK))
        answers = {one: explain(colleague, key_account, one) for one in (VIEW, CHANGE, ASSIGN)}
        assert [(one.allowed, one.reasoned, one.within) for one in answers.values()] == [
            (True, True, False), (True, True, False), (False, False, False)
        ]  # fmt: skip
        [why] = answers[CHANGE].shares
        assert (why.by, why.until, why.team) == (rep, timezone.localdate(), "华东大区")
        assert answers[ASSIGN].shares == []


class TestWhoOwnsIt:
    """Whoever works on a customer does not come to own it that way."""

    @pytest.fixture
    def taker(self, inside_ours):
        rights = (VIEW, CHANGE, MERGE, ASSIGN, "customers.import_customer")
        return member_with(*rights, scope=Scope.OWN, name="周同事")

    def test_the_form_leaves_the_owner_alone(self, rep, taker, key_account):
        share(key_account, taker, WORK)
        client, url = browser(taker), f"{URL}{key_account.pk}/edit/"
        form = client.get(url).context["form"]
        assert "owner" not in form.fields
        initial = {f"initial-{name}": form[name].value() or "" for name in form.fields}
        data = {**BASE, **points(), **initial, "name": "华为新名", "owner": str(taker.pk), "version": "1"}
        assert client.post(url, data).status_code == 302
        key_account.refresh_from_db()
        assert (key_account.name, key_account.owner) == ("华为新名", rep)

    @pytest.mark.parametrize("into", ["shared", "own"])
    def test_a_merge_leaves_it_with_its_owner(self, rep, taker, key_account, into):
        own = CustomerFactory(name="华为", owner=taker)
        share(key_account, taker, WORK)
        url = f"{URL}merge/?ids={own.pk}&ids={key_account.pk}"
        form = browser(taker).get(url).context["form"]
        assert [key for key, _label in form.fields["value-owner"].choices] == [str(key_account.pk)]
        survivor = {"shared": key_account, "own": own}[into]
        data = {name: form[name].value() for name in form.fields} | {"into": str(survivor.pk), "across": ""}
        data |= {"ids": [own.pk, key_account.pk]}
        taken = {**data, "value-owner": str(own.pk)}
        assert browser(taker).post(f"{URL}merge/", taken).status_code == 422
        assert browser(taker).post(f"{URL}merge/", data).status_code == 302
        survivor.refresh_from_db()
        assert survivor.owner == rep
        assert survivor.name in seen(taker)

    def test_the_cell_of_the_owner_is_not_theirs(self, taker, key_account):
        share(key_account, taker, WORK)
        assert browser(taker).get(f"{URL}{key_account.pk}/cells/owner/").status_code == 404
        assert browser(taker).get(f"{URL}{key_account.pk}/cells/city/").status_code == 200

    def test_nor_does_assigning_many(self, taker, rep, key_account):
        share(key_account, taker, WORK)
        data = {"ids": key_account.pk, "answered": "1", "owner": taker.pk}
        browser(taker).post(f"{URL}bulk/assign/", data)
        key_account.refresh_from_db()
        assert key_account.owner == rep

    def test_fields_of_many_are_changed_where_one_works(self, taker, key_account):
        for terms, city in ((READ, ""), (WORK, "杭州")):
            share(key_account, taker, terms)
            data = {"ids": key_account.pk, "answered": "1", "set_city": "on", "city": "杭州"}
            browser(taker).post(f"{URL}bulk/edit/", data)
            key_account.refresh_from_db()
            assert key_account.city == city

    def test_a_file_changes_it_but_not_its_owner(self, ours, rep, taker, key_account):
        share(key_account, taker, WORK)
        data = csv_bytes("姓名,编号,城市,负责人", f"{key_account.name},{key_account.code},杭州,{taker.name}")
        assert Walk(ours, taker).upload(data).check(policy="update").apply().counts() == (0, 1, 0, 0)
        key_account.refresh_from_db()
        assert (key_account.city, key_account.owner) == ("杭州", rep)
