"""Choosing a member where there are too many to offer: the near ones at once, the others by name, never outside one's right."""

import re

import pytest

from customers.models import Customer
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_edit import form_of
from customers.tests.test_customer_list import URL, browser
from tenancy.enums import Scope
from tenancy.member_choice import NEAR
from tenancy.models import Membership
from tenancy.tests.factories import DepartmentFactory, MembershipFactory

pytestmark = pytest.mark.django_db
OPTIONS = "/o/ours/settings/members/options/"


@pytest.fixture
def crowd(admin, rep):
    """More members than are offered at once, in other departments than the administrator."""
    department = DepartmentFactory()
    return [MembershipFactory(name=f"成员{number:03d}", department=department) for number in range(NEAR + 5)]


def offered(response, name: str) -> dict[str, str]:
    """Text → key of the options of the select `name`, with the one chosen under ""."""
    select = re.search(rf'<select name="{name}".*?</select>', response.content.decode(), re.DOTALL)[0]
    found = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)</option>', select)
    return {text: key for key, _chosen, text in found} | {"": next((k for k, c, _t in found if c), None)}


def found(response) -> list[str]:
    return re.findall(r"<option[^>]*>([^<]*)</option>", response.content.decode())


def test_a_small_organisation_offers_everybody_and_no_search(admin, rep):
    page = browser(admin).get(f"{URL}new/")
    assert {"管理员", "李销售"} <= set(offered(page, "owner"))
    assert OPTIONS not in page.content.decode()


def test_a_large_one_offers_those_near_and_whoever_is_chosen(admin, crowd):
    near = MembershipFactory(name="邻座", department=DepartmentFactory())
    Membership.objects.filter(pk=admin.pk).update(department=near.department)
    customer = CustomerFactory(owner=crowd[7])
    client = browser(admin)
    page = client.get(f"{URL}{customer.pk}/edit/")
    options = offered(page, "owner")
    assert options[""] == str(crowd[7].pk)
    assert {"管理员", "邻座", "成员007"} <= set(options) and "成员008" not in options
    assert f"{OPTIONS}customers.owners/" in page.content.decode()


def test_the_others_are_found_by_name_and_can_be_chosen(admin, crowd):
    client = browser(admin)
    answer = client.get(f"{OPTIONS}customers.owners/", {"q": "员06", "owner": ""})
    assert found(answer) == [f"成员06{digit}" for digit in range(5)]
    customer = CustomerFactory(owner=crowd[0])
    data = {**form_of(client, customer), "owner": str(crowd[64].pk)}
    assert client.post(f"{URL}{customer.pk}/edit/", data).status_code == 302
    assert Customer.objects.get(pk=customer.pk).owner == crowd[64]


def test_who_was_found_and_chosen_stays_when_one_searches_on(admin, crowd):
    answer = browser(admin).get(f"{OPTIONS}customers.owners/", {"q": "员001", "owner": str(crowd[64].pk)})
    assert found(answer) == ["成员064", "成员001"]
    assert f'value="{crowd[64].pk}" selected' in answer.content.decode()


@pytest.mark.parametrize("typed", ["nobody", "%", "_", "\0", "<b>", "x" * 500])
def test_odd_texts_find_nobody_and_break_nothing(admin, crowd, typed):
    answer = browser(admin).get(f"{OPTIONS}customers.owners/", {"q": typed, "owner": "no-key"})
    assert answer.status_code == 200
    assert "value=" not in answer.content.decode() and "<b>" not in answer.content.decode()


def test_nobody_finds_whom_the_form_would_refuse(rep, crowd, theirs):
    """Who may not assign has only themselves; whose scope is their department filters by it; others filter by themselves."""
    MembershipFactory(name="成员离职", department=rep.department)
    seller = member_with("customers.view_customer", scope=Scope.OWN, name="成员自己")
    head = member_with(
        "customers.view_customer", scope=Scope.DEPARTMENT, department=rep.department, name="主管"
    )
    for member, source, names in (
        (seller, "customers.owners", ["成员自己"]),
        (seller, "customers.filter", ["成员自己"]),
        (head, "customers.filter", ["成员离职"]),
        (seller, "interactions.within", []),
        (seller, "tenancy.everyone", []),
        (seller, "customers.receivers", []),
        (seller, "customers.collaborators", []),
    ):
        answer = browser(member).get(f"{OPTIONS}{source}/", {"q": "成员"})
        assert [name for name in found(answer) if name.startswith("成员")] == names, source
    assert browser(seller).get(f"{OPTIONS}nothing/").status_code == 404


def test_the_list_filters_by_an_owner_who_was_found(admin, crowd):
    CustomerFactory(owner=crowd[64], name="远方客户")
    CustomerFactory(owner=crowd[1], name="别家")
    page = browser(admin).get(URL, {"owner": str(crowd[64].pk)})
    assert [row["name"] for row in page.context["rows"]] == ["远方客户"]
    filters = browser(admin).get(f"{URL}filters/", {"owner": str(crowd[64].pk)})
    assert offered(filters, "owner")[""] == str(crowd[64].pk)
    nobody = browser(admin).get(URL, {"owner": "null"})
    assert nobody.context["rows"] == []
    assert offered(browser(admin).get(f"{URL}filters/", {"owner": "null"}), "owner")[""] == "null"
