"""An export is found by whom it held: on the customer's own tab, and in the search for who looked at what."""

import pytest

from customers.actions import export as actions
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_export import ALL, content, run_here
from governance.actions.privacy_policy import VIEW
from governance.queries.disclosure import PERMISSION
from tenancy.enums import Scope
from tenancy.tests.conftest import inside_ours, ours  # noqa: F401
from tenancy.tests.factories import DepartmentFactory, grant
from workspace.models import Job

pytestmark = pytest.mark.django_db
CUSTOMERS = "customers.view_customer"


@pytest.fixture
def guardian(inside_ours):  # noqa: F811
    """Handles privacy, and sees all customers."""
    return member_with(CUSTOMERS, VIEW, PERMISSION, actions.EXPORT, name="数据保护员")


@pytest.fixture
def exported(inside_ours, monkeypatch, request):  # noqa: F811
    """Two customers in a file, one that is not: made at once, or by a job."""
    taker = member_with(CUSTOMERS, actions.EXPORT, name="导出员", department=DepartmentFactory())
    rows = [CustomerFactory(name=name, owner=taker, city="北京") for name in ("在内甲", "在内乙")]
    rows.append(CustomerFactory(name="在外丙", owner=taker, city="上海"))
    if request.param == "job":
        monkeypatch.setattr(actions, "DIRECT", 1)
    answer = browser(taker).post(f"{URL}export/", {**ALL, "query": "city=北京"})
    if request.param == "job":
        run_here(Job.objects.get())
    else:
        content(answer)
    return rows


both = pytest.mark.parametrize("exported", ["at once", "job"], indirect=True)


def seen_on_tab(member, customer) -> list[tuple[str, int]]:
    page = browser(member).get(f"/o/ours/governance/customers/{customer.pk}/privacy/")
    assert page.status_code == 200
    return [(one.by.name, one.customers) for one in page.context["disclosures"]]


def found(member, customer):
    return browser(member).get("/o/ours/governance/privacy/disclosures/", {"customer": str(customer.pk)})


@both
def test_the_tab_of_each_in_it_shows_the_export_and_of_others_does_not(guardian, exported):
    *inside, outside = exported
    assert [seen_on_tab(guardian, one) for one in inside] == [[("导出员", 2)]] * 2
    assert seen_on_tab(guardian, outside) == []


@both
def test_the_search_by_customer_finds_it_and_names_no_other(guardian, exported):
    one, two, outside = exported
    page = found(guardian, one)
    assert [(row.by.name, row.kind, row.what) for row in page.context["rows"]] == [
        ("导出员", "export", "customers")
    ]
    assert "在内" not in page.content.decode(), "of several it says how many"
    assert len(found(guardian, two).context["rows"]) == 1
    assert found(guardian, outside).context["rows"] == []


def test_the_only_one_is_named_to_whoever_may_see_that_customer(guardian):
    taker = member_with(CUSTOMERS, actions.EXPORT, name="导出员", department=DepartmentFactory())
    CustomerFactory(name="在内甲", owner=taker, city="北京")
    content(browser(taker).post(f"{URL}export/", {**ALL, "query": "city=北京"}))
    stranger = member_with(CUSTOMERS, scope=Scope.DEPARTMENT, department=DepartmentFactory())
    grant(stranger, VIEW, PERMISSION)
    address = "/o/ours/governance/privacy/disclosures/"
    assert "在内甲" in browser(guardian).get(address).content.decode()
    page = browser(stranger).get(address)
    assert [row.by.name for row in page.context["rows"]] == ["导出员"]
    assert "在内甲" not in page.content.decode()
