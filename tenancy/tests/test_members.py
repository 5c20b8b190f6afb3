"""Members: lists, edits, the guard against growing rights, leaving with a handover."""

import pytest
from django.urls import reverse

from tenancy.access import viewer_for
from tenancy.actions.guards import BeyondOwnRights, NobodyLeft, OwnRoles
from tenancy.actions.membership import (
    NoSuccessor,
    OwnMembership,
    end_membership,
    reactivate_member,
    set_roles,
    update_member,
)
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import Invitation, Membership, MembershipRole, Role
from tenancy.tests.factories import (
    DepartmentFactory,
    InvitationFactory,
    MembershipFactory,
    RoleFactory,
    grant,
    viewer_of,
)
from tenancy.tests.pages import browser, count_queries

pytestmark = pytest.mark.django_db
ADMINISTRATION = ("tenancy.manage_members", "tenancy.manage_roles")


@pytest.fixture
def admin(inside_ours) -> Membership:
    member = MembershipFactory(name="管理员")
    grant(member, *ADMINISTRATION, "tenancy.view_membership")
    return member


def roles_of(member: Membership) -> set[Role]:
    return set(Role.objects.filter(holders__membership=member))


def role_granting(*permissions: str, scope: Scope = Scope.ORGANIZATION) -> Role:
    return grant(MembershipFactory(), *permissions, scope=scope)


def url(name: str, **kwargs) -> str:
    return reverse(f"tenancy:{name}", kwargs={"organization": "ours", **kwargs})


class TestRoles:
    def test_who_manages_all_roles_gives_any(self, admin):
        member, role = MembershipFactory(), role_granting("tenancy.explain_access")
        set_roles(member, [role], actor=viewer_for(admin))
        assert roles_of(member) == {role}

    def test_others_give_only_what_they_hold(self, admin):
        manager = viewer_of(MembershipFactory(), "tenancy.manage_members", "tenancy.view_membership")
        member = MembershipFactory()
        set_roles(member, [role_granting("tenancy.view_membership")], actor=manager)
        with pytest.raises(BeyondOwnRights):
            set_roles(member, [role_granting("tenancy.manage_roles")], actor=manager)

    def test_others_give_it_only_as_widely_as_they_hold_it(self, admin):
        manager = viewer_of(MembershipFactory(), "tenancy.view_membership", scope=Scope.DEPARTMENT)
        wide = role_granting("tenancy.view_membership", scope=Scope.DEPARTMENT_BELOW)
        same = role_granting("tenancy.view_membership", scope=Scope.DEPARTMENT)
        set_roles(MembershipFactory(), [same], actor=manager)
        with pytest.raises(BeyondOwnRights):
            set_roles(MembershipFactory(), [wide], actor=manager)

    def test_others_do_not_take_away_what_they_lack(self, admin):
        manager = viewer_of(MembershipFactory(), "tenancy.manage_members")
        with pytest.raises(BeyondOwnRights):
            set_roles(admin, [], actor=manager)

    def test_a_role_held_before_may_stay(self, admin):
        manager = viewer_of(MembershipFactory(), "tenancy.manage_members")
        member, high = MembershipFactory(), role_granting("tenancy.manage_roles")
        MembershipRole.objects.create(membership=member, role=high)
        low = role_granting("tenancy.manage_members")
        set_roles(member, [high, low], actor=manager)
        assert roles_of(member) == {high, low}

    def test_nobody_changes_their_own_roles(self, admin):
        with pytest.raises(OwnRoles):
            set_roles(admin, [*roles_of(admin), RoleFactory()], actor=viewer_for(admin))
        set_roles(admin, roles_of(admin), actor=viewer_for(admin))

    def test_the_last_administrator_keeps_the_role(self, admin):
        other = viewer_of(MembershipFactory(), "tenancy.manage_roles")
        with pytest.raises(NobodyLeft):
            update_member(admin, [], actor=other)

    def test_an_administrator_of_a_department_is_not_enough(self, admin):
        grant(MembershipFactory(), *ADMINISTRATION, scope=Scope.DEPARTMENT)
        with pytest.raises(NobodyLeft):
            update_member(admin, [], actor=None)

    def test_one_of_two_administrators_may_lose_it(self, admin):
        second = MembershipFactory()
        grant(second, *ADMINISTRATION)
        update_member(admin, [], actor=viewer_for(second))
        assert roles_of(admin) == set()


class TestLeaving:
    def test_what_they_own_goes_to_the_successor(self, admin):
        leaving, successor = MembershipFactory(), MembershipFactory()
        DepartmentFactory.create_batch(2, manager=leaving)
        handed = end_membership(leaving, successors={"departments": successor}, actor=viewer_for(admin))
        assert handed == {"departments": 2}
        assert successor.managed_departments.count() == 2
        assert viewer_for(Membership.objects.get(pk=leaving.pk)).rights == {}

    @pytest.mark.parametrize("who", ["nobody", "themselves", "former"])
    def test_without_a_successor_nothing_happens(self, admin, who):
        leaving = MembershipFactory()
        DepartmentFactory(manager=leaving)
        former = MembershipFactory(ended_at="2026-01-01T00:00:00Z")
        successor = {"nobody": None, "themselves": leaving, "former": former}[who]
        with pytest.raises(NoSuccessor):
            end_membership(leaving, successors={"departments": successor}, actor=viewer_for(admin))
        assert Membership.objects.active().filter(pk=leaving.pk).exists()

    def test_their_open_invitations_are_void(self, admin):
        leaving = MembershipFactory()
        invitation = InvitationFactory(invited_by=leaving)
        end_membership(leaving, successors={}, actor=viewer_for(admin))
        assert Invitation.objects.get(pk=invitation.pk).withdrawn_at is not None

    def test_nobody_ends_their_own(self, admin):
        with pytest.raises(OwnMembership):
            end_membership(admin, successors={}, actor=viewer_for(admin))

    def test_the_last_administrator_stays(self, admin):
        other = viewer_of(MembershipFactory(), "tenancy.manage_roles")
        with pytest.raises(NobodyLeft):
            end_membership(admin, successors={}, actor=other)

    def test_who_may_do_more_is_not_theirs_to_let_go(self, admin):
        manager = viewer_of(MembershipFactory(), "tenancy.manage_members")
        with pytest.raises(BeyondOwnRights):
            end_membership(admin, successors={}, actor=manager)

    def test_a_former_member_comes_back_with_their_roles(self, admin):
        member = MembershipFactory()
        role = grant(member, "tenancy.view_membership")
        end_membership(member, successors={}, actor=viewer_for(admin))
        reactivate_member(member, actor=viewer_for(admin))
        assert viewer_for(Membership.objects.get(pk=member.pk)).can("tenancy.view_membership")
        assert roles_of(member) == {role}

    def test_from_that_moment_their_session_opens_nothing(self, admin):
        member = MembershipFactory()
        grant(member, "tenancy.view_membership")
        client = browser(member)
        assert client.get(url("members")).status_code == 200
        end_membership(member, successors={}, actor=viewer_for(admin))
        assert client.get(url("members")).status_code == 404


class TestPages:
    def test_the_list_is_narrowed(self, admin):
        department, role = DepartmentFactory(name="销售部"), RoleFactory(name_zh="销售")
        found = MembershipFactory(name="韩梅梅", department=department)
        MembershipRole.objects.create(membership=found, role=role)
        former = MembershipFactory(name="李雷", ended_at="2026-01-01T00:00:00Z")
        client = browser(admin)
        for query in (f"department={department.pk}", f"role={role.pk}", "q=韩梅", f"q={found.user.email}"):
            rows = client.get(f"{url('members')}?{query}").context["page"].object_list
            assert [row.name for row in rows] == ["韩梅梅"], query
        rows = client.get(f"{url('members')}?state=ended").context["page"].object_list
        assert list(rows) == [former]

    @pytest.mark.parametrize("size", [1, 3])
    def test_the_list_asks_as_much_for_three_as_for_one(self, admin, size):
        for _number in range(size):
            grant(MembershipFactory(department=DepartmentFactory()), "tenancy.view_role")
        client = browser(admin)
        assert count_queries(lambda: client.get(url("members"))) == 11

    def test_an_administrator_edits_a_member(self, admin):
        member, role = MembershipFactory(name="李雷"), RoleFactory()
        data = {"name": "李雷", "title": "经理", "phone": "13800138000", "roles": [role.pk], "version": 1}
        answer = browser(admin).post(url("member_edit", pk=member.pk), data)
        assert (answer.status_code, answer["Location"]) == (302, url("member", pk=member.pk))
        member = Membership.objects.get(pk=member.pk)
        assert (member.title, member.phone, member.version) == ("经理", "13800138000", 2)
        assert roles_of(member) == {role}

    def test_who_may_do_more_is_not_theirs_to_edit(self, admin):
        manager = MembershipFactory(language="en")
        grant(manager, "tenancy.manage_members")
        data = {"name": "改名", "roles": [role.pk for role in roles_of(admin)], "version": 1}
        answer = browser(manager).post(url("member_edit", pk=admin.pk), data)
        assert answer.status_code == 422
        assert "This person may do more than you." in answer.content.decode()
        assert Membership.objects.get(pk=admin.pk).name == "管理员"
        data = {"name": "自己", "version": 1}
        assert browser(manager).post(url("member_edit", pk=manager.pk), data).status_code == 302

    def test_a_refused_edit_changes_nothing(self, admin):
        manager, member = MembershipFactory(), MembershipFactory(name="李雷")
        grant(manager, "tenancy.manage_members")
        high = role_granting("tenancy.manage_roles")
        answer = browser(manager).post(
            url("member_edit", pk=member.pk), {"name": "改名", "roles": [high.pk], "version": 1}
        )
        assert answer.status_code == 422
        assert str(BeyondOwnRights.reason) in answer.content.decode()
        assert Membership.objects.get(pk=member.pk).name == "李雷"

    def test_a_stale_edit_gets_the_conflict_page(self, admin):
        member = MembershipFactory(name="李雷", title="销售")
        Membership.objects.filter(pk=member.pk).update(title="总监", version=2)
        answer = browser(admin).post(
            url("member_edit", pk=member.pk), {"name": "李雷", "title": "经理", "version": 1}
        )
        assert answer.status_code == 409
        assert [(row.mine, row.theirs) for row in answer.context["form"].conflict] == [("经理", "总监")]

    def test_a_manager_of_a_department_offers_only_its_own(self, admin):
        here, elsewhere = DepartmentFactory(), DepartmentFactory()
        below = DepartmentFactory(parent=here)
        manager = MembershipFactory(department=here)
        grant(manager, "tenancy.manage_members", scope=Scope.DEPARTMENT_BELOW)
        member = MembershipFactory(department=below)
        outsider = MembershipFactory(department=elsewhere)
        client = browser(manager)
        form = client.get(url("member_edit", pk=member.pk)).context["form"]
        assert set(form.fields["department"].queryset) == {here, below}
        assert client.get(url("member_edit", pk=outsider.pk)).status_code == 404

    def test_nobody_moves_themselves_to_reach_further(self, admin):
        here, elsewhere = DepartmentFactory(), DepartmentFactory()
        manager = MembershipFactory(department=here)
        grant(manager, "tenancy.manage_members", scope=Scope.DEPARTMENT_BELOW)
        browser(manager).post(
            url("member_edit", pk=manager.pk), {"name": "我", "department": elsewhere.pk, "version": 1}
        )
        assert Membership.objects.get(pk=manager.pk).department == here

    def test_a_colleague_sees_no_phone(self, admin):
        colleague, member = MembershipFactory(), MembershipFactory(phone="13800138000")
        grant(colleague, "tenancy.view_membership")
        assert "13800138000" not in browser(colleague).get(url("member", pk=member.pk)).content.decode()
        assert "13800138000" in browser(admin).get(url("member", pk=member.pk)).content.decode()

    def test_the_other_organisation_is_not_among_the_successors(self, admin, theirs):
        with organization_context(theirs):
            stranger = MembershipFactory()
        member = MembershipFactory()
        answer = browser(admin).post(url("member_end", pk=member.pk), {"successor": stranger.pk})
        assert answer.status_code in (302, 422)
        assert str(stranger.pk) not in answer.content.decode()
