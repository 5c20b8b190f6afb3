"""Fields of the organisation's own in the list: columns, filters, order, exports."""

from datetime import date
from decimal import Decimal
from itertools import chain

import pytest
from django.http import QueryDict
from django.utils import timezone

from customers.actions.custom_values import save_custom_values
from customers.models import CustomChoice, Customer, CustomValue
from customers.queries.asked import Listing
from customers.queries.custom import specs
from customers.queries.keyset import BACKWARD, FORWARD, Order, encode, page_of_parts
from customers.tests.conftest import choice, define
from customers.tests.factories import CustomerFactory
from customers.tests.test_custom_fields import listed, posted
from customers.tests.test_customer_edit import BASE, points
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_export import content, read_csv, read_xlsx
from customers.views import listing as page
from tenancy.access import viewer_for
from tenancy.enums import Scope
from tenancy.tests.factories import grant
from tenancy.tests.pages import count_queries


@pytest.mark.django_db
def test_lists_show_and_filter_by_them(rep, colleague, fields):
    client = browser(rep)
    for number, name in enumerate(("甲", "乙", "丙")):
        data = {
            **BASE,
            **points(),
            **posted(fields),
            "owner": str(rep.pk),
            "name": name,
            "x_size": str(number * 10),
        }
        data |= {"x_chain": "true"} if number else {"x_color": str(choice(fields["color"], "Red").pk)}
        client.post(f"{URL}new/", data)
    CustomerFactory(owner=rep, name="丁")
    blue, tea = choice(fields["color"], "Blue").pk, choice(fields["wants"], "Tea").pk
    assert listed(client, x_color=str(blue)) == ["丙", "乙"]
    assert listed(client, x_wants=[str(tea), str(choice(fields["wants"], "Coffee").pk)]) == ["丙", "乙", "甲"]
    assert listed(client, x_size_after="10") == ["丙", "乙"]
    assert listed(client, x_size_after="0.0001", x_size_before="10") == ["乙"]
    assert listed(client, x_chain="false") == ["甲"]
    assert listed(client, x_opened_before="2020-02-28") == []
    assert listed(client, x_opened_before="2020-02-29") == ["丙", "乙", "甲"]
    assert listed(client, x_nickname="老王 铺子", x_chain="true") == ["丙", "乙"]
    assert listed(client, x_size_after="大") == ["丁", "丙", "乙", "甲"]
    assert listed(browser(colleague), x_chain="true") == []
    assert listed(client, x_size_after="11", x_size_before="9") == []
    page = client.get(URL, {"x_size_before": "10", "x_opened_before": "2020-02-29"})
    told = [(chip.label, chip.value) for chip in page.context["chips"]]
    assert told == [("Size: up to", "10"), ("Opened: until", "29 Feb 2020")]
    page = client.get(URL, {"x_size_after": "10"})
    assert [(chip.label, chip.value) for chip in page.context["chips"]] == [("Size: from", "10")]
    client.post(f"{URL}columns/", {"columns": ["x_wants", "x_size", "x_nickname"]})
    assert "Tea, Milk" in client.get(URL).content.decode()
    assert "Size" in client.get(f"{URL}filters/").content.decode()


@pytest.mark.django_db
def test_both_ends_of_a_range_are_looked_up_together(rep, fields):
    rows = Listing(QueryDict("x_size_after=1&x_size_before=9&x_chain=true"), viewer_for(rep)).rows
    assert str(rows.query).count('JOIN "customers_customvalue"') == 2


@pytest.mark.django_db
def test_pages_of_a_narrowed_list_follow_one_another(rep, fields):
    for number in range(7):
        one = CustomerFactory(owner=rep, name=f"客户{number:02}", city="杭州市" if number % 2 else "苏州市")
        CustomValue.objects.create(customer=one, field_id=fields["size"].id, number=50_000)
    listing = Listing(QueryDict("x_size_after=1&city=杭州市&sort=name"), viewer_for(rep))
    parts = listing.parts_with([])
    assert [part.among is not None for part in parts] == [True]
    first = page_of_parts(parts, ["name"], cursor="", direction=FORWARD, size=2)
    second = page_of_parts(parts, ["name"], cursor=first.after, direction=FORWARD, size=2)
    assert [row["name"] for row in (*first.rows, *second.rows)] == ["客户01", "客户03", "客户05"]
    back = page_of_parts(parts, ["name"], cursor=second.before, direction=BACKWARD, size=2)
    assert [row["name"] for row in back.rows] == ["客户01", "客户03"]


@pytest.mark.django_db
@pytest.mark.parametrize("customers", [1, 3])
def test_a_list_with_three_of_them_costs_no_query_more(rep, fields, customers, django_assert_num_queries):
    client = browser(rep)
    for _ in range(customers):
        client.post(
            f"{URL}new/", {**BASE, **points(), **posted(fields), "override": "1", "owner": str(rep.pk)}
        )
    client.post(f"{URL}columns/", {"columns": ["x_wants", "x_size", "x_nickname"]})
    client.get(URL)
    with django_assert_num_queries(14):
        page = client.get(URL)
    assert page.content.decode().count("Tea, Milk") == customers


@pytest.mark.django_db
def test_a_file_of_the_list_has_them_as_numbers_dates_and_words(keeper, rep, fields):
    grant(rep, "customers.export_customer", scope=Scope.OWN)
    client = browser(rep)
    client.post(f"{URL}new/", {**BASE, **points(), **posted(fields), "owner": str(rep.pk)})
    CustomerFactory(owner=rep, name="空")
    client.post(
        f"{URL}columns/",
        {"columns": [f"x_{key}" for key in ("size", "nickname", "opened", "color", "wants", "chain")]},
    )
    form = {"answered": "1", "all": "1", "format": "xlsx", "columns": "shown", "query": "sort=name"}
    table = read_xlsx(content(client.post(f"{URL}export/", form)))
    assert table[0] == ["Customer", "Size", "Nickname", "Opened", "Color", "Wants", "Chain"]
    assert table[1] == ["空", "", "", "", "", "", ""]
    assert table[2] == ["云帆科技", 12500.25, "老王 铺子", date(2020, 2, 29), "Blue", "Tea; Milk", "No"]


def names(response):
    return [row["name"] for row in response.context["rows"]]


def walked(client, monkeypatch, size, **query):
    """The names on every page, forward; and backward again from the last."""
    monkeypatch.setattr(page, "SIZE", size)
    forward, url = [], None
    while url is None or url:
        response = client.get(url or URL, {} if url else query)
        forward.append(names(response))
        last, url = response, response.context["next_url"] and URL + response.context["next_url"]
    backward = [names(last)]
    while last.context["previous_url"]:
        last = client.get(URL + last.context["previous_url"])
        backward.insert(0, names(last))
    return forward, backward


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["size", "opened", "nickname"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_it_is_sorted_by_one_and_those_without_come_last(rep, fields, monkeypatch, key, sign):
    values = {
        "size": [Decimal("-1.5"), Decimal(10) ** 13, Decimal(2), Decimal(2)],
        "opened": [date(1999, 1, 1), date(2030, 1, 1), date(2020, 2, 29), date(2020, 2, 29)],
        "nickname": ["a", "长" * 500, "b", "b"],
    }[key]
    customers = {name: CustomerFactory(owner=rep, name=name).pk for name in "甲乙丙丁戊己庚"}
    held = dict(zip(customers, values, strict=False))
    for name, value in held.items():
        save_custom_values(Customer.objects.get(pk=customers[name]), {f"x_{key}": value}, specs())
    expected = sorted(held, key=lambda name: (held[name], customers[name]), reverse=sign == "-")
    expected += sorted(set(customers) - set(held), key=lambda name: customers[name], reverse=sign == "-")
    for size, few in ((1, 0), (2, 20), (3, 0), (50, 20)):
        monkeypatch.setattr("customers.queries.among.FEW", few)
        forward, backward = walked(browser(rep), monkeypatch, size, sort=f"{sign}x_{key}")
        assert list(chain(*forward)) == expected, size
        assert list(chain(*backward)) == expected, size
        assert [len(one) for one in forward[:-1]] == [size] * (len(forward) - 1)


@pytest.mark.django_db
def test_the_order_stands_in_the_head_the_filters_and_the_file(rep, colleague, fields):
    grant(rep, "customers.export_customer", scope=Scope.OWN)
    for name, size in (("甲", 5), ("乙", 70), ("丙", None)):
        save_custom_values(CustomerFactory(owner=rep, name=name), {"x_size": size and Decimal(size)}, specs())
    save_custom_values(CustomerFactory(owner=colleague, name="丁"), {"x_size": Decimal(6)}, specs())
    client = browser(rep)
    response = client.get(URL, {"sort": "-x_size", "kind": "company"})
    assert names(response) == ["乙", "甲", "丙"]
    heading = next(one for one in response.context["headings"] if one["label"] == "Size")
    assert heading["state"] == "descending" and "sort=x_size" in heading["url"]
    assert names(client.get(URL, {"sort": "-x_size", "q": "甲"})) == ["甲"]
    assert "Size · ascending" in client.get(f"{URL}filters/").content.decode()
    form = {"answered": "1", "all": "1", "format": "csv", "columns": "shown", "query": "sort=x_size"}
    assert [row[0] for row in read_csv(client.post(f"{URL}export/", form))[1:]] == ["甲", "乙", "丙"]


@pytest.fixture
def grades(rep, keeper):
    """Customers with a choice each, in an order that is neither that of the keys nor of the words; two without."""
    grade = define(keeper, "choice", "Grade", "Best", "Good", "Middling", "Poor")
    found = {}
    for name, label in zip(
        "甲乙丙丁戊己庚", ("Poor", "Best", "", "Middling", "Poor", "", "Best"), strict=True
    ):
        one = CustomerFactory(owner=rep, name=name, city="杭州市" if name in "甲乙丙" else "苏州市")
        found[name] = one.pk
        if label:
            CustomValue.objects.create(customer=one, field=grade, choice=choice(grade, label))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("sign", "expected"), [("", "乙庚丁甲戊丙己"), ("-", "戊甲丁庚乙己丙")])
@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_by_a_choice_its_place_is_the_order(rep, admin, grades, monkeypatch, sign, expected, size):
    for who, few in ((admin, 20), (rep, 20), (rep, 0)):
        monkeypatch.setattr("customers.queries.among.FEW", few)
        for narrow in ({}, {"city": "杭州市"}):
            wanted = [name for name in expected if not narrow or name in "甲乙丙"]
            forward, backward = walked(browser(who), monkeypatch, size, sort=f"{sign}x_grade", **narrow)
            assert list(chain(*forward)) == wanted
            assert list(chain(*backward)) == wanted


@pytest.mark.django_db
def test_a_retired_choice_keeps_its_place_and_a_new_order_is_followed_at_once(rep, grades):
    client = browser(rep)
    CustomChoice.objects.filter(label_en="Best").update(position=9, retired_at=timezone.now())
    assert names(client.get(URL, {"sort": "x_grade"})) == list("丁甲戊乙庚丙己")
    assert sorted(names(client.get(URL, {"sort": "x_grade", "q": "甲"}))) == ["甲"]
    for cursor in ("0.x", "9.abc", f"0.{encode({'a': 99, 'b': grades['甲']}, Order(('a', 'b')))}"):
        page = client.get(URL, {"sort": "x_grade", "after": cursor})
        assert page.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("customers", [1, 3])
def test_an_order_by_choice_costs_the_same_for_one_and_three(admin, keeper, customers):
    grade = define(keeper, "choice", "Grade", "Best", "Good", "Middling")
    size = define(keeper, "number", "Length")
    for label in ("Best", "Good", "Middling")[:customers]:
        one = CustomerFactory()
        CustomValue.objects.create(customer=one, field=grade, choice=choice(grade, label))
        CustomValue.objects.create(customer=one, field=size, number=50_000)
    client = browser(admin)
    client.get(URL)
    costs = [count_queries(lambda: client.get(URL, {"sort": key})) for key in ("x_length", "x_grade")]  # noqa: B023
    assert costs == [11, 11]


@pytest.mark.django_db
def test_several_choices_give_no_order_and_a_broken_cursor_gives_the_first_page(rep, fields):
    CustomerFactory(owner=rep, name="甲")
    client = browser(rep)
    heads = client.get(URL, {"sort": "x_wants"}).context
    assert heads["sorting"] == "-updated"
    for cursor in ("9.abc", "0.", "1.x", ".", "²." + "A" * 5000):
        assert names(client.get(URL, {"sort": "x_size", "after": cursor})) == ["甲"], cursor
