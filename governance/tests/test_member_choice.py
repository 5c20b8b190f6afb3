"""The pages that are narrowed to a person offer those near and find the others; no page reads every member."""

import pytest

from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_member_choice import crowd, offered  # noqa: F401
from governance.models import DataRequest
from tenancy.enums import Scope
from tenancy.models import Membership
from tenancy.tests.conftest import inside_ours  # noqa: F401
from tenancy.tests.factories import DepartmentFactory, MembershipFactory, grant

pytestmark = pytest.mark.django_db
AUDIT, LOOKED = "/o/ours/governance/audit/", "/o/ours/governance/privacy/disclosures/"
OPTIONS = "/o/ours/settings/members/options/"
RIGHTS = ("tenancy.view_auditentry", "customers.view_disclosure")


@pytest.fixture
def rep(inside_ours):  # noqa: F811
    return MembershipFactory(name="李销售", department=DepartmentFactory())


@pytest.fixture
def admin(inside_ours):  # noqa: F811
    return member_with(*RIGHTS, name="审计员")


def as_member(client, member):
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("url", [AUDIT, LOOKED])
def test_the_others_are_found(client, admin, crowd, url):  # noqa: F811
    as_member(client, admin)
    page = client.get(url)
    assert "成员064" not in offered(page, "person") and "审计员" in offered(page, "person")
    answer = client.get(url, {"person_find": "员064"})
    assert offered(answer, "person")["成员064"] == str(crowd[64].pk)
    assert offered(client.get(url, {"person": str(crowd[64].pk)}), "person")[""] == str(crowd[64].pk)
    assert client.get(url, {"person": "no-key", "person_find": "\0"}).status_code == 200


def test_the_audit_is_narrowed_to_who_was_found(client, admin, crowd):  # noqa: F811
    Membership.objects.filter(pk=crowd[64].pk).update(name="远方的人")
    answer = as_member(client, admin).get(AUDIT, {"person": str(crowd[64].pk)})
    assert [chip["value"] for chip in answer.context["chips"]] == ["远方的人"]
    assert answer.context["lines"] == []
    assert client.get(AUDIT, {"person": "no-key"}).context["lines"]


@pytest.mark.parametrize("source", ["governance.audited", "governance.looked"])
def test_who_answers_for_a_department_finds_nobody_else(client, rep, crowd, theirs, source):  # noqa: F811
    head = member_with(*RIGHTS, scope=Scope.DEPARTMENT, department=rep.department, name="主管")
    near = MembershipFactory(name="成员近", department=rep.department)
    as_member(client, head)
    answer = client.get(f"{OPTIONS}{source}/", {"q": "成员"}).content.decode()
    assert "成员近" in answer and "成员064" not in answer
    as_member(client, near)
    assert "成员近" not in client.get(f"{OPTIONS}{source}/", {"q": "近"}).content.decode().replace("“近”", "")


def test_the_handler_of_a_request_is_found_among_those_who_handle_privacy(client, inside_ours, crowd):  # noqa: F811
    guardian = member_with("governance.manage_privacy", "governance.view_privacy", "customers.view_customer")
    customer = CustomerFactory(owner=guardian)
    url = f"/o/ours/governance/customers/{customer.pk}/request/"
    as_member(client, guardian)
    page = client.get(url)
    assert offered(page, "handler") == {guardian.name: str(guardian.pk), "": str(guardian.pk)}
    for one in crowd:
        grant(one, "governance.manage_privacy")
    assert "成员064" not in offered(client.get(url), "handler")
    assert "成员064" in client.get(f"{OPTIONS}governance.handlers/", {"q": "员064"}).content.decode()
    data = {"kind": "access", "received_on": "2026-01-05", "channel": "email", "note": ""}
    refused = client.post(url, {**data, "handler": "", "handler_find": "员064"})
    assert refused.status_code == 422 and "成员064" in offered(refused, "handler")
    outsider = MembershipFactory(name="外人")
    assert client.post(url, {**data, "handler": str(outsider.pk)}).status_code == 422
    assert client.post(url, {**data, "handler": str(crowd[64].pk)}).status_code == 302
    assert DataRequest.objects.get().handler == crowd[64]


def test_nobody_else_finds_out_who_handles_privacy(client, inside_ours, crowd):  # noqa: F811
    grant(crowd[64], "governance.manage_privacy")
    as_member(client, member_with(*RIGHTS))
    assert "成员064" not in client.get(f"{OPTIONS}governance.handlers/", {"q": "成员"}).content.decode()
