"""The warning of a possible duplicate while somebody types: names that are much the same, nothing out of reach shown."""

import pytest
from django.utils import timezone

from customers.actions.book import archive
from customers.models import Customer, PoolDepartment
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.pools import waiting
from customers.tests.test_customer_edit import BASE, form_of, points
from customers.tests.test_customer_list import CONTEXT, URL, browser
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.factories import DepartmentFactory, grant

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def told(client, name, kind="company", **data):
    answer = client.post(f"{URL}duplicates/", {"kind": kind, "name": name, **data}, **HTMX)
    assert answer.status_code == 200
    return [(one.name, one.reasons, one.owner) for one in answer.context["form"].duplicates]


@pytest.mark.parametrize(
    ("kind", "stored", "typed"),
    [
        ("company", "杭州望湖楼酒店有限公司", "望湖楼酒店"),
        ("company", "杭州望湖楼酒店有限公司", "望湖楼酒店（杭州）公司"),
        ("company", "望湖楼酒店有限公司", "旺湖楼酒店"),
        ("company", "Blue River Trading Ltd", "The Blue River Trading Company"),
        ("company", "Blue River Trading Ltd", "Blue Rivver Trading"),
        ("person", "Katherine Johnson", "Johnson Katherine"),
        ("person", "Katherine Johnson", "Katharine Johnson"),
    ],
)
def test_a_name_that_is_much_the_same_is_told(rep, kind, stored, typed):
    CustomerFactory(owner=rep, name=stored, kind=kind)
    assert told(browser(rep), typed, kind) == [(stored, ["similar"], "李销售")]


@pytest.mark.parametrize(
    ("kind", "stored", "typed"),
    [
        ("company", "杭州望湖楼酒店有限公司", "湖"),
        ("company", "杭州望湖楼酒店有限公司", "望江阁酒店"),
        ("company", "望湖楼酒店上海分公司", "望湖楼酒店"),
        ("company", "Blue River Trading Ltd", "Red River Trading"),
        ("person", "张伟", "章炜"),
        ("person", "Katherine Johnson", "Johnson"),
        ("company", "望湖楼酒店有限公司", "\x00"),
        ("company", "望湖楼酒店有限公司", "😀" * 200),
        ("company", "望湖楼酒店有限公司", "'; drop table"),
    ],
)
def test_what_is_another_name_is_not(rep, kind, stored, typed):
    CustomerFactory(owner=rep, name=stored, kind=kind)
    assert told(browser(rep), typed, kind) == []


def test_it_is_known_by_its_other_names_too_and_archived_ones_are_named(rep):
    customer = CustomerFactory(owner=rep, name="云帆数字科技有限公司", aliases=["小云帆科技"])
    archive([customer.pk], actor=rep)
    assert told(browser(rep), "小云帆科技公司") == [("云帆数字科技有限公司", ["similar"], "李销售")]


def test_out_of_reach_it_says_that_one_exists_and_whom_to_ask(rep, colleague, theirs):
    customer = CustomerFactory(owner=colleague, name="杭州望湖楼酒店有限公司")
    with organization_context(theirs):
        CustomerFactory(name="望湖楼酒店")
    answer = browser(rep).post(f"{URL}duplicates/", {"kind": "company", "name": "望湖楼酒店"}, **HTMX)
    text = answer.content.decode()
    assert text.count("<li>") == 1
    assert "A customer outside your scope · similar name · ask 赵同事" in text
    for secret in (str(customer.pk), customer.code, "杭州"):
        assert secret not in text


def said_to(member) -> str:
    answer = browser(member).post(f"{URL}duplicates/", {"kind": "company", "name": "望湖楼酒店"}, **HTMX)
    return answer.content.decode()


def test_one_in_a_pool_names_the_pool_to_who_sees_it(claimer, rival, admin):
    pool = PoolFactory(label_zh="华东公海")
    customer = waiting(pool, owner=rival, name="杭州望湖楼酒店有限公司")
    grant(claimer, "customers.add_customer", scope=Scope.OWN)
    text = said_to(claimer)
    assert f'href="{URL}pools/{pool.pk}/"' in text
    assert "A customer outside your scope · similar name · waits in the pool" in text and "华东公海" in text
    for secret in (str(customer.pk), customer.code, "杭州", rival.name, admin.name):
        assert secret not in text


def test_one_in_a_pool_that_is_not_seen_names_who_may_assign_it(rep, rival, admin):
    far = DepartmentFactory()
    pool = PoolFactory(label_zh="华东公海")
    PoolDepartment.objects.create(pool=pool, department=far, use="claims")
    customer = waiting(pool, owner=rival, name="杭州望湖楼酒店有限公司")
    member_with("customers.assign_customer", scope=Scope.DEPARTMENT, name="孙经理")
    member_with("customers.assign_customer", name="前任", ended_at=timezone.now())
    grant(rep, "customers.view_pool", scope=Scope.OWN)
    text = said_to(rep)
    assert "A customer outside your scope · similar name · nobody owns it: ask 管理员<" in text
    for secret in (
        str(customer.pk),
        str(pool.pk),
        customer.code,
        "杭州",
        "华东",
        rival.name,
        "孙经理",
        "前任",
    ):
        assert secret not in text


def test_one_that_nobody_owns_and_nobody_may_assign_is_told_too(rep):
    CustomerFactory(name="杭州望湖楼酒店有限公司")
    text = said_to(rep)
    assert "A customer outside your scope · similar name · nobody owns it<" in text


def test_a_similar_one_is_saved_when_the_person_says_so_and_not_asked_about_again(rep):
    CustomerFactory(owner=rep, name="望湖楼酒店有限公司")
    client = browser(rep)
    new = {**BASE, **points(), "name": "望湖楼酒店", "owner": str(rep.pk)}
    assert client.post(f"{URL}new/", new).status_code == 422
    assert client.post(f"{URL}new/", {**new, "override": "1"}).status_code == 302
    made = Customer.objects.get(name="望湖楼酒店")
    edit = f"{URL}{made.pk}/edit/"
    assert client.post(edit, {**form_of(client, made), "city": "杭州"}).status_code == 302
    made.refresh_from_db()
    assert client.post(edit, {**form_of(client, made), "name": "旺湖楼酒店"}).status_code == 422


@pytest.mark.parametrize("customers", [1, 3])
def test_the_check_costs_the_same_for_three(rep, customers, django_assert_num_queries):
    for number in range(customers):
        CustomerFactory(owner=rep, name=f"望湖楼酒店{'（集团）' * number}有限公司")
    client = browser(rep)
    told(client, "望湖楼酒店")
    with django_assert_num_queries(15 + CONTEXT):
        assert len(told(client, "望湖楼酒店")) == customers
