"""Roles: what the templates propose, who may change what, permissions in words."""

from fnmatch import fnmatchcase

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from tenancy.access import rights_of, viewer_for
from tenancy.actions.guards import NobodyLeft, OwnRoles
from tenancy.actions.organization import create_organization
from tenancy.actions.role import RoleInUse, create_role_from_template, delete_role, reset_role, save_role
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import Membership, Organization, Role
from tenancy.permission_catalogue import OWN_APPS, code_of, offered_permissions, right_groups
from tenancy.role_templates import ADMIN, AUDITOR, MANAGER, SALES_REP, SERVICE_AGENT, TEMPLATES
from tenancy.tests.factories import MembershipFactory, RoleFactory, grant
from tenancy.tests.pages import browser, count_queries

pytestmark = pytest.mark.django_db


def permissions(*codes: str) -> list[Permission]:
    return [row for row in offered_permissions() if code_of(row) in codes]


def url(name: str, **kwargs) -> str:
    return reverse(f"tenancy:{name}", kwargs={"organization": "ours", **kwargs})


@pytest.fixture
def admin(inside_ours) -> Membership:
    member = MembershipFactory()
    grant(member)
    return member


def held(role: Role) -> set[str]:
    return {code_of(grant.permission) for grant in role.grants.select_related("permission__content_type")}


class TestTemplates:
    def test_every_pattern_names_an_app_that_exists(self):
        installed = {config.label for config in apps.get_app_configs()}
        for template in TEMPLATES.values():
            named = {pattern.removeprefix("!").partition(".")[0] for pattern in template.patterns}
            assert named - {"*"} <= installed

    def test_every_pattern_of_an_app_with_permissions_matches_one(self):
        known = {code_of(row) for row in Permission.objects.select_related("content_type")}
        living = {code.partition(".")[0] for code in known}
        for template in TEMPLATES.values():
            for pattern in template.patterns:
                bare = pattern.removeprefix("!")
                if bare.partition(".")[0] in living and not bare.endswith("*"):
                    assert any(fnmatchcase(code, bare) for code in known), f"{template.key}: {pattern}"

    def test_who_may_do_what(self):
        offered = {code_of(row) for row in offered_permissions()}
        assert {code for code in offered if ADMIN.includes(code)} == offered
        looks = {code for code in offered if ".view_" in code}
        assert {code for code in offered if AUDITOR.includes(code)} == looks | {"tenancy.explain_access"}
        for template in (SALES_REP, SERVICE_AGENT, MANAGER):
            assert not template.includes("tenancy.manage_members")
            assert not template.includes("tenancy.manage_roles")
            assert not template.includes("tenancy.view_auditentry")

    def test_the_last_pattern_decides(self):
        assert not MANAGER.includes("tenancy.view_auditentry")
        assert MANAGER.includes("tenancy.view_membership")


class TestFounding:
    def test_an_organisation_starts_with_its_roles_and_an_administrator(self, db):
        founding = create_organization(
            slug="new",
            name="新公司",
            admin_email="Boss@example.test",
            admin_name="老板",
            password="a-long-phrase-1",
        )
        with organization_context(founding.organization):
            assert {role.template for role in Role.objects.all()} == set(TEMPLATES)
            rights = rights_of(founding.admin)
            assert rights["tenancy.manage_roles"] == Scope.ORGANIZATION
        assert founding.admin.user.check_password("a-long-phrase-1")
        assert founding.admin.user.email == "boss@example.test"

    def test_a_person_who_signs_in_already_keeps_the_password(self, db):
        facts = {"admin_email": "boss@example.test", "admin_name": "老板"}
        create_organization(slug="one", name="一", password="a-long-phrase-1", **facts)
        second = create_organization(slug="two", name="二", password="another-phrase-2", **facts)
        assert second.admin.user.check_password("a-long-phrase-1")

    def test_the_command_says_what_is_wrong(self, ours):
        arguments = ["--admin-email=a@example.test", "--admin-name=A", "--no-password"]
        with pytest.raises(CommandError):
            call_command("create_organization", "Not A Slug", "X", *arguments)
        call_command("create_organization", "fine", "X", *arguments)
        assert Organization.objects.get(slug="fine").name == "X"


def test_a_role_without_a_name_is_told_so_beside_it(admin):
    page = browser(admin).post(reverse("tenancy:role_create", args=["ours"]), {"scope": Scope.ORGANIZATION})
    assert (page.status_code, page.context["form"].errors) == (422, {"name_zh": ["请填写角色名称。"]})
    assert page.content.decode().count("请填写角色名称。") == 1


class TestActions:
    def test_a_role_grants_exactly_what_is_ticked(self, admin):
        role = RoleFactory(scope=Scope.OWN)
        save_role(role, permissions("tenancy.view_role", "tenancy.view_membership"), actor=viewer_for(admin))
        save_role(role, permissions("tenancy.view_role"), actor=viewer_for(admin))
        assert held(role) == {"tenancy.view_role"}

    def test_nobody_changes_what_a_role_of_their_own_allows(self, admin):
        own = Role.objects.get(holders__membership=admin)
        with pytest.raises(OwnRoles):
            save_role(own, permissions("tenancy.manage_roles"), actor=viewer_for(admin))
        own.name_zh = "新名字"
        save_role(own, [link.permission for link in own.grants.all()], actor=viewer_for(admin))
        assert Role.objects.get(pk=own.pk).name_zh == "新名字"

    def test_the_last_role_that_administers_keeps_its_rights(self, admin):
        own = Role.objects.get(holders__membership=admin)
        other = MembershipFactory()
        grant(other, "tenancy.manage_roles")
        with pytest.raises(NobodyLeft):
            save_role(own, permissions("tenancy.view_role"), actor=viewer_for(other))

    def test_back_to_the_template(self, admin):
        role = create_role_from_template(SALES_REP)
        role.name_zh, role.scope = "外勤", Scope.ORGANIZATION
        save_role(role, permissions("tenancy.view_role"), actor=None)
        reset_role(role, actor=viewer_for(admin))
        role = Role.objects.get(pk=role.pk)
        assert (role.name_zh, role.scope) == ("外勤", Scope.OWN)
        assert held(role) == {code_of(row) for row in SALES_REP.permissions()}

    def test_a_role_in_use_stays(self, admin):
        used = grant(MembershipFactory(), "tenancy.view_role")
        with pytest.raises(RoleInUse):
            delete_role(used, actor=viewer_for(admin))
        unused = RoleFactory()
        delete_role(unused, actor=viewer_for(admin))
        assert not Role.objects.filter(pk=unused.pk).exists()


class TestWords:
    def test_only_what_pages_ask_for_is_offered(self):
        codes = {code_of(row) for row in offered_permissions()}
        assert {code.partition(".")[0] for code in codes} <= OWN_APPS
        assert "tenancy.change_organization" in codes
        assert not codes & {"tenancy.add_user", "tenancy.delete_rolepermission", "tenancy.add_membership"}

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_no_two_rights_of_an_app_read_alike(self, language):
        with translation.override(language):
            for group in right_groups():
                labels = [right.label for right in group.rights]
                assert len(labels) == len(set(labels)), group.label


class TestPages:
    def test_a_role_is_made_in_the_browser(self, admin):
        chosen = permissions("tenancy.view_role")
        data = {"name_zh": "参观者", "scope": Scope.OWN, "permissions": [row.pk for row in chosen]}
        assert browser(admin).post(url("role_create"), data).status_code == 302
        role = Role.objects.get(name_zh="参观者")
        assert (held(role), role.scope) == ({"tenancy.view_role"}, Scope.OWN)

    def test_a_form_sent_twice_makes_one_role(self, admin):
        data = {"id": "0199aaaa-0000-7000-8000-000000000001", "name_zh": "参观者", "scope": Scope.OWN}
        client = browser(admin)
        answers = [client.post(url("role_create"), data) for _time in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert Role.objects.filter(name_zh="参观者").count() == 1

    def test_managing_roles_of_a_department_does_not_change_roles(self, admin):
        manager = MembershipFactory()
        grant(manager, "tenancy.manage_roles", scope=Scope.DEPARTMENT_BELOW)
        client = browser(manager)
        assert client.get(url("role_create")).status_code == 403
        assert client.post(url("role_delete", pk=RoleFactory().pk)).status_code == 403

    def test_a_role_without_a_template_cannot_be_reset(self, admin):
        assert browser(admin).post(url("role_reset", pk=RoleFactory().pk)).status_code == 404

    def test_a_hidden_permission_cannot_be_given(self, admin):
        hidden = Permission.objects.get(codename="add_user", content_type__app_label="tenancy")
        data = {"name_zh": "后门", "scope": Scope.OWN, "permissions": [hidden.pk]}
        assert browser(admin).post(url("role_create"), data).status_code == 422

    @pytest.mark.parametrize("size", [1, 3])
    def test_the_list_asks_as_much_for_three_as_for_one(self, admin, size):
        RoleFactory.create_batch(size)
        client = browser(admin)
        assert count_queries(lambda: client.get(url("roles"))) == 7
