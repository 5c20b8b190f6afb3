"""Fields of the organisation's own in a file."""

from datetime import date
from decimal import Decimal

from customers.models import Customer, CustomValue, TimelineEntry
from customers.queries.custom import specs, values_of
from customers.tests.conftest import choice, define
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import csv_bytes
from customers.tests.test_custom_fields import held
from customers.tests.test_customer_edit import form_of
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401

HEAD = "姓名,手机,面积,Nickname,Opened,Color,Wants,Chain"


def test_a_file_fills_them(walk, keeper, fields):  # noqa: F811
    rows = [
        'A,13800138000,"1,200.5",老王铺子,2020/2/29,blue,Tea；MILK,是',
        "B,13900139000,,,,,,",
        "C,13700137000,大,,,,,",
        "D,13600136000,1,,2023-02-29,,,",
        "E,13500135000,,,,Green,,",
        "F,13400134000,,,,,Tea、Water,",
        "G,13300133000,,,,,,maybe",
    ]
    walk.upload(csv_bytes(HEAD, *rows)).check()
    assert walk.batch.mapping == [
        "name",
        "phone",
        "x_size",
        "x_nickname",
        "x_opened",
        "x_color",
        "x_wants",
        "x_chain",
    ]
    codes = [row.problems[0][:2] for row in walk.batch.staged.filter(outcome="error").order_by("number")]
    assert codes == [
        ["bad_number", 2],
        ["bad_date", 4],
        ["bad_own_choice", 5],
        ["bad_own_choice", 6],
        ["bad_boolean", 7],
    ]
    walk.apply()
    first, second = Customer.objects.order_by("code")
    assert held(first) == {
        "x_size": Decimal("1200.5"),
        "x_nickname": "老王铺子",
        "x_opened": date(2020, 2, 29),
        "x_color": [choice(fields["color"], "Blue").pk],
        "x_wants": [choice(fields["wants"], one).pk for one in ("Tea", "Milk")],
        "x_chain": True,
    }
    assert second.pk not in values_of([second.pk], specs())
    walk.revert()
    assert (Customer.objects.count(), CustomValue.objects.count()) == (0, 0)


def test_an_update_replaces_and_a_revert_brings_back(walk, importer, keeper, fields):  # noqa: F811
    there = CustomerFactory(name="A", phones=["13800138000"], owner=importer)
    other = CustomerFactory(name="B", phones=["13900139000"], owner=importer)
    client = browser(importer)
    client.post(f"{URL}{there.pk}/edit/", {**form_of(client, there), "x_size": "5", "x_nickname": "旧"})
    walk.upload(
        csv_bytes("姓名,手机,面积,Nickname,Wants", "A,13800138000,7,,Tea", "B,13900139000,8,新,")
    ).check(policy="update").apply()
    assert held(there)["x_size"] == Decimal(7) and held(there)["x_nickname"] == "旧"
    assert TimelineEntry.objects.filter(customer=other).order_by("-pk").first().params["own"] == [
        ["面积", "Size"],
        ["", "Nickname"],
    ]
    client.post(f"{URL}{other.pk}/edit/", {**form_of(client, other), "x_nickname": "改"})
    walk.revert()
    assert held(there) == {"x_size": Decimal(5), "x_nickname": "旧"}
    assert held(other) == {"x_nickname": "改"}
    assert walk.batch.staged.get(target_id=other.pk).problems == [["edited_since", None, "x_nickname"]]


def test_a_required_one_is_required_of_new_rows(walk, keeper):  # noqa: F811
    define(keeper, "text", "Licence", required=True)
    walk.upload(csv_bytes("姓名,手机,Licence", "A,13800138000,A1", "B,13900139000,")).check()
    assert walk.counts() == (1, 0, 0, 1)
    assert walk.batch.staged.get(outcome="error").problems == [["required", None, "x_licence"]]
