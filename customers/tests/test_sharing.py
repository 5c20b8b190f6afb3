"""Who sees a customer that is shared, and how far: the same door everywhere."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions.collaborator import Terms, share_customers
from customers.exporting.rows import Export, Wanted
from customers.importing.matching import Found, judge
from customers.importing.options import Options
from customers.merge_rules import customer_keys
from customers.models import (
    ContactPoint,
    Customer,
    CustomerHealth,
    HealthCount,
    TimelineEntry,
)
from customers.queries.duplicates import possible_duplicates
from customers.queries.pairs import pairs_for
from customers.queries.palette import palette_hits
from customers.queries.search import found_by
from customers.sharing import level_for
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.shares import (
    ASSIGN,
    CHANGE,
    EXPORT,
    MERGE,
    REVEAL,
    TODAY,
    URL,
    VIEW,
    WORK,
    YESTERDAY,
    listed,
    seen,
    share,
    unshare,
    until,
)
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope, ShareLevel
from tenancy.models import Membership
from tenancy.sharing import shared_kind_of
from tenancy.tests.factories import DepartmentFactory
from tenancy.tests.pages import browser, count_queries

pytestmark = pytest.mark.django_db


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
        unshare(key_account, colleague)
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
        unshare(key_account, colleague)
        assert palette_hits(viewer_for(colleague), "华为", 5) == []

    def test_exports_reveal_only_where_one_works(self, rep, key_account):
        exporter = member_with(VIEW, EXPORT, REVEAL, scope=Scope.OWN)
        rows = lambda: Export(Wanted("", ["phone"]), viewer_for(exporter)).batch().cells  # noqa: E731
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
        found = {"code": [Found(key_account.pk, rep.pk, False, (key_account.name,))]}
        options = Options(match=("code",), policy="update")
        outcome = lambda: judge(found, options, viewer_for(colleague).reach(CHANGE), key_account.name).outcome  # noqa: E731
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
            unshare(customers[number], targets[whom])
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
