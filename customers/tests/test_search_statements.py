"""What a search costs on the page of the list, whichever way it finds, and how it finds what only sounds alike."""

import pytest

from customers.pinyin import same_sound
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.shares import share
from customers.tests.test_customer_list import CONTEXT, URL, browser, listed
from customers.tests.test_search import names
from customers.tests.test_search_matches import viewer  # noqa: F401
from tenancy.access import viewer_for
from tenancy.enums import Scope
from tenancy.tests.factories import DepartmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.search]


# as the list without a search, and: what is spelt alike; the names that the notes tell, or what is two letters off
@pytest.mark.parametrize(
    ("typed", "found", "statements"),
    [
        ("evergreen", ["Evergreen Trading"], 10),
        ("青松", ["绿树", "甲"], 12),
        ("qingsong", ["绿树", "甲"], 12),
        ("greentree", ["绿树"], 12),
        ("evergrene", ["Evergreen Trading"], 11),
        ("evrgreeen", ["Evergreen Trading"], 12),
        ("13812345678", ["Evergreen Trading"], 10),
    ],
)
@pytest.mark.parametrize("more", [0, 2])
def test_every_search_takes_twelve_statements_at_most(
    admin, typed, found, statements, more, django_assert_num_queries
):
    CustomerFactory(name="Evergreen Trading", owner=admin, phones=["13812345678"])
    CustomerFactory(name="甲", owner=admin, people=["青松"], phones=["13912345678"])
    CustomerFactory(
        name="绿树", owner=admin, aliases=["青松", "Greentree"], people=["王芳"], phones=["13712345678"]
    )
    for number in range(more):
        CustomerFactory(name=f"不同{number}", owner=admin, phones=[f"1361234567{number}"])
    client = browser(admin)
    client.get(URL)
    with django_assert_num_queries(statements + CONTEXT):
        response = client.get(URL, {"q": typed})
    assert listed(response) == found


def test_a_narrowed_list_finds_what_the_newest_matches_leave_out(
    admin, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("customers.queries.search.MOST", 2)
    for number in range(3):
        CustomerFactory(name=f"青松{number}", city="苏州市", owner=admin, phones=[f"1381234567{number}"])
    for number in range(4):
        CustomerFactory(name=f"甲{number}", city="无锡市", aliases=["青松"], owner=admin)
    client = browser(admin)
    client.get(URL)
    with django_assert_num_queries(11 + CONTEXT):
        page = client.get(URL, {"q": "青松", "city": "苏州市"})
    assert (sorted(listed(page)), page.context["count_text"]) == (["青松0", "青松1", "青松2"], "3 customers")
    with django_assert_num_queries(12 + CONTEXT):
        page = client.get(URL, {"q": "青松", "city": "无锡市"})
    assert page.context["count_text"] == "4 customers"
    assert "also known as 青松" in page.content.decode()
    assert listed(client.get(URL, {"q": "青松", "city": "常州市"})) == []
    assert client.get(URL, {"q": "青松"}).context["count_text"] == "The first 4 matches"


def test_of_a_long_list_it_says_how_far_it_looked(admin, monkeypatch):
    monkeypatch.setattr("customers.queries.search.MOST", 2)
    monkeypatch.setattr("customers.queries.search.MOST_AMONG", 2)
    for number in range(4):
        CustomerFactory(
            name=f"大青松{number}", city=("苏州市", "无锡市")[number % 2], tier="key", owner=admin
        )
    page = browser(admin).get(URL, {"q": "青松", "tier": "key", "city": "苏州市"})
    assert page.context["count_text"] == "2 customers"
    page = browser(admin).get(URL, {"q": "青松", "tier": "key"})
    assert page.context["count_text"] == "2 of the first 2 matches"


@pytest.mark.parametrize(
    ("shared_at", "found", "statements"), [("top", ["Evergreen Trading"], 12), ("beside", [], 10)]
)
def test_what_a_team_above_shares_is_found_misspelt_in_twelve_statements_at_most(
    admin, shared_at, found, statements, django_assert_num_queries
):
    top = DepartmentFactory()
    teams = {"top": top, "beside": DepartmentFactory(parent=top)}
    rep = member_with(scope=Scope.OWN, department=DepartmentFactory(parent=top))
    CustomerFactory(name="Other", owner=rep)
    share(CustomerFactory(name="Evergreen Trading", owner=admin), teams[shared_at])
    client = browser(rep)
    client.get(URL)
    with django_assert_num_queries(statements + CONTEXT):
        response = client.get(URL, {"q": "evrgreeen"})
    assert listed(response) == found


@pytest.mark.parametrize(
    "typed",
    [
        "长青科技",
        "常清科技",
        "常青科计",
        "常青科",
        "长青",
        "常青颗技",
        "大地长青科技有限",
        "大帝常青科技有限",
    ],
)
def test_a_character_of_the_same_sound_is_found_inside_a_name(admin, viewer, typed):  # noqa: F811
    CustomerFactory(name="浙江大地常青科技有限公司", owner=admin)
    CustomerFactory(name="大地绿树科技有限公司", owner=admin)
    assert names(viewer, typed) == ["浙江大地常青科技有限公司"]


def test_what_is_written_so_comes_before_what_sounds_so(admin, viewer):  # noqa: F811
    CustomerFactory(name="浙江常青科技", owner=admin)
    CustomerFactory(name="江苏长青科技", owner=admin, aliases=["绿树"])
    assert names(viewer, "长青科技") == ["江苏长青科技"]
    CustomerFactory(name="绿树", owner=admin, aliases=["长青科技"])
    CustomerFactory(name="江苏尝青科技", owner=admin)
    assert names(viewer, "绿树")[0] == "绿树"


def test_a_like_sound_stays_within_scope(rep, colleague):
    CustomerFactory(name="浙江大地常青科技有限公司", owner=colleague)
    assert names(viewer_for(rep), "长青科技") == []


def test_same_sounds_are_of_common_characters():
    assert "常" in same_sound("长") and "长" not in same_sound("长")
    assert same_sound("a") == same_sound("") == []
    assert max(len(same_sound(one)) for one in "长一以义机解") <= 100
