"""Files that bring the rarer fields, and the needs."""

# ruff: noqa: E501

import pytest

from customers.actions.field_policy import Decision, decide_fields
from customers.models import ContactPoint, Customer, CustomerNeeds
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import csv_bytes
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401

HEAD = "姓名,手机,农历生日,年龄段,经营类别,城乡,省份,距离,信用评估,地址2,购买意向,月收入,偏好"


def test_each_of_them_lands_where_it_belongs(walk):  # noqa: F811
    rows = [
        "甲,13800138000,1985年八月十五,18-45,百货,城镇,四川省,12.5,按时付款,Unit 5,高,3000以上,喝茶",
        "乙,13900139000,闰二月初一,,,农村,,800m,,,,,",
        "丙,13700137000,,,,,,,,,,,",
    ]
    walk.upload(csv_bytes(HEAD, *rows)).check().apply()
    assert walk.counts() == (3, 0, 0, 0)
    first, second, third = Customer.objects.order_by("code")
    assert (first.birthday.isoformat(), first.birthday_typed, first.age_band) == (
        "1985-09-29", "lunar 1985-08-15", "18_45",
    )  # fmt: skip
    assert (first.business_category, first.area, first.region, first.distance, first.credit_note, first.street2) == (
        "百货", "urban", "west", 12500, "按时付款", "Unit 5",
    )  # fmt: skip
    assert (second.birthday, second.birthday_typed, second.area, second.distance) == (
        None, "lunar --02-01 leap", "rural", 800,
    )  # fmt: skip
    assert (third.birthday_typed, third.area, third.distance) == ("", "", None)
    needs = CustomerNeeds.objects.get()
    assert (needs.customer_id, needs.intention, needs.income, needs.preferences) == (
        first.pk,
        "high",
        "over_3000",
        "喝茶",
    )
    walk.revert()
    assert (Customer.objects.count(), CustomerNeeds.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("生日", "农历2024年正月三十", "no_such_day"), ("生日", "农历八月", "bad_date"), ("农历生日", "1985-06-31", "no_such_day"),
        ("生日", "2-30", "no_such_day"), ("距离", "很远", "bad_distance"), ("距离", "99999999", "bad_distance"), ("年龄段", "老", "bad_choice"),
        ("城乡", "月球", "bad_choice"), ("偏好", "长" * 1001, "too_long"), ("信用评估", "长" * 2001, "too_long"), ("购买意向", "😀", "bad_choice"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_row_by_row(walk, heading, cell, code):  # noqa: F811
    good = {
        "生日": "1985-05-20",
        "农历生日": "1985-05-20",
        "距离": "3",
        "年龄段": "青年",
        "城乡": "城市",
        "购买意向": "高",
    }
    rows = [f"甲{number},{good.get(heading, '好')}" for number in range(6)]
    walk.upload(csv_bytes(f"姓名,{heading}", *rows, f"乙,{cell}")).check()
    assert walk.counts() == (6, 0, 0, 1)
    [row] = walk.batch.staged.filter(outcome="error")
    assert [problem[0] for problem in row.problems] == [code]


def test_an_update_brings_needs_and_a_revert_takes_them_back(walk, importer):  # noqa: F811
    there = CustomerFactory(name="甲", phones=["13800138000"], owner=importer, birthday_typed="--05-20")
    CustomerNeeds.objects.create(id=there.pk, customer=there, intention="low", preferences="咖啡")
    bare = CustomerFactory(name="乙", phones=["13900139000"], owner=importer)
    head = "手机,姓名,购买意向,生日,经营类别"
    rows = ("13800138000,甲,高,农历1985年八月十五,百货", "13900139000,乙,中,,")
    walk.upload(csv_bytes(head, *rows)).check(policy="update").apply()
    there.refresh_from_db()
    assert (there.birthday_typed, there.business_category, there.needs.get().intention) == (
        "lunar 1985-08-15", "百货", "high",
    )  # fmt: skip
    assert (there.needs.get().preferences, bare.needs.get().intention) == ("咖啡", "medium")
    there.needs.update(intention="none")
    walk.revert()
    there.refresh_from_db()
    assert (there.birthday, there.birthday_typed, there.business_category) == (None, "--05-20", "")
    assert (there.needs.get().intention, bare.needs.get().intention) == ("none", "")
    assert walk.batch.staged.get(target_id=there.pk).problems == [["edited_since", None, "intention"]]


@pytest.mark.parametrize(("key", "heading", "cell"), [
    ("phone", "手机", "13900139000"), ("email", "邮箱", "a@example.com"), ("wechat", "微信", "yunfan_88"),
])  # fmt: skip
def test_required_contact_details_are_required_of_new_rows(walk, importer, key, heading, cell):  # noqa: F811
    decide_fields([Decision(key, "required")], actor=importer)
    walk.upload(csv_bytes(f"姓名,{heading}", f"甲,{cell}", "乙,")).check()
    outcomes = walk.batch.staged.order_by("number").values_list("outcome", "problems")
    assert list(outcomes) == [("new", None), ("error", [["required", None, key]])]


def test_what_the_organisation_requires_is_required_of_new_rows_only(walk, importer):  # noqa: F811
    decide_fields([Decision("city", "required"), Decision("industry", "required")], actor=importer)
    CustomerFactory(name="老", phones=["13700137000"], owner=importer)
    rows = ("甲,13800138000,杭州", "乙,13900139000,", "老,13700137000,")
    walk.upload(csv_bytes("姓名,手机,城市", *rows)).check(policy="update", kind="person")
    assert walk.counts() == (1, 1, 0, 1)
    [row] = walk.batch.staged.filter(outcome="error")
    assert row.problems == [["required", None, "city"]]


def test_what_is_not_collected_is_not_imported(walk, importer):  # noqa: F811
    decide_fields([Decision("city", "hidden")], actor=importer)
    walk.upload(csv_bytes("姓名,手机,城市", "甲,13800138000,杭州")).check().apply()
    assert (walk.batch.mapping, Customer.objects.get().city) == (["name", "phone", ""], "")


def test_what_is_left_out_after_the_check_is_not_imported_either(walk, importer):  # noqa: F811
    there = CustomerFactory(name="乙", phones=["13900139000"], owner=importer, city="宁波")
    rows = ("甲,13800138000,杭州,1985-02-03,a@example.com", "乙,13900139000,温州,1986-03-04,b@example.com")
    walk.upload(csv_bytes("姓名,手机,城市,生日,邮箱", *rows)).check(policy="update")
    decide_fields([Decision(key, "hidden") for key in ("city", "birthday", "email")], actor=importer)
    walk.apply()
    new = Customer.objects.exclude(pk=there.pk).get()
    there.refresh_from_db()
    assert (new.city, new.birthday, new.birthday_typed, there.city, there.birthday) == (
        "",
        None,
        "",
        "宁波",
        None,
    )
    assert not ContactPoint.objects.filter(kind="email").exists()


def test_a_column_that_is_put_on_a_field_left_out_goes_nowhere(walk, importer):  # noqa: F811
    walk.upload(csv_bytes("姓名,手机,城市", "甲,13800138000,杭州"))
    decide_fields([Decision("city", "hidden")], actor=importer)
    walk.check().apply()
    assert (walk.batch.mapping, Customer.objects.get().city) == (["name", "phone", ""], "")
