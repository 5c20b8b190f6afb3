"""Fields of the organisation's own, and its rules, where values are changed without the form: in a cell, in bulk."""

from datetime import date
from decimal import Decimal

import pytest

from customers.actions.custom_field import archive_custom_field
from customers.actions.custom_values import save_custom_values
from customers.enums import FieldUse
from customers.models import BulkRun, Customer, CustomField, FieldPolicy, TimelineEntry
from customers.queries.custom import specs
from customers.tests.conftest import choice, define
from customers.tests.factories import CustomerFactory
from customers.tests.test_cells import HTMX, posted, url
from customers.tests.test_cells import shown as text_of
from customers.tests.test_custom_fields import held
from customers.tests.test_customer_list import URL, browser

pytestmark = pytest.mark.django_db


def holding(customer):
    try:
        return held(customer)
    except KeyError:
        return {}


def bulk(client, *customers, **data):
    ids = [str(one.pk) for one in customers]
    return client.post(f"{URL}bulk/edit/", {"ids": ids, "answered": "1", **data})


def undo(client):
    client.post(f"{URL}undo/{BulkRun.objects.latest('created_at').pk}/")


def sample(fields):
    """Each field → what is posted, what is shown, what is held."""
    blue, tea, milk = (
        choice(fields[key], one).pk for key, one in (("color", "Blue"), ("wants", "Tea"), ("wants", "Milk"))
    )
    return {
        "x_size": ("１，200.5", "1,200.5", Decimal("1200.5")),
        "x_nickname": ("  老王　铺子 ", "老王 铺子", "老王 铺子"),
        "x_opened": ("2020-02-29", "29 Feb 2020", date(2020, 2, 29)),
        "x_color": (str(blue), "Blue", [blue]),
        "x_wants": ([str(milk), str(tea)], "Tea, Milk", [tea, milk]),
        "x_chain": ("false", "No", False),
    }  # fmt: skip


@pytest.mark.parametrize("key", ["x_size", "x_nickname", "x_opened", "x_color", "x_wants", "x_chain"])
def test_a_cell_of_each_type_is_saved_shown_and_undone(rep, fields, key):
    customer = CustomerFactory(owner=rep, name="甲")
    client = browser(rep)
    given, shown, stored = sample(fields)[key]
    answer = posted(client, customer, key, given)
    assert (answer.status_code, text_of(answer)) == (200, shown)
    assert holding(customer) == {key: stored}
    assert TimelineEntry.objects.latest("pk").params["own"] == [
        [one.label_zh, one.label_en] for one in specs() if one.name == key
    ]
    assert Customer.objects.get().version == 2
    undo(client)
    assert (holding(customer), Customer.objects.get().version) == ({}, 3)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("x_size", "大"),
        ("x_nickname", "长" * 501),
        ("x_opened", "2023-02-29"),
        ("x_color", "green"),
        ("x_wants", ["x"]),
        ("x_chain", "?"),
    ],
)
def test_what_cannot_be_stands_beside_the_field(rep, fields, key, value):
    customer = CustomerFactory(owner=rep, name="甲")
    answer = posted(browser(rep), customer, key, value)
    assert (answer.status_code, "invalid-feedback" in answer.content.decode()) == (422, True)
    assert holding(customer) == {}


def test_a_cell_is_searchable_at_once_and_the_others_change_is_not_overwritten(rep, fields):
    customer = CustomerFactory(owner=rep, name="甲")
    client = browser(rep)
    form = client.get(url(customer, "x_nickname"), **HTMX).context["form"]
    data = {"version": form["version"].value(), "snapshot": form["snapshot"].value()}
    posted(client, customer, "x_nickname", "zebrafish")
    assert [row["name"] for row in client.get(URL, {"q": "zebrafish"}).context["rows"]] == ["甲"]
    answer = client.post(url(customer, "x_nickname"), {**data, "x_nickname": "shark"}, **HTMX)
    assert (answer.status_code, holding(customer)["x_nickname"]) == (409, "zebrafish")


def test_cells_of_others_of_another_kind_and_of_archived_fields_are_not_there(rep, colleague, keeper, fields):
    licence = define(keeper, "text", "Licence", only="company", required=True, default_column=True)
    company, person = (
        CustomerFactory(owner=rep, name="甲"),
        CustomerFactory(owner=rep, name="乙", kind="person"),
    )
    client = browser(rep)
    assert posted(client, company, "x_licence", "A1").status_code == 200
    assert posted(client, company, "x_licence", "  ").status_code == 422
    assert client.get(url(person, "x_licence")).status_code == 404
    assert client.get(URL).content.decode().count('data-edit="x_licence"') == 1
    assert browser(colleague).get(url(company, "x_licence")).status_code == 404
    archive_custom_field(CustomField.objects.get(pk=licence.pk), archived=True, actor=keeper)
    assert client.get(url(company, "x_licence")).status_code == 404


def test_many_are_given_values_of_each_type_and_get_back_their_own(rep, fields):
    one, two = CustomerFactory(owner=rep, name="甲"), CustomerFactory(owner=rep, name="乙")
    save_custom_values(
        one, {"x_size": Decimal(7), "x_wants": [choice(fields["wants"], "Coffee").pk]}, specs()
    )
    before = holding(one)
    client = browser(rep)
    values = sample(fields)
    data = {key: given for key, (given, _shown, _stored) in values.items()}
    ticks = dict.fromkeys((f"set_{key}" for key in values), "on")
    assert bulk(client, one, two, set_city="on", city="杭州", **data, **ticks).status_code == 302
    wanted = {key: stored for key, (_given, _shown, stored) in values.items()}
    assert holding(one) == holding(two) == wanted
    save_custom_values(two, {"x_size": Decimal(1)}, specs())
    undo(client)
    assert (holding(one), holding(two)) == (before, {"x_size": Decimal(1)})
    assert set(Customer.objects.values_list("city", flat=True)) == {""}


def test_a_field_of_companies_is_left_out_for_persons(rep, keeper):
    define(keeper, "text", "Licence", only="company")
    company, person = (
        CustomerFactory(owner=rep, name="甲"),
        CustomerFactory(owner=rep, name="乙", kind="person"),
    )
    bulk(browser(rep), company, person, set_x_licence="on", x_licence="A1")
    run = BulkRun.objects.get()
    assert (run.changed, run.reasons, holding(company), holding(person)) == (
        1,
        {"same": 1},
        {"x_licence": "A1"},
        {},
    )


def test_the_same_choices_in_another_order_are_no_change(rep, fields):
    customer = CustomerFactory(owner=rep, name="甲")
    tea, milk = (choice(fields["wants"], one).pk for one in ("Tea", "Milk"))
    save_custom_values(customer, {"x_wants": [milk, tea]}, specs())
    bulk(browser(rep), customer, set_x_wants="on", x_wants=[str(milk), str(tea)])
    assert BulkRun.objects.get().reasons == {"same": 1}


def test_bulk_changes_obey_the_rules_of_the_organisation(rep, keeper):
    define(keeper, "text", "Licence", required=True)
    FieldPolicy.objects.create(field="city", use=FieldUse.REQUIRED)
    FieldPolicy.objects.create(field="industry", use=FieldUse.HIDDEN)
    customer = CustomerFactory(owner=rep, name="甲", city="杭州", industry="软件")
    client = browser(rep)
    for name in ("city", "x_licence"):
        answer = bulk(client, customer, **{f"set_{name}": "on", name: " "})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name]), name
    assert "industry" not in answer.context["form"].fields
    assert bulk(client, customer, set_industry="on", industry="茶叶").status_code == 422
    found = Customer.objects.get()
    assert (found.city, found.industry, found.version, BulkRun.objects.count()) == ("杭州", "软件", 1, 0)


@pytest.mark.parametrize("customers", [1, 3])
def test_a_bulk_change_of_own_fields_costs_the_same_for_three(
    rep, fields, customers, django_assert_num_queries
):
    rows = [CustomerFactory(owner=rep, name=name) for name in "甲乙丙"[:customers]]
    client = browser(rep)
    bulk(client, *rows, set_x_size="on", x_size="4")
    with django_assert_num_queries(48):
        bulk(client, *rows, set_x_size="on", x_size="5")
    assert [holding(one) for one in rows] == [{"x_size": Decimal(5)}] * customers
