"""How the codes of new customers are written: the page, and what follows from it."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connections, transaction

from customers.actions.codes import code_pattern, next_code, take_codes
from customers.models import CodeCounter, CodePattern, Customer
from customers.queries.search import search_among
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import csv_bytes
from customers.tests.test_customer_edit import BASE, points
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import AuditEntry
from tenancy.tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db
PAGE = f"{URL}codes/"
RIGHT = "customers.change_fieldpolicy"


def patterned(**fields) -> CodePattern:
    code_pattern()
    CodePattern.objects.update(**fields)
    return CodePattern.objects.get()


def in_year(monkeypatch, year: int) -> None:
    monkeypatch.setattr("customers.actions.codes.timezone.localdate", lambda: date(year, 6, 1))


def test_the_page_changes_how_the_next_customer_is_numbered(rep):
    old, keeper = CustomerFactory(owner=rep, code="C000001"), member_with(RIGHT)
    client = browser(keeper)
    page = client.get(PAGE)
    assert page.context["example"] == "C000002"
    posted = {**page.context["form"].initial, "prefix": "ＫＨ-", "digits": "4"}
    del posted["yearly"]
    assert client.post(PAGE, posted)["Location"] == PAGE
    assert client.get(PAGE).context["example"] == "KH-0001"
    browser(rep).post(f"{URL}new/", {**BASE, **points()})
    old.refresh_from_db()
    assert list(Customer.objects.order_by("pk").values_list("code", flat=True)) == ["C000001", "KH-0001"]
    [entry] = AuditEntry.objects.filter(table_name="customers_codepattern", operation="update")
    changed = (entry.before["prefix"], entry.after["prefix"])
    assert (entry.actor_id, *changed) == (keeper.pk, "C", "KH-")
    assert client.post(PAGE, {**posted, "prefix": "B"}).status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("prefix", "", "required"),
        ("prefix", "A" * 17, "max_length"),
        ("prefix", "0C", "invalid"),
        ("prefix", "-C", "invalid"),
        ("prefix", "=C", "invalid"),
        ("prefix", "C/", "invalid"),
        ("prefix", "C D", "invalid"),
        ("prefix", "客户", "invalid"),
        ("prefix", "\u202e", "blank"),
        ("digits", "2", "min_value"),
        ("digits", "11", "max_value"),
        ("digits", "x", "invalid"),
        ("digits", "", "required"),
    ],
)
def test_what_makes_no_good_code_is_refused(inside_ours, field, value, code):
    data = {"version": "1", "prefix": "C", "digits": "6", field: value}
    answer = browser(member_with(RIGHT)).post(PAGE, data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert {error.code for error in answer.context["form"].errors.as_data()[field]} == {code}
    assert CodePattern.objects.get().code(1, 0) == "C000001"


def test_the_example_follows_what_is_typed_and_takes_no_number(inside_ours):
    client, htmx = browser(member_with(RIGHT)), {"HX-Request": "true"}

    def told(**query) -> str:
        return " ".join(client.get(PAGE, query, headers=htmx).content.decode().split())

    assert told(prefix="K", digits="4") == "The next customer gets <strong>K0001</strong>."
    year = date.today().year
    assert (
        told(prefix="K", digits="3", yearly="on") == f"The next customer gets <strong>K{year}-001</strong>."
    )
    assert told(prefix="<b>", digits="4") == "No code can be written so."
    assert CodePattern.objects.get().prefix == "C"
    assert CodeCounter.objects.count() == 0


def test_both_languages(inside_ours):
    chinese = browser(member_with(RIGHT, language="zh-hans")).get(PAGE).content.decode()
    assert "客户编号" in chinese and "下一位客户的编号是 <strong>C000001</strong>" in chinese
    english = browser(member_with(RIGHT)).get(PAGE).content.decode()
    assert "Customer codes" in english and "The next customer gets <strong>C000001</strong>" in english


def test_only_who_decides_for_the_whole_organisation_may(admin, rep, inside_ours):
    for member in (admin, rep, member_with(RIGHT, scope=Scope.DEPARTMENT)):
        assert browser(member).get(PAGE).status_code == 403
        assert browser(member).post(PAGE, {"version": "1", "prefix": "X", "digits": "6"}).status_code == 403
    assert CodePattern.objects.count() == 0


def test_another_organisation_keeps_its_own(inside_ours, theirs):
    patterned(prefix="KH")
    assert take_codes(1) == ["KH000001"]
    with organization_context(theirs):
        assert take_codes(2) == ["C000001", "C000002"]


def test_the_numbers_of_a_year_begin_at_one(inside_ours, monkeypatch):
    assert take_codes(2) == ["C000001", "C000002"]
    patterned(yearly=True, digits=4)
    in_year(monkeypatch, 2026)
    assert take_codes(2) == ["C2026-0001", "C2026-0002"]
    in_year(monkeypatch, 2027)
    assert next_code(code_pattern()) == "C2027-0001"
    assert take_codes(1) == ["C2027-0001"]
    patterned(yearly=False)
    assert take_codes(1) == ["C0003"]
    in_year(monkeypatch, 2026)
    patterned(yearly=True)
    assert take_codes(1) == ["C2026-0003"]


def test_a_number_that_no_longer_fits_gets_one_more_digit(inside_ours):
    patterned(digits=3)
    CodeCounter.objects.create(next_number=998)
    assert take_codes(4) == ["C998", "C999", "C1000", "C1001"]


def test_the_longest_code_fits_its_column(inside_ours, monkeypatch):
    in_year(monkeypatch, 9999)
    patterned(prefix="A" * 16, digits=10, yearly=True)
    CodeCounter.objects.create(year=9999, next_number=2_147_483_646)
    [code] = take_codes(1)
    assert code == "A" * 16 + "9999-2147483646"
    assert len(code) <= Customer._meta.get_field("code").max_length


def test_codes_in_use_are_passed_over_and_no_number_is_lost(inside_ours):
    patterned(prefix="K", digits=3)
    for number in (1, *range(3, 60)):
        CustomerFactory(code=f"K{number:03d}")
    assert next_code(code_pattern()) == "K002"
    assert take_codes(3) == ["K002", "K060", "K061"]
    assert CodeCounter.objects.get().next_number == 62
    assert take_codes(1) == ["K062"]


def test_the_database_refuses_what_the_form_refuses(inside_ours):
    with pytest.raises(IntegrityError, match="customers_codepattern_digits"), transaction.atomic():
        CodePattern.objects.create(digits=11)


def test_a_file_without_codes_gets_them_and_search_finds_them(walk, importer):  # noqa: F811
    patterned(prefix="KH-", digits=4)
    walk.upload(csv_bytes("名称,编号", "甲公司,", "乙公司,KH-0001", "丙公司,")).check().apply()
    codes = dict(Customer.objects.values_list("name", "code"))
    assert codes == {"甲公司": "KH-0002", "乙公司": "KH-0001", "丙公司": "KH-0003"}
    [found] = search_among(Customer.objects.all(), "KH-0003", viewer_for(importer))
    assert found.name == "丙公司"


@pytest.mark.django_db(transaction=True)
def test_two_who_create_at_once_get_different_codes():
    ours = OrganizationFactory(slug="ours")
    with organization_context(ours):
        patterned(prefix="KH", digits=4)
        CustomerFactory(code="KH0002")
    start, taken = threading.Barrier(5), []

    def run() -> None:
        try:
            start.wait()
            with organization_context(ours):
                [code] = take_codes(1)
                Customer.objects.create(name=code, name_key=code, code=code)
                taken.append(code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == ["KH0001", "KH0003", "KH0004", "KH0005", "KH0006"]


def test_a_long_row_of_codes_in_use_is_stepped_over(inside_ours, django_assert_max_num_queries):
    rows = [CustomerFactory.build(code=f"C{number:06d}", owner=None) for number in range(1, 3001)]
    Customer.objects.bulk_create(rows)
    with django_assert_max_num_queries(6):
        assert next_code(CodePattern()) == "C003001"
    with django_assert_max_num_queries(12):
        assert take_codes(2) == ["C003001", "C003002"]
    assert next_code(CodePattern()) == "C003003"
