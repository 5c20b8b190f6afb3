"""How a member sets up the list: columns in an order, the view it opens with, numbers on the tabs."""

import pytest

from customers.models import ColumnChoice
from customers.queries.view_counts import CAP
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory, TagFactory
from customers.tests.test_customer_list import CONTEXT, URL, browser, listed
from tenancy.context import organization_context
from workspace.tests.factories import SavedViewFactory

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def view(owner, name, query="", **fields):
    return SavedViewFactory(owner=owner, page="customers", name=name, query=query, **fields)


def columns(client, **query):
    return client.get(URL, query).context["chosen"]


def test_columns_stand_in_the_order_that_was_chosen(rep):
    CustomerFactory(owner=rep, name="甲")
    client = browser(rep)
    client.post(f"{URL}columns/", {"columns": ["city", "nonsense", "tier", "city", "owner"]})
    assert columns(client) == ["city", "tier", "owner"]
    asked = client.get(f"{URL}columns/").context["columns"]
    assert [(one["fact"].key, one["shown"]) for one in asked[:4]] == [
        ("city", True), ("tier", True), ("owner", True), (asked[3]["fact"].key, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "key", "order"),
    [
        ("up", "owner", ["city", "owner", "tier"]),
        ("down", "city", ["tier", "city", "owner"]),
        ("up", "city", ["city", "tier", "owner"]),
        ("down", "owner", ["city", "tier", "owner"]),
        ("up", "nonsense", ["city", "tier", "owner"]),
    ],
)
def test_without_a_script_the_arrows_move_a_column_and_ask_again(rep, way, key, order):
    CustomerFactory(owner=rep, name="甲")
    client = browser(rep)
    data = {"columns": ["city", "tier", "owner"], way: key, "next": f"{URL}?sort=name"}
    answer = client.post(f"{URL}columns/", data, follow=True)
    assert [one["fact"].key for one in answer.context["columns"] if one["shown"]] == order
    assert answer.context["next"] == f"{URL}?sort=name"
    assert columns(client) == order


def test_the_columns_of_ones_own_view_are_kept_with_it(rep, colleague):
    mine = view(rep, "我的", columns=["city"])
    theirs = view(colleague, "别人的", columns=["city"], shared=True)
    CustomerFactory(owner=rep, name="甲")
    client = browser(rep)
    client.post(f"{URL}columns/", {"columns": ["tier", "city"], "view": str(mine.pk)})
    assert (columns(client, view=str(mine.pk)), ColumnChoice.objects.count()) == (["tier", "city"], 0)
    client.post(f"{URL}columns/", {"columns": ["tier"], "view": str(theirs.pk)})
    theirs.refresh_from_db()
    assert (theirs.columns, ColumnChoice.objects.get().columns) == (["city"], ["name", "tier"])


def test_the_list_opens_with_the_view_of_ones_choice(rep, colleague):
    CustomerFactory(owner=rep, name="甲", tier="key")
    CustomerFactory(owner=rep, name="乙")
    first = view(rep, "重点", "tier=key")
    client = browser(rep)
    answer = client.post(f"{URL}views/first/", {"view": str(first.pk)})
    assert answer["Location"] == f"{URL}?tier=key&view={first.pk}"
    assert client.get(URL)["Location"] == f"{URL}?tier=key&view={first.pk}"
    page = client.get(URL, follow=True)
    assert listed(page) == ["甲"] and page.context["is_first_view"]
    everything = page.context["tabs"][0]["url"]
    assert (everything, len(listed(client.get(everything)))) == (f"{URL}?view=", 2)
    assert browser(colleague).get(URL).status_code == 200
    client.post(f"{URL}views/first/", {"view": ""})
    assert client.get(URL).status_code == 200


def test_a_view_that_is_gone_or_not_shared_opens_nothing(rep, colleague):
    theirs = view(colleague, "别人的", shared=True)
    hidden = view(colleague, "私下的")
    client = browser(rep)
    assert client.post(f"{URL}views/first/", {"view": str(hidden.pk)}).status_code == 404
    assert client.post(f"{URL}views/first/", {"view": "nonsense"}).status_code == 404
    client.post(f"{URL}views/first/", {"view": str(theirs.pk)})
    assert client.get(URL).status_code == 302
    theirs.shared = False
    theirs.save()
    assert client.get(URL).status_code == 200
    theirs.delete()
    assert ColumnChoice.objects.get().view_id is None


def numbers(client):
    return {row["view"].name: row["count"] for row in client.get(f"{URL}views/counts/").context["rows"]}


def test_tabs_say_how_many_stand_behind_them(rep, colleague, theirs, monkeypatch):
    tag = TagFactory()
    for name in "甲乙丙":
        CustomerFactory(owner=rep, name=name, tier="key" if name == "甲" else "ordinary")
    CustomerFactory(owner=colleague, name="丁")
    with organization_context(theirs):
        CustomerFactory(name="外", tier="key")
    view(rep, "全部")
    view(rep, "重点", "tier=key&sort=name")
    view(rep, "有标签", f"tag={tag.pk}")
    view(rep, "无", "owner=null")
    view(rep, "坏", "created_after=2023-02-30&x_gone=1")
    view(rep, "搜索", "q=甲")
    view(colleague, "共享", shared=True)
    found = {"全部": "3", "重点": "1", "有标签": "0", "无": "0", "共享": "3"}
    assert numbers(browser(rep)) == found
    assert numbers(browser(colleague)) == {"共享": "1"}
    monkeypatch.setattr("customers.queries.view_counts.CAP", 2)
    monkeypatch.setattr("customers.views.list_setup.CAP", 2)
    assert numbers(browser(rep)) == found | {"全部": "2+", "共享": "2+"}
    assert CAP == 999


@pytest.mark.parametrize("views", [1, 3])
def test_all_tabs_are_counted_in_one_statement(rep, views, django_assert_num_queries):
    for number in range(views):
        view(rep, f"视图{number}", "tier=key")
    client = browser(rep)
    client.get(f"{URL}views/counts/")
    with django_assert_num_queries(7 + CONTEXT):
        answer = client.get(f"{URL}views/counts/", **HTMX)
    assert answer.content.decode().count("hx-swap-oob") == views


def test_whoever_sees_no_customers_sees_no_numbers(inside_ours):
    assert browser(member_with("customers.add_customer")).get(f"{URL}views/counts/").status_code == 403
