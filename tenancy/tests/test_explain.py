"""Why can X see Y? The answer is `visible_to`'s, and the reasons lead to it, whatever the setup."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.explain import effective_rights, explain
from tenancy.models import Department, Membership, Organization, Role
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, RoleFactory, grant
from tenancy.tests.pages import browser

pytestmark = pytest.mark.django_db
SEE, MANAGE = "tenancy.view_membership", "tenancy.manage_members"


@pytest.fixture
def auditor(inside_ours) -> Membership:
    member = MembershipFactory(name="审计")
    grant(member, "tenancy.explain_access", SEE)
    return member


def url(**query: object) -> str:
    path = reverse("tenancy:explain", kwargs={"organization": "ours"})
    return f"{path}?{'&'.join(f'{key}={value}' for key, value in query.items())}"


setups = st.fixed_dictionaries(
    {
        "parents": st.lists(st.integers(-1, 3), min_size=4, max_size=4),
        "places": st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=4, max_size=4),
        "roles": st.lists(
            st.tuples(st.integers(0, 3), st.sampled_from(Scope), st.sets(st.sampled_from([SEE, MANAGE]))),
            max_size=6,
        ),
        "ended": st.sets(st.integers(0, 3), max_size=1),
    }
)


def build(setup: dict) -> list[Membership]:
    """Four departments, each below an earlier one or at the top; four members; roles as drawn."""
    departments: list[Department] = []
    for number, parent in enumerate(setup["parents"]):
        above = departments[parent] if 0 <= parent < number else None
        departments.append(DepartmentFactory(parent=above))
    members = [
        MembershipFactory(
            department=None if place is None else departments[place],
            ended_at="2026-01-01T00:00:00Z" if number in setup["ended"] else None,
        )
        for number, place in enumerate(setup["places"])
    ]
    for holder, scope, codes in setup["roles"]:
        grant(members[holder], *codes, scope=scope) if codes else RoleFactory(scope=scope)
    return members


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(setup=setups)
def test_the_reasons_lead_to_the_verdict_of_visible_to(db, setup):
    organization = Organization.objects.create(slug=f"o-{Organization.objects.count()}", name="任意")
    with organization_context(organization):
        members = build(setup)
        for member in members:
            viewer = viewer_for(member)
            for permission in (SEE, MANAGE):
                visible = set(Membership.objects.visible_to(viewer, permission))
                for record in members:
                    answer = explain(member, record, permission)
                    assert answer.allowed is (record in visible)
                    assert answer.reasoned is answer.allowed
                    assert (answer.scope is None) is not any(step.grants for step in answer.roles)


def test_a_record_without_an_owner_is_everybody_s_who_holds_the_permission(inside_ours):
    member, role = MembershipFactory(), RoleFactory()
    grant(member, "tenancy.view_role", scope=Scope.OWN)
    answer = explain(member, Role.objects.get(pk=role.pk), "tenancy.view_role")
    assert (answer.allowed, answer.owned, answer.reasoned) == (True, False, True)


def test_the_widest_role_that_grants_it_counts(inside_ours):
    member = MembershipFactory()
    narrow = grant(member, SEE, scope=Scope.OWN)
    wide = grant(member, MANAGE, scope=Scope.ORGANIZATION)
    answer = explain(member, MembershipFactory(), SEE)
    assert [(step.role, step.grants) for step in answer.roles] == [(wide, False), (narrow, True)]
    assert (answer.scope, answer.allowed) == (Scope.OWN, False)


def test_all_that_somebody_may_do(inside_ours):
    member = MembershipFactory()
    first, second = grant(member, SEE, scope=Scope.OWN), grant(member, SEE, MANAGE, scope=Scope.DEPARTMENT)
    found = [(right.code, right.scope, right.roles) for right in effective_rights(member)]
    assert found == [(MANAGE, Scope.DEPARTMENT, [second]), (SEE, Scope.DEPARTMENT, [second, first])]


class TestPage:
    def test_a_record_is_given_by_its_address(self, auditor):
        asked, record = MembershipFactory(name="王芳"), MembershipFactory(name="李娜")
        grant(asked, SEE, scope=Scope.OWN)
        path = reverse("tenancy:member", kwargs={"organization": "ours", "pk": record.pk})
        for address in (path, f"http://crm.example{path}?tab=1"):
            answer = browser(auditor).get(url(member=asked.pk, address=address.replace("?", "%3F")))
            assert [one.allowed for one in answer.context["answers"]] == [False, False]

    def test_a_record_is_searched_for(self, auditor):
        asked, record = MembershipFactory(), MembershipFactory(name="李娜")
        answer = browser(auditor).get(url(member=asked.pk, kind="member", q="李娜"))
        assert answer.context["matches"] == [record]
        answer = browser(auditor).get(url(member=asked.pk, kind="member", q="李娜", record=record.pk))
        assert answer.context["record"] == record

    def test_a_record_that_the_asker_may_not_see_is_not_found(self, inside_ours):
        asker, asked = MembershipFactory(), MembershipFactory()
        grant(asker, "tenancy.explain_access")
        path = reverse("tenancy:member", kwargs={"organization": "ours", "pk": asked.pk})
        answer = browser(asker).get(url(member=asked.pk, address=path))
        assert answer.context["not_found"] is True
        assert "answers" not in answer.context

    def test_records_and_people_of_the_other_organisation_are_not_found(self, auditor, theirs):
        with organization_context(theirs):
            stranger = MembershipFactory(name="Secret Name")
        foreign = reverse("tenancy:member", kwargs={"organization": "theirs", "pk": stranger.pk})
        disguised = reverse("tenancy:member", kwargs={"organization": "ours", "pk": stranger.pk})
        for address in (foreign, disguised):
            answer = browser(auditor).get(url(member=auditor.pk, address=address))
            assert answer.context["not_found"] is True
            assert "Secret Name" not in answer.content.decode()
        answer = browser(auditor).get(url(member=stranger.pk))
        assert "Secret Name" not in answer.content.decode()

    def test_explaining_needs_the_whole_organisation(self, inside_ours):
        manager = MembershipFactory()
        grant(manager, "tenancy.explain_access", scope=Scope.DEPARTMENT_BELOW)
        assert browser(manager).get(url()).status_code == 403
