"""What cannot be, in every field of the form and of a file: told, or put right, never an error and nothing half kept."""

import pytest

from customers.enums import RowOutcome
from customers.forms.customer import BASICS
from customers.models import Customer
from customers.tests.import_files import csv_bytes
from customers.tests.test_customer_edit import BASE, points
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401

FIELDS = [name for _title, names in BASICS for name in names if name != "name"]
ODD = {
    "over-long": "长" * 5000,
    "emoji": "😀👨‍👩‍👧",
    "right to left": "مرحبا\u202eabc",
    "nul": "a\x00b",
    "full width": "１２３４５",
    "markup": "<script>alert(1)</script>",
    "impossible day": "2023-02-29",
    "formula": "=cmd|' /C calc'!A0",
    "surrogate": "\\ud800",
}


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", FIELDS)
def test_the_form_takes_it_or_says_what_is_wrong(rep, field, odd):
    data = {**BASE, **points(), "owner": str(rep.pk), "street": "科技路1号", field: ODD[odd]}
    answer = browser(rep).post(f"{URL}new/", data)
    if answer.status_code == 302:
        stored = Customer.objects.get()
        page = browser(rep).get(f"{URL}{stored.pk}/").content.decode()
        assert "<script>alert" not in page and "\x00" not in page and "\u202e" not in page
    else:
        assert (answer.status_code, Customer.objects.count()) == (422, 0)
        assert set(answer.context["form"].errors) <= {field}
        assert answer.context["form"].errors or answer.context["form"].warnings
        if field != "street":
            assert "科技路1号" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "phone", ["+44 20 7946 0958", "+1 (202) 555-0143", "００８６ 138 1234 5678", "١٢٣", "1" * 300, "😀"]
)
def test_phones_of_other_countries_are_kept_and_nonsense_is_told(rep, phone):
    data = {**BASE, "owner": str(rep.pk), "points-TOTAL_FORMS": "1", "points-INITIAL_FORMS": "0",
            "points-0-kind": "phone", "points-0-value": phone}  # fmt: skip
    answer = browser(rep).post(f"{URL}new/", data)
    assert answer.status_code in (302, 422)
    assert Customer.objects.count() == (answer.status_code == 302)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("calendar", "year", "month", "day", "exists"),
    [
        ("solar", "2024", "2", "29", True), ("solar", "2023", "2", "29", False), ("solar", "1900", "2", "29", False),
        ("solar", "２０２４", "2", "29", True), ("solar", "", "2", "30", False), ("solar", "2024", "4", "31", False),
        ("lunar", "2024", "1", "29", True), ("lunar", "2024", "1", "30", False), ("lunar", "2024", "13", "1", False),
        ("leap", "2023", "2", "1", True), ("leap", "2024", "2", "1", False), ("solar", "2024", "", "5", False),
        ("solar", "😀", "2", "1", False), ("solar", "99999", "2", "1", False), ("moon", "2024", "2", "1", True),
    ],
)  # fmt: skip
def test_days_that_do_not_exist_are_told(rep, calendar, year, month, day, exists):
    """A lunar 30th in a month of 29 days, a 29th of February, a leap month in a year without."""
    parts = {"calendar": calendar, "year": year, "month": month, "day": day}
    born = {f"birthday_{part}": value for part, value in parts.items()}
    data = {**BASE, **points(), "kind": "person", "name": "张伟", "owner": str(rep.pk), **born}
    answer = browser(rep).post(f"{URL}new/", data)
    assert (answer.status_code, Customer.objects.count()) == ((302, 1) if exists else (422, 0))
    if exists:
        stored = Customer.objects.get()
        assert stored.birthday or stored.birthday_typed
    else:
        assert set(answer.context["form"].errors) == {"birthday"}


HEAD = "名称,手机,邮箱,类型,级别,来源,生日,距离,省份,城市,邮编,负责人,性别,备注"


@pytest.mark.parametrize("odd", ODD)
def test_a_file_with_it_in_every_cell_is_read_to_the_end(walk, odd):  # noqa: F811
    good = ["甲", "13812345678", "", "", "", "", "", "", "", "", "", "", "", ""]
    rows = []
    for place in range(1, len(good)):
        cells = [f"客户{place}", f"138123400{place:02d}", *good[2:]]
        cells[place] = ODD[odd].replace(",", " ")
        rows.append(",".join(cells))
    walk.upload(csv_bytes(HEAD, *rows, ",".join(good))).check()
    new, update, skip, errors = walk.counts()
    assert new + update + skip + errors == len(rows) + 1
    walk.apply()
    assert Customer.objects.filter(name="甲").count() == 1
    assert Customer.objects.count() == new
    for row in walk.batch.staged.filter(outcome=RowOutcome.ERROR):
        assert row.problems, row.number
    kept = Customer.objects.values_list("name", "city", "remarks", "postcode", "province")
    assert not any("\x00" in text for row in kept for text in row)
