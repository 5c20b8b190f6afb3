"""Job title, phone, email and WeChat of the contact person that a row names."""

# ruff: noqa: F811

import csv
import io

import pytest

from customers.actions.field_policy import Decision, decide_fields
from customers.importing import preparing
from customers.importing.contacts import Contact, contacts_of, weight_of, without
from customers.importing.proposing import automatic
from customers.models import ContactPerson, ContactPoint, Customer, CustomerHealth
from customers.queries.imports import lines
from customers.queries.search import search_among
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_import_revert import edited, importer, walk  # noqa: F401
from tenancy.access import viewer_for

HEAD = "公司名称,公司电话,联系人,职务,联系人手机,联系人邮箱,联系人微信"
MAPPING = [
    "name",
    "phone",
    "contact_name",
    "contact_title",
    "contact_phone",
    "contact_email",
    "contact_wechat",
]
PHONE, MOBILE = "0571-88130001", "13800138001"
ROW = f"烂柯棋院,{PHONE},王积薪,院长,{MOBILE},wang@example.com,wang_jixin"


def checked(walk, *rows, **options):
    return walk.upload(csv_bytes(HEAD, *(rows or (ROW,)))).check(MAPPING, kind="company", **options)


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (
            "Company,Contact,Title,Contact Email\nTea Ltd,Ann,CEO,a@example.com",
            "name contact_name contact_title contact_email",
        ),
        ("First Name,Last Name,Title,Job Title\nAnn,Lee,Dr.,CEO", "given_name surname - contact_title"),
        ("Title,First Name,Last Name\nMr,Bob,Ray\n女士,Ann,Lee", "- given_name surname"),
        ("企业名称,主要联系人,主要联系人电话\n甲,李雷,13800138000", "name contact_name contact_phone"),
        ("企业名称,联系人,联系人手机（必填）\n甲,李雷,13800138000", "name contact_name contact_phone"),
        ("姓名,手机,紧急联系人电话\n甲,13800138000,13900139000", "name phone phone"),
        (
            "Account Name,Primary Contact,Primary Contact Phone\nTea,Ann,+442079460000",
            "name contact_name contact_phone",
        ),
    ],
)
def test_headings_of_other_programs_name_them(text, targets):
    headings, *rows = csv.reader(io.StringIO(text))
    assert [target or "-" for target in automatic(headings, rows)] == targets.split()


def people_of(customer):
    return {
        one.name: (one.title, [point.value for point in one.points.order_by("position")])
        for one in customer.people.order_by("position")
    }


def own_details(customer):
    return [point.value for point in customer.points.filter(person=None).order_by("position")]


WANG = ("院长", [f"+86{MOBILE}", "wang@example.com", "wang_jixin"])


def test_they_stand_at_the_contact_person(walk, importer):
    assert automatic(HEAD.split(","), [ROW.split(",")] * 3) == MAPPING
    checked(walk).apply()
    company = Customer.objects.get()
    assert (people_of(company), own_details(company)) == ({"王积薪": WANG}, ["+8657188130001"])
    assert set(company.points.values_list("is_primary", flat=True)) == {True}
    assert sorted(company.points.values_list("position", flat=True)) == [0, 1, 2, 3]
    found = search_among(Customer.objects.all(), MOBILE, viewer_for(importer))
    assert [one.pk for one in found] == [company.pk]


def test_each_row_of_one_company_brings_its_own(walk):
    checked(walk, ROW, f"烂柯棋院,{PHONE},顾师言,待诏,13800138002;13800138003,,").apply()
    company = Customer.objects.get()
    assert people_of(company) == {"王积薪": WANG, "顾师言": ("待诏", ["+8613800138002", "+8613800138003"])}
    assert own_details(company) == ["+8657188130001"]
    primary = company.points.filter(is_primary=True, kind="phone")
    assert sorted(point.value for point in primary) == ["+8613800138001", "+8613800138002", "+8657188130001"]


def test_without_a_name_they_are_the_customers_own(walk):
    checked(walk, f"烂柯棋院,{PHONE},,院长,{MOBILE},wang@example.com,").apply()
    company = Customer.objects.get()
    assert own_details(company) == ["+8657188130001", f"+86{MOBILE}", "wang@example.com"]
    assert (company.people.count(), company.remarks) == (0, "职务: 院长")


def test_a_person_s_job_stands_in_the_remarks_beside_the_company(walk):
    walk.upload(csv_bytes("姓名,公司,职位,备注", "顾师言,烂柯棋院,待诏,好棋"))
    walk.check(["name", "company", "contact_title", "remarks"], kind="person").apply()
    assert Customer.objects.get().remarks == "公司: 烂柯棋院\n职位: 待诏\n好棋"


def test_a_file_brings_them_to_those_who_are_there_and_takes_them_back(walk, importer):
    there = CustomerFactory(
        name="烂柯棋院", kind="company", phones=[PHONE], people=["王积薪", "刘仲甫"], owner=importer
    )
    there.people.filter(name="王积薪").update(title="棋手")
    before = people_of(there)
    checked(walk, ROW, policy="update").apply()
    assert people_of(there) == {"王积薪": WANG, "刘仲甫": ("", [])}
    assert there.timeline.filter(kind="customer.edited").get().params["fields"] == ["points", "people"]
    again = checked(Walk(walk.organization, importer), ROW, policy="update").apply()
    assert set(again.batch.staged.values_list("result", flat=True)) == {"unchanged"}
    walk.revert()
    assert (people_of(there), there.points.count()) == (before, 1)


def test_a_new_job_title_alone_is_an_edit_of_the_contact_persons(walk, importer):
    there = CustomerFactory(
        name="烂柯棋院", kind="company", phones=[PHONE], people=["王积薪"], owner=importer
    )
    checked(walk, f"烂柯棋院,{PHONE},王积薪,院长,,,", policy="update").apply()
    assert there.timeline.filter(kind="customer.edited").get().params["fields"] == ["people"]
    there.people.update(title="国手")
    walk.revert()
    assert people_of(there) == {"王积薪": ("国手", [])}
    line = lines(walk.batch, "kept", 0, viewer_for(importer))[0][0]
    assert line.problems == ["导入后有修改，已保留：联系人。"]


def test_a_detail_that_somebody_has_changed_stays_and_the_row_says_so(walk, importer):
    there = CustomerFactory(name="烂柯棋院", kind="company", phones=[PHONE], owner=importer)
    checked(walk, ROW, policy="update").apply()
    point = ContactPoint.objects.get(kind="email")
    point.value_index = b"another"
    point.save()
    walk.revert()
    # With what stays at the person, the person stays.
    assert [one.kind for one in there.people.get().points.all()] == ["email"]
    row = walk.batch.staged.get()
    assert (row.result, row.problems) == ("partly", [["edited_since", None, "points,people"]])
    assert walk.batch.kept == 1


def test_a_doubtful_phone_of_a_contact_person_counts_at_once(walk):
    checked(walk, f"烂柯棋院,{PHONE},王积薪,,123456,,").apply()
    assert CustomerHealth.objects.get().doubtful_phone


def test_a_required_phone_may_be_that_of_the_contact_person(walk, importer):
    decide_fields([Decision("phone", "required")], actor=importer)
    checked(walk, f"烂柯棋院,,王积薪,,{MOBILE},,", "晨光,,李雷,,,,")
    assert list(walk.batch.staged.order_by("number").values_list("outcome", flat=True)) == ["new", "error"]


def test_whom_a_file_added_goes_with_title_and_details_unless_edited(walk, importer):
    there = CustomerFactory(name="烂柯棋院", kind="company", phones=[PHONE], owner=importer)
    other = f"烂柯棋院,{PHONE},顾师言,待诏,13800138002,,"
    checked(walk, ROW, policy="update").apply()
    second = checked(Walk(walk.organization, importer), other, policy="update").apply()
    there.people.filter(name="王积薪").update(title="国手")
    walk.revert()
    second.revert()
    assert people_of(there) == {"王积薪": ("国手", [])}
    assert ContactPoint.objects.count() == 1


def test_they_go_with_a_company_that_the_import_made(walk):
    checked(walk).apply()
    walk.revert()
    assert (Customer.objects.count(), ContactPerson.objects.count(), ContactPoint.objects.count()) == (
        0,
        0,
        0,
    )


def test_a_contact_person_s_number_tells_the_company(walk, importer):
    there = CustomerFactory(name="烂柯棋院", kind="company", phones=[MOBILE], owner=importer)
    checked(walk, f"烂柯棋院有限公司,,王积薪,,{MOBILE},,", policy="update")
    assert walk.batch.staged.get().target_id == there.pk


def test_what_is_not_collected_is_neither_offered_nor_brought(walk, importer):
    checked(walk, ROW, f"烂柯棋院,{PHONE},顾师言,,13800138002,,gu_shiyan")
    decide_fields([Decision("phone", "hidden"), Decision("wechat", "hidden")], actor=importer)
    walk.apply()
    assert people_of(Customer.objects.get()) == {
        "王积薪": ("院长", ["wang@example.com"]),
        "顾师言": ("", []),
    }
    later = Walk(walk.organization, importer).upload(csv_bytes(HEAD, ROW))
    assert later.batch.mapping == ["name", "", "contact_name", "contact_title", "", "contact_email", ""]


def test_the_preview_shows_them_masked(walk, importer):
    checked(walk)
    details = lines(walk.batch, "", 0, viewer_for(importer))[0][0].details
    assert details.startswith("王积薪 · 院长 · 138****8001 · w***@example.com · wa****in · ")


@pytest.mark.parametrize("more", [["顾师言"], [["顾师言", "", {}]]])
def test_rows_staged_when_contact_persons_had_names_alone_can_be_read(more):
    values = {"name": "烂柯棋院", "contact_name": "王积薪", "more_people": more}
    both = [Contact("王积薪", "", {}), Contact("顾师言", "", {})]
    assert contacts_of(values) == contacts_of(without(values, {"phone"})) == both


def test_a_row_weighs_what_it_fills(walk):
    assert weight_of({"name": "甲"}) == 1
    joined = [["顾师言", "", {"phone": ["+8613800138002"], "email": ["gu@example.com"]}]]
    values = {
        "name": "烂柯棋院",
        "phone": ["+8657188130001"],
        "contact_name": "王积薪",
        "more_people": joined,
    }
    assert weight_of(values | {"contact_phone": [f"+86{MOBILE}"]}) == 1 + 1 + 1 + 1 + 1 + 2


@pytest.mark.parametrize("heavy", [1, 7, 1000])
def test_batches_end_early_with_heavy_rows_and_no_code_is_lost(walk, monkeypatch, heavy):
    monkeypatch.setattr(preparing, "HEAVY", heavy)
    rows = [f"客户{n},0571-8813{n // 2:04d},联系人{n},,1380013{n:04d},," for n in range(23)]
    checked(walk, *rows, *(row.replace("联系人", "另一人").replace("1380", "1390") for row in rows)).apply()
    assert (walk.counts()[0], walk.batch.people) == (23, 23)
    codes = list(Customer.objects.order_by("pk").values_list("name", "code"))
    assert codes == [(f"客户{n}", f"C{n + 1:06d}") for n in range(23)]
    assert {len(people_of(company)) for company in Customer.objects.all()} == {2}
