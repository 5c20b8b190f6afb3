"""Numbers above long lists: as far as the page can afford at once, farther a moment later."""

import pytest

from customers.models import Customer
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser
from tenancy.context import organization_context
from tenancy.counting import MOST_COUNTED, capped, capped_count, count_of
from tenancy.models import Organization

pytestmark = pytest.mark.django_db
COUNT = f"{URL}count/"


@pytest.fixture
def many(rep):
    """A rep with a thousand customers and two, one of them in Suzhou."""
    with organization_context(rep.organization, actor=rep):
        rows = [
            CustomerFactory.build(owner=rep, code=f"X{n}", name=f"客户{n}", city="杭州市")
            for n in range(MOST_COUNTED + 1)
        ]
        Customer.objects.bulk_create(rows)
        CustomerFactory(owner=rep, name="另一位", city="苏州市")
    return rep


def test_a_long_list_says_at_once_that_it_is_long_and_then_how_long(many):
    client = browser(many)
    page = client.get(URL, {"sort": "name"})
    assert page.context["count_text"] == "More than 1,000 customers"
    assert page.context["count_url"] == f"{COUNT}?sort=name"
    assert f'hx-get="{COUNT}?sort=name"' in page.content.decode()
    later = client.get(page.context["count_url"])
    assert (later.content.decode(), later["Content-Type"]) == ("1,002 customers", "text/plain; charset=utf-8")


def test_a_short_list_is_counted_once(many):
    page = browser(many).get(URL, {"city": "苏州市"})
    assert (page.context["count_text"], page.context["count_url"]) == ("1 customer", "")
    assert 'hx-get="/o/ours/customers/count/' not in page.content.decode()


@pytest.fixture
def team(manager, rep, colleague):
    """Fifty-four customers of the manager's team in Hangzhou, one in Suzhou; one of another team's."""
    for number in range(54):
        CustomerFactory(name=f"客户{number:02}", owner=(rep, manager)[number % 2], city="杭州市")
    CustomerFactory(name="别处", owner=rep, city="苏州市")
    CustomerFactory(name="别人的", owner=colleague, city="杭州市")
    return manager


@pytest.mark.parametrize("few", [0, 20])
@pytest.mark.parametrize("asked", ["city=杭州市", "city=杭州市&sort=-name", "q=客户", "q=客户&sort=name"])
def test_the_first_page_of_a_team_says_what_the_second_says(team, asked, few, monkeypatch):
    monkeypatch.setattr("customers.queries.among.FEW", few)
    client = browser(team)
    first = client.get(f"{URL}?{asked}")
    second = client.get(first.context["next_url"] and f"{URL}{first.context['next_url']}")
    assert [len(page.context["rows"]) for page in (first, second)] == [50, 4]
    assert [page.context["count_text"] for page in (first, second)] == ["54 customers"] * 2
    names = [row["name"] for page in (first, second) for row in page.context["rows"]]
    assert sorted(names) == [f"客户{number:02}" for number in range(54)]
    if "sort" in asked:
        assert names == sorted(names, reverse="sort=-" in asked)
    nothing = client.get(f"{URL}?{asked.replace('杭州市', '南京市').replace('客户', '没有')}")
    assert (nothing.context["rows"], nothing.context["count_text"]) == ([], "0 customers")


@pytest.mark.parametrize("few", [0, 20])
def test_a_list_to_work_through_counts_the_team_s(team, few, monkeypatch):
    monkeypatch.setattr("customers.queries.among.FEW", few)
    client, url = browser(team), f"{URL}quality/lists/unreachable/"
    first = client.get(url)
    second = client.get(url + first.context["next_url"])
    assert [page.context["count_text"] for page in (first, second)] == ["55 customers"] * 2
    names = [row["name"] for page in (first, second) for row in page.context["rows"]]
    assert len(names) == len(set(names)) == 55 and "别人的" not in names


def test_what_one_may_not_see_is_not_counted(many, colleague):
    assert browser(colleague).get(COUNT).content.decode() == "0 customers"
    auditor = member_with("customers.view_customer", name="审计员")
    assert browser(auditor).get(COUNT).content.decode() == "1,002 customers"


def test_a_number_is_exact_as_far_as_asked(rep):
    with organization_context(rep.organization, actor=rep):
        for _ in range(3):
            CustomerFactory(owner=rep)
        rows = Customer.objects.all()
        assert [capped_count(rows, most) for most in (1, 2, 3)] == [2, 3, 3]
        inside = Organization.objects.filter(pk=rep.organization_id).annotate(n=count_of(rows, 2))
        assert inside.get().n == 3
        assert inside.annotate(none=count_of(Customer.objects.none())).get().none == 0
    assert [capped(n, 2) for n in (0, 2, 3)] == ["0", "2", "2+"]
    assert capped(MOST_COUNTED + 1) == "1,000+"
