"""Who sees a customer that is shared, and how far: the same door everywhere."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions.collaborator import (
    Terms,
    TooManyShared,
    end_expired,
    end_shares_of,
    put_back,
    share_customers,
    unshare_customers,
)
from customers.actions.merge import merge_customers
from customers.actions.relation import relate
from customers.actions.unmerge import undo_merge
from customers.exporting.rows import Export, Wanted
from customers.importing.matching import Found, judge
from customers.importing.options import Options
from customers.merge_rules import customer_keys
from customers.models import (
    Collaborator,
    ContactPoint,
    Customer,
    CustomerHealth,
    HealthCount,
    Relation,
    TimelineEntry,
)
from customers.queries.duplicates import possible_duplicates
from customers.queries.pairs import pairs_for
from customers.queries.palette import palette_hits
from customers.queries.relations import relations_of
from customers.queries.search import found_by
from customers.relations import BY_KEY
from customers.sharing import level_for
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_customer_edit import BASE, points
from tenancy.access import viewer_for
from tenancy.actions.membership import end_membership
from tenancy.context import organization_context
from tenancy.enums import Scope, ShareLevel
from tenancy.explain import explain
from tenancy.models import Membership
from tenancy.sharing import shared_kind_of
from tenancy.tests.factories import DepartmentFactory, grant
from tenancy.tests.pages import browser, count_queries
from workspace.models import Notification

pytestmark = pytest.mark.django_db
URL = "/o/ours/customers/"
VIEW, CHANGE, MERGE = "customers.view_customer", "customers.change_customer", "customers.merge_customer"
REVEAL, ASSIGN, EXPORT = "customers.reveal_contact", "customers.assign_customer", "customers.export_customer"
READ, WORK = Terms(ShareLevel.READ), Terms(ShareLevel.WORK)
YESTERDAY, TODAY = timedelta(days=-1), timedelta(0)


def until(days: timedelta, level: ShareLevel = ShareLevel.READ) -> Terms:
    return Terms(level, timezone.localdate() + days)


def share(customer: Customer, target, terms: Terms = READ) -> None:
    share_customers([customer.pk], target, terms, actor=customer.owner)


def seen(member: Membership, permission: str = VIEW) -> set[str]:
    return {row.name for row in Customer.objects.visible_to(viewer_for(member), permission)}


def listed(member: Membership, **query: str) -> list[str]:
    return [row["name"] for row in browser(member).get(URL, query).context["rows"]]


@pytest.fixture
def key_account(rep) -> Customer:
    return CustomerFactory(
        name="华为技术有限公司", owner=rep, kind="company", phones=["13812345678"], people=["任经理"]
    )


@pytest.fixture
def branch(inside_ours) -> tuple:
    """Region, and a team in it."""
    region = DepartmentFactory(name="华东大区")
    return region, DepartmentFactory(name="上海组", parent=region)


class TestWhoSeesIt:
    def test_a_reader_sees_and_does_no_more(self, rep, colleague, key_account):
        share(key_account, colleague)
        found = {one: seen(colleague, one) for one in (VIEW, CHANGE, REVEAL, ASSIGN)}
        assert found == {VIEW: {key_account.name}, CHANGE: set(), REVEAL: set(), ASSIGN: set()}

    def test_who_works_on_it_changes_it_but_does_not_decide_over_it(self, rep, colleague, key_account):
        share(key_account, colleague, WORK)
        found = {one: seen(colleague, one) for one in (VIEW, CHANGE, REVEAL, ASSIGN)}
        name = {key_account.name}
        assert found == {VIEW: name, CHANGE: name, REVEAL: name, ASSIGN: set()}

    def test_a_share_gives_no_right_that_no_role_gives(self, rep, key_account):
        reader = member_with(VIEW, scope=Scope.OWN)
        share(key_account, reader, WORK)
        assert (seen(reader, VIEW), seen(reader, CHANGE)) == ({key_account.name}, set())

    @pytest.mark.parametrize(("days", "counts"), [(YESTERDAY, False), (TODAY, True), (-YESTERDAY, True)])
    def test_it_ends_with_its_last_day(self, rep, colleague, key_account, days, counts):
        share(key_account, colleague, until(days, ShareLevel.WORK))
        assert seen(colleague, CHANGE) == ({key_account.name} if counts else set())
        assert listed(colleague) == ([key_account.name] if counts else [])
        assert listed(colleague, q="华为") == ([key_account.name] if counts else [])

    def test_a_team_is_its_people_and_those_of_the_teams_in_it(self, rep, key_account, branch):
        region, team = branch
        above, within, elsewhere = (
            member_with(scope=Scope.OWN, department=one) for one in (region, team, DepartmentFactory())
        )
        share(key_account, team)
        assert [bool(seen(one)) for one in (above, within, elsewhere)] == [False, True, False]
        share(key_account, region, WORK)
        assert [bool(seen(one, CHANGE)) for one in (above, within, elsewhere)] == [True, True, False]
        assert listed(within, q="华为") == [key_account.name]

    def test_who_has_no_department_is_in_no_team(self, rep, key_account, branch):
        alone = member_with(scope=Scope.OWN)
        share(key_account, branch[0])
        assert seen(alone) == set()

    def test_nobody_of_the_other_organisation_sees_it(self, rep, colleague, key_account, theirs):
        share(key_account, colleague)
        with organization_context(theirs):
            stranger = member_with(name="外人")
            assert seen(stranger) == set()
        assert browser(stranger).get(f"{URL}{key_account.pk}/").status_code == 404

    def test_it_comes_on_top_of_what_one_owns(self, rep, colleague, key_account):
        CustomerFactory(name="乙公司", owner=colleague)
        CustomerFactory(name="丙公司", owner=rep)
        share(key_account, colleague)
        assert sorted(listed(colleague)) == sorted(["乙公司", key_account.name])

    def test_the_owners_one_may_filter_by_are_those_of_whom_one_sees_something(
        self, rep, colleague, key_account
    ):
        share(key_account, colleague)
        assert listed(colleague, owner=str(rep.pk)) == [key_account.name]


class TestWhatHangsOnIt:
    def test_contact_details_go_with_the_customer_and_duties_stay_the_owners(
        self, rep, colleague, key_account
    ):
        share(key_account, colleague, WORK)
        viewer = viewer_for(colleague)
        points = ContactPoint.objects.visible_to(viewer, VIEW)
        assert [point.customer for point in points] == [key_account]
        assert not CustomerHealth.objects.visible_to(viewer, VIEW).exists()

    def test_whatever_points_to_a_customer_goes_along_but_for_duties_and_what_somebody_did(self):
        """A new model with a key to Customer and a scope of its own has to be placed here."""
        scoped = {key.model for key in customer_keys() if key.model.scope_field}
        alone = {model._meta.label for model in scoped if shared_kind_of(model) is None}
        assert shared_kind_of(ContactPoint) is shared_kind_of(TimelineEntry) is shared_kind_of(Customer)
        assert alone == {
            "customers.CustomerBirthday", "customers.CustomerHealth", "interactions.CustomerContact",
            "customers.PoolKeep", "customers.PoolWarning", "customers.PoolClaim",
            "customers.PostponedSuggestion", "customers.DisclosedCustomer",
        }  # fmt: skip
        assert shared_kind_of(HealthCount) is None

    def test_levels_by_right(self):
        wanted = {
            VIEW: ShareLevel.READ, CHANGE: ShareLevel.WORK, REVEAL: ShareLevel.WORK, MERGE: ShareLevel.WORK,
            EXPORT: ShareLevel.WORK, ASSIGN: None, "customers.share_customer": None,
            "customers.place_legalhold": None, "customers.add_customer": None, "tenancy.view_membership": None,
            "interactions.view_plan": ShareLevel.READ, "interactions.add_interaction": ShareLevel.WORK,
        }  # fmt: skip
        assert {permission: level_for(permission) for permission in wanted} == wanted


class TestWhereItShows:
    def test_page_timeline_files_and_edit(self, rep, colleague, key_account):
        client = browser(colleague)
        pages = ["", "timeline/", "files/", "edit/"]
        ask = lambda: [client.get(f"{URL}{key_account.pk}/{page}").status_code for page in pages]  # noqa: E731
        assert ask() == [404] * 4
        share(key_account, colleague)
        assert ask() == [200, 200, 200, 404]
        share(key_account, colleague, WORK)
        assert ask() == [200] * 4
        unshare_customers([key_account.pk], colleague, actor=rep)
        assert ask() == [404] * 4

    @pytest.mark.parametrize("few", [0, 20])
    @pytest.mark.parametrize("sort", ["name", "-updated", "-completeness", "verification_due"])
    def test_every_order_of_the_list_has_it(self, rep, colleague, key_account, sort, few, monkeypatch):
        monkeypatch.setattr("customers.queries.among.FEW", few)
        CustomerFactory(name="乙公司", owner=colleague)
        share(key_account, colleague)
        page = browser(colleague).get(URL, {"sort": sort})
        assert page.context["sorting"] == sort
        assert sorted(row["name"] for row in page.context["rows"]) == sorted(["乙公司", key_account.name])

    def test_search_and_palette_find_it(self, rep, colleague, key_account):
        assert palette_hits(viewer_for(colleague), "华为", 5) == []
        share(key_account, colleague)
        viewer = viewer_for(colleague)
        rows = Customer.objects.visible_to(viewer, VIEW)
        assert [row.name for row in found_by(rows, "华为", viewer, VIEW)] == [key_account.name]
        assert [hit.label for hit in palette_hits(viewer, "hw", 5)] == [key_account.name]
        unshare_customers([key_account.pk], colleague, actor=rep)
        assert palette_hits(viewer_for(colleague), "华为", 5) == []

    def test_exports_reveal_only_where_one_works(self, rep, key_account):
        exporter = member_with(VIEW, EXPORT, REVEAL, scope=Scope.OWN)
        rows = lambda: list(Export(Wanted("", ["phone"]), viewer_for(exporter)).rows())  # noqa: E731
        share(key_account, exporter, WORK)
        [[name, phone]] = rows()
        assert (str(name), "1234" in str(phone)) == (key_account.name, True)
        share(key_account, exporter)
        assert rows() == []

    def test_duplicate_hints_name_it(self, rep, colleague, key_account):
        hint = lambda: possible_duplicates(viewer_for(colleague), name=key_account.name)[0]  # noqa: E731
        assert (hint().pk, hint().name) == (None, "")
        share(key_account, colleague)
        assert (hint().pk, hint().name) == (key_account.pk, key_account.name)

    def test_imports_update_it_where_one_works(self, rep, colleague, key_account):
        found = {"code": [Found(key_account.pk, rep.pk, False)]}
        options = Options(match=("code",), policy="update")
        outcome = lambda: judge(found, options, viewer_for(colleague).reach(CHANGE)).outcome  # noqa: E731
        share(key_account, colleague)
        assert outcome() == "error"
        share(key_account, colleague, WORK)
        assert outcome() == "update"

    def test_merging_takes_work_on_both(self, rep, key_account):
        merger = member_with(VIEW, CHANGE, MERGE, scope=Scope.OWN)
        own = CustomerFactory(name="华为", owner=merger)
        url = f"{URL}merge/?ids={own.pk}&ids={key_account.pk}"
        share(key_account, merger)
        assert browser(merger).get(url).status_code == 404
        share(key_account, merger, WORK)
        assert browser(merger).get(url).status_code == 200
        assert not pairs_for(viewer_for(merger), MERGE).exists()


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


@settings(
    max_examples=10, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 1), st.sampled_from(["me", "team", "region"]), st.sampled_from([None, 1, 2]),
            st.sampled_from([None, -1, 0, 3]),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_whatever_is_shared_and_ended_the_last_word_on_each_decides(rep, steps):
    region = DepartmentFactory()
    team = DepartmentFactory(parent=region)
    me = member_with(VIEW, CHANGE, scope=Scope.OWN, department=team)
    targets = {"me": me, "team": team, "region": region}
    customers = [CustomerFactory(owner=rep) for _ in range(2)]
    told: dict = {}
    for number, whom, level, days in steps:
        if level is None:
            unshare_customers([customers[number].pk], targets[whom], actor=rep)
            told.pop((number, whom), None)
            continue
        end = None if days is None else timezone.localdate() + timedelta(days=days)
        share_customers([customers[number].pk], targets[whom], Terms(ShareLevel(level), end), actor=rep)
        told[number, whom] = (level, days)
    for permission, needed in ((VIEW, 1), (CHANGE, 2)):
        wanted = {
            customers[number].pk
            for (number, _whom), (level, days) in told.items()
            if level >= needed and (days is None or days >= 0)
        }
        found = Customer.objects.visible_to(viewer_for(me), permission)
        assert {row.pk for row in found} == wanted


@pytest.mark.parametrize("shared", [0, 1, 3])
def test_shares_are_read_with_the_rights(rep, colleague, shared):
    for _ in range(shared):
        share(CustomerFactory(owner=rep), colleague)
    member = Membership.objects.select_related("organization").get(pk=colleague.pk)
    assert count_queries(lambda: viewer_for(member)) == 1
    assert count_queries(lambda: list(Customer.objects.visible_to(viewer_for(member), VIEW))) == 2


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
