"""Choosing a member in a browser without scripts: a name is sent with the form, which comes back with those found."""

import pytest

from customers.models import Customer, OwnershipCap
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_edit import form_of
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_member_choice import crowd, offered  # noqa: F401
from tenancy.models import Department, Membership
from tenancy.tests.factories import DepartmentFactory, MembershipFactory

pytestmark = pytest.mark.django_db
CAPS = "/o/ours/customers/ownership/caps/new/"


def test_a_name_is_found_and_nothing_typed_is_lost(admin, crowd):  # noqa: F811
    customer = CustomerFactory(owner=crowd[0], name="旧名")
    client = browser(admin)
    data = {**form_of(client, customer), "name": "新名", "owner_find": " 员06 "}
    answer = client.post(f"{URL}{customer.pk}/edit/", data)
    assert answer.status_code == 422
    assert {f"成员06{digit}" for digit in range(5)} <= set(offered(answer, "owner"))
    page = answer.content.decode()
    assert 'value="新名"' in page and "成员060" in page
    assert offered(answer, "owner")[""] == str(crowd[0].pk)
    assert 'value="员06"' not in page, "what was sought is not sought again when the form goes on"
    assert Customer.objects.get(pk=customer.pk).name == "旧名"
    assert (
        client.post(
            f"{URL}{customer.pk}/edit/", {**data, "owner": str(crowd[64].pk), "owner_find": ""}
        ).status_code
        == 302
    )
    assert Customer.objects.get(pk=customer.pk).owner == crowd[64]


@pytest.mark.parametrize("typed", ["无此人", "%", "<b>", "é" * 500, "\0x"])
def test_nobody_found_is_said(admin, crowd, typed):  # noqa: F811
    customer = CustomerFactory(owner=crowd[0])
    client = browser(admin)
    answer = client.post(f"{URL}{customer.pk}/assign/", {"owner": str(crowd[1].pk), "owner_find": typed})
    assert answer.status_code == 422 and "name contains “" in answer.content.decode()
    assert "<b>" not in answer.content.decode()
    assert Customer.objects.get(pk=customer.pk).owner == crowd[0]


def test_the_small_form_is_there_only_where_there_are_more(admin, rep):
    client = browser(admin)
    assert "owner_find" not in client.get(f"{URL}new/").content.decode()
    MembershipFactory.create_batch(65, department=DepartmentFactory())
    assert (
        '<noscript><span class="member-find-plain"><input type="text" name="owner_find"'
        in client.get(f"{URL}new/").content.decode()
    )


def test_a_page_that_is_narrowed_finds_them_too(crowd):  # noqa: F811
    client = browser(member_with("customers.view_customer", "customers.share_customer"))
    url = "/o/ours/customers/shared-with-me/"
    assert "成员064" not in offered(client.get(url), "member")
    answer = client.get(url, {"member_find": "员064"})
    assert offered(answer, "member")["成员064"] == str(crowd[64].pk)


def test_the_filters_of_the_list_find_them_and_keep_what_was_chosen(admin, crowd):  # noqa: F811
    CustomerFactory(owner=crowd[64], name="甲", city="杭州")
    client = browser(admin)
    answer = client.get(URL, {"city": "杭州", "owner": "", "owner_find": "员064"}, follow=True)
    assert answer.redirect_chain[0][0].startswith(f"{URL}filters/?")
    assert offered(answer, "owner")["成员064"] == str(crowd[64].pk)
    page = answer.content.decode()
    assert 'value="杭州"' in page and "成员064" in page
    nobody = client.get(URL, {"owner": str(crowd[1].pk), "owner_find": "<b>"}, follow=True)
    assert "name contains “" in nobody.content.decode() and "<b>" not in nobody.content.decode()
    listed = client.get(URL, {"city": "杭州", "owner": str(crowd[64].pk), "owner_find": ""})
    assert [row["name"] for row in listed.context["rows"]] == ["甲"] and listed.context["understood"]


def test_the_forms_of_settings_offer_those_near(crowd):  # noqa: F811
    rights = (
        "tenancy.change_department",
        "tenancy.manage_members",
        "tenancy.manage_roles",
        "customers.change_ownershippolicy",
    )
    department, client = DepartmentFactory(name="北京"), browser(member_with(*rights))
    leaver = MembershipFactory(name="离开的人")
    Department.objects.filter(pk=department.pk).update(manager=leaver)
    for url, name in (
        (CAPS, "member"),
        (f"/o/ours/settings/departments/{department.pk}/edit/", "manager"),
        (f"/o/ours/settings/members/{leaver.pk}/end/", "successor"),
    ):
        page = client.get(url)
        assert page.status_code == 200 and "成员064" not in offered(page, name), url
    answer = client.post(CAPS, {"member_find": "员064", "most": "7"})
    assert answer.status_code == 422 and 'value="7"' in answer.content.decode()
    assert client.post(CAPS, {"member": offered(answer, "member")["成员064"], "most": "7"}).status_code == 302
    assert OwnershipCap.objects.get(member=crowd[64]).most == 7
    end = f"/o/ours/settings/members/{leaver.pk}/end/"
    assert "离开的人" not in offered(client.get(end), "successor")
    assert client.post(end, {"successor": str(leaver.pk)}).status_code == 422
    assert client.post(end, {"successor_find": "员03"}).status_code == 422
    assert Membership.objects.get(pk=leaver.pk).ended_at is None
    answer = client.post(end, {"successor": str(crowd[33].pk)})
    assert answer.status_code == 302, answer.context["form"].errors
    assert Department.objects.get(pk=department.pk).manager == crowd[33]
