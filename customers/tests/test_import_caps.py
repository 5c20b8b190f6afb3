"""The preview of an import foretells who would own more customers than they may."""

import pytest

from customers.actions.ownership_policy import set_cap
from customers.models import Customer
from customers.queries.caps import beyond_caps
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import csv_bytes
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401

HEAD = "姓名,手机,负责人"
ROWS = (
    "甲,13800138000,赵同事",
    "乙,13900139000,赵同事",
    "丙,13700137000,赵同事",
    "丁,13600136000,李销售",
    "戊,13500135000,",
    "己,xx,赵同事",
)


def foretold(walk):  # noqa: F811
    return [
        (one.member.name, one.rows, one.book.free, one.left_over) for one in beyond_caps(walk.batch.owners)
    ]


def test_the_preview_says_whose_cap_would_be_passed_and_the_run_does_so(walk, importer, rep, colleague):  # noqa: F811
    set_cap(4, member=colleague)
    for _ in range(2):
        CustomerFactory(owner=colleague)
    mine = CustomerFactory(name="己方", owner=colleague, phones=["13400134000"])
    walk.upload(csv_bytes(HEAD, *ROWS, "己方,13400134000,赵同事")).check(policy="update")
    assert walk.batch.owners == {str(colleague.pk): 3, str(rep.pk): 1, str(importer.pk): 1}
    assert foretold(walk) == [("赵同事", 3, 1, 2)]
    page = browser(importer).get(f"{URL}imports/{walk.batch.pk}/").content.decode()
    assert "赵同事 is to get up to 3 customers and has room for 1 (the cap is 4): up to 2 rows" in page
    walk.apply()
    assert Customer.objects.filter(owner=colleague).count() == 4
    assert Customer.objects.get(pk=mine.pk).owner == colleague
    assert sum(codes == ["cap"] for codes in walk.problems().values()) == 2
    assert (
        "is to get up to"
        not in browser(importer).get(f"{URL}imports/{walk.batch.pk}/result/").content.decode()
    )


def test_it_follows_the_caps_as_they_are_now(walk, colleague, django_assert_num_queries):  # noqa: F811
    set_cap(1, member=colleague)
    walk.upload(csv_bytes(HEAD, *ROWS)).check()
    assert foretold(walk) == [("赵同事", 3, 1, 2)]
    set_cap(3, member=colleague)
    with django_assert_num_queries(4):
        assert foretold(walk) == []


@pytest.mark.parametrize("cap", [None, 50])
def test_where_all_have_room_nothing_is_said(walk, colleague, cap):  # noqa: F811
    if cap:
        set_cap(cap, member=colleague)
    walk.upload(csv_bytes(HEAD, *ROWS)).check()
    assert foretold(walk) == []
    assert bool(walk.batch.owners) == bool(cap)
