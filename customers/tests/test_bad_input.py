"""What cannot be, in every field of the form and of a file: told, or put right, never an error and nothing half kept."""

import pytest

from customers.enums import RowOutcome
from customers.forms.customer import BASICS
from customers.models import ContactPoint, Customer, CustomerHealth
from customers.tests.import_files import csv_bytes
from customers.tests.test_customer_edit import BASE, points
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_import_pipeline import importer, walk  # noqa: F401
from tenancy.models import Organization

FIELDS = [name for _title, names in BASICS for name in names if name != "name"]
PHONES = {
    "+44 20 7946 0958": "+442079460958",
    "+1 (202) 555-0143": "+12025550143",
    "+43 316 872 1234": "+433168721234",
    "0049 30 901820": "+4930901820",
    "００８６ 138 1234 5678": "+8613812345678",
    "+86 123456": "+86123456",
    "١٢٣": "",
    "1" * 300: "",
    "😀": "",
}
"""What is typed in an organisation in China → what is stored, "" for what is told."""
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
@pytest.mark.parametrize(("phone", "stored"), PHONES.items())
def test_phones_of_other_countries_are_kept_and_nonsense_is_told(rep, phone, stored):
    data = {**BASE, "owner": str(rep.pk), "points-TOTAL_FORMS": "1", "points-INITIAL_FORMS": "0",
            "points-0-kind": "phone", "points-0-value": phone}  # fmt: skip
    answer = browser(rep).post(f"{URL}new/", data)
    assert [point.value for point in ContactPoint.objects.all()] == ([stored] if stored else [])
    assert (answer.status_code, Customer.objects.count()) == ((302, 1) if stored else (422, 0))
    if not stored:
        assert [set(form.errors) for form in answer.context["points"] if form.errors] == [{"value"}]


@pytest.mark.django_db
@pytest.mark.parametrize(("phone", "stored"), PHONES.items())
def test_phones_of_other_countries_come_by_a_file_too(walk, phone, stored):  # noqa: F811
    walk.upload(csv_bytes("名称,手机", f'甲,"{phone}"')).check()
    assert walk.problems() == ({} if stored else {2: ["bad_phone"]})
    if stored:
        walk.apply()
        assert [point.value for point in ContactPoint.objects.all()] == [stored]
    else:
        assert walk.counts() == (0, 0, 0, 1)


@pytest.mark.django_db
def test_a_file_of_an_organisation_in_vienna_is_read_as_people_there_write(ours, walk, rep):  # noqa: F811
    Organization.objects.filter(pk=ours.pk).update(timezone="Europe/Vienna", currency="EUR")
    typed = ["0316 872 1234", "01 58801-0", "+86 138 1234 5678", "0049 30 901820", "+86 123456"]
    stored = ["+433168721234", "+431588010", "+8613812345678", "+4930901820", "+86123456"]
    walk.organization.refresh_from_db()
    rows = [f"客户{place},{phone}" for place, phone in enumerate(typed)]
    walk.upload(csv_bytes("名称,手机", *rows)).check().apply()
    points = ContactPoint.objects.order_by("customer__name")
    assert [point.value for point in points] == stored
    doubtful = CustomerHealth.objects.filter(doubtful_phone=True).values_list("customer__name", flat=True)
    assert list(doubtful) == ["客户4"]


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
