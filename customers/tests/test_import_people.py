"""Several rows of one company, each with another contact person: the usual export of contacts."""

# ruff: noqa: F811

import pytest
from django.utils.translation import override

from customers.importing import applying, joining, staging
from customers.models import ContactPerson, Customer, ImportRow, TimelineEntry
from customers.queries.imports import lines
from customers.queries.search import search_among
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_import_revert import Killed, edited, importer, interrupt, revive, walk  # noqa: F401
from tenancy.access import viewer_for
from tenancy.enums import Scope

HEAD = "公司名称,公司电话,联系人,邮箱"
MAPPING = ["name", "phone", "contact_name", "email"]
PHONE = "0571-88130001"
CONTACTS = (
    HEAD,
    f"烂柯棋院,{PHONE},王积薪,wang@example.com",
    f"烂柯棋院有限公司,{PHONE},顾师言,gu@example.com",
    "晨光科技,0571-88130002,李雷,",
    f"烂柯棋院,{PHONE},王积薪,",
    "烂柯棋院,,刘仲甫,gu@example.com",
)


def checked(walk, rows=CONTACTS, **options):
    return walk.upload(csv_bytes(*rows)).check(MAPPING, kind="company", **options)


def people_of(customer):
    return list(customer.people.values_list("name", "position"))


def outcomes(walk):
    return [(row.outcome, row.problems) for row in walk.batch.staged.order_by("number")]


FOUND = [
    ("new", None),
    ("person", [["person_of_row", None, 2]]),
    ("new", None),
    ("skip", [["same_as_row", None, 2]]),
    ("person", [["person_of_row", None, 2]]),
]


def test_each_row_brings_its_contact_person(walk, importer):
    checked(walk)
    assert (outcomes(walk), walk.counts(), walk.batch.people) == (FOUND, (2, 0, 1, 0), 2)
    walk.apply()
    assert (walk.counts(), walk.batch.people) == ((2, 0, 1, 0), 2)
    company = Customer.objects.get(name="烂柯棋院")
    assert people_of(company) == [("王积薪", 0), ("顾师言", 1), ("刘仲甫", 2)]
    assert [point.value for point in company.points.order_by("position")] == [
        "+8657188130001", "wang@example.com", "gu@example.com",
    ]  # fmt: skip
    assert (company.version, TimelineEntry.objects.filter(customer=company).count()) == (1, 1)
    assert [one.name for one in search_among(Customer.objects.all(), "刘仲甫", viewer_for(importer))] == [
        "烂柯棋院"
    ]


def test_they_go_with_the_company_unless_something_was_written_of_it(walk, importer):
    checked(walk).apply()
    edited(Customer.objects.get(name="晨光科技"), importer, city="上海")
    walk.revert()
    assert [(one.name, people_of(one)) for one in Customer.objects.all()] == [("晨光科技", [("李雷", 0)])]
    assert ContactPerson.objects.count() == 1


def test_they_join_those_of_a_known_company_and_leave_again(walk, importer):
    there = CustomerFactory(
        name="烂柯棋院", kind="company", phones=[PHONE], people=["顾师言"], owner=importer, city="杭州"
    )
    checked(walk, policy="update")
    assert [code for code, _ in outcomes(walk)] == ["update", "skip", "new", "skip", "person"]
    walk.apply()
    assert [name for name, _ in people_of(there)] == ["顾师言", "王积薪", "刘仲甫"]
    there.people.filter(name="刘仲甫").update(title="院长")
    walk.revert()
    assert [name for name, _ in people_of(there)] == ["顾师言", "刘仲甫"]


def test_whom_a_file_has_brought_it_brings_no_second_time(walk, importer):
    checked(walk).apply()
    again = checked(Walk(walk.organization, importer), policy="update").apply()
    assert (again.counts(), again.batch.people) == ((0, 2, 3, 0), 0)
    assert set(again.batch.staged.exclude(result="").values_list("result", flat=True)) == {"unchanged"}
    assert ContactPerson.objects.count() == 4


@pytest.mark.parametrize("policy", ["skip", "update", "create"])
def test_rows_of_one_code_are_one_company(walk, policy):
    rows = ("编号,名称,联系人", "K1,甲,李雷", "K1,甲,韩梅梅", "K1,甲,李雷", "K1,甲,")
    walk.upload(csv_bytes(*rows)).check(kind="company", policy=policy).apply()
    again = "error" if policy == "create" else "skip"
    assert [code for code, _ in outcomes(walk)] == ["new", "person", again, again]
    assert people_of(Customer.objects.get()) == [("李雷", 0), ("韩梅梅", 1)]


def test_a_customer_that_is_left_alone_gets_nobody(walk, importer):
    there = CustomerFactory(name="烂柯棋院", kind="company", phones=[PHONE], owner=importer)
    checked(walk, policy="skip").apply()
    assert (walk.counts(), walk.batch.people, people_of(there)) == ((1, 0, 4, 0), 0, [])


def test_what_is_recognised_as_another_customer_adds_nobody_to_the_first(walk, importer):
    other = CustomerFactory(
        name="烂柯棋院分店", emails=["other@example.com"], owner=importer, aliases=["烂柯棋院"]
    )
    rows = (HEAD, f"烂柯棋院,{PHONE},王积薪,", f"烂柯棋院,{PHONE},顾师言,other@example.com")
    checked(walk, rows, policy="update").apply()
    assert [code for code, _ in outcomes(walk)] == ["new", "skip"]
    assert people_of(Customer.objects.get(name="烂柯棋院")) == [("王积薪", 0)]
    assert people_of(other) == []


def test_a_row_whose_company_is_not_imported_after_all_says_so(walk, importer):
    checked(walk)
    CustomerFactory(name="烂柯棋院", phones=[PHONE], owner=importer)
    walk.apply()
    assert (walk.counts(), walk.batch.people) == ((1, 0, 4, 0), 0)
    assert outcomes(walk)[1] == ("skip", [["row_left", None, 2]])
    assert ContactPerson.objects.get().name == "李雷"


def test_who_may_not_change_customers_brings_them_all_the_same(ours, inside_ours):
    rights = ("view_customer", "import_customer", "reveal_contact")
    rep = member_with(*(f"customers.{right}" for right in rights), scope=Scope.OWN)
    checked(Walk(ours, rep)).apply()
    assert Customer.objects.get(name="烂柯棋院").people.count() == 3


def test_there_is_a_limit_and_it_is_told(walk, importer, monkeypatch):
    monkeypatch.setattr(joining, "MAX_PEOPLE", 2)
    checked(walk).apply()
    assert outcomes(walk)[4] == ("skip", [["too_many_people", None, 2]])
    assert Customer.objects.get(name="烂柯棋院").people.count() == 2
    told = lines(walk.batch, "", 0, viewer_for(importer))[0][4].problems
    assert told == ["第 2 行客户的联系人已达文件可导入的上限。请在该客户的页面上添加其余联系人。"]


def test_the_preview_says_whose_contact_person_a_row_is(walk, importer):
    viewer = viewer_for(importer)
    checked(walk)
    line = lines(walk.batch, "person", 0, viewer)[0][0]
    assert (line.number, line.outcome, line.customer) == (3, "联系人", "")
    assert line.details.startswith("顾师言 · ") and line.problems == ["第 2 行客户的联系人。"]
    with override("en"):
        line = lines(walk.batch, "person", 0, viewer)[0][0]
    assert (line.outcome, line.problems) == ("Contact person", ["Contact person of the customer in row 2."])
    walk.apply()
    company = Customer.objects.get(name="烂柯棋院")
    line = lines(walk.batch, "person", 0, viewer)[0][0]
    assert (line.customer, line.target) == (f"烂柯棋院 · {company.code}", company.pk)


def test_nothing_of_them_can_be_read_in_the_staging_table(walk):
    checked(walk)
    kept = b"".join(bytes(row.payload) + bytes(row.keys) for row in ImportRow.objects.all())
    assert "顾师言".encode() not in kept


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_killed_worker_s_successor_adds_each_once(walk, monkeypatch, at):
    rows = [f"客户{n % 4},1380013000{n % 4},联系人{n // 8},{n}@example.com" for n in range(32)]
    for module in (staging, joining, applying):
        monkeypatch.setattr(module, "AT_ONCE", 10)
    interrupt(monkeypatch, joining, "_join", at)
    with pytest.raises(Killed):
        checked(walk, (HEAD, *rows))
    revive(walk)
    assert (walk.counts(), walk.batch.people) == ((4, 0, 16, 0), 12)
    walk.apply()
    for company in Customer.objects.all():
        assert people_of(company) == [(f"联系人{n}", n) for n in range(4)]
        assert company.points.filter(kind="email").count() == 4
