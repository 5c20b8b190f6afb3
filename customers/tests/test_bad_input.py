"""What cannot be, in every field of the form and of a file: told, or put right, never an error and nothing half kept."""

import csv
import io
from datetime import date

import pytest

from customers.custom import DECIMALS
from customers.fields import NEEDS
from customers.forms.sections import BASICS
from customers.importing.choices import CHOICES
from customers.importing.contacts import DETAILS, KINDS, OF_CONTACT
from customers.importing.targets import TARGETS
from customers.models import ContactPoint, Customer, CustomerHealth, CustomerNeeds, CustomValue
from customers.queries.custom import specs
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


READ = {
    "emoji": "😀👨‍👩‍👧",
    "right to left": "مرحباabc",
    "full width": "12345",
    "markup": "<script>alert(1)</script>",
    "impossible day": "2023-02-29",
    "formula": "=cmd|' /C calc'!A0",
    "surrogate": "\\ud800",
}
"""What a text is made of it."""
TOLD = {
    **dict.fromkeys(CHOICES, "bad_choice"),
    "birthday": "bad_date",
    "last_order_on": "bad_date",
    "owner": "unknown_member",
    "tags": "unknown_tag",
    "phone": "bad_phone",
    "email": "bad_email",
    "wechat": "bad_wechat",
    **{target: f"bad_{kind}" for target, kind in DETAILS.items()},
    "distance": "bad_distance",
    "identity_number": "bad_identity",
    "bank_account": "bad_bank",
    "consent_purpose": "unknown_purpose",
    "consent_date": "bad_date",
    "x_size": "bad_number",
    "x_opened": "bad_date",
    "x_color": "bad_own_choice",
    "x_wants": "bad_own_choice",
    "x_chain": "bad_boolean",
}
"""What is told about columns that take no text. All others do, within their limits."""
ODDER_TOLD = {
    ("tags", "over-long"): "too_long",
    ("postcode", "markup"): "too_long",
    ("consent_date", "full width"): "date_past",
    ("last_order_on", "full width"): "date_past",
}
_DAY = date(1933, 10, 18)  # the 12345th of a spreadsheet
ODDER_STORED = {
    ("birthday", "full width"): _DAY,
    ("phone", "full width"): ["12345"],
    ("phone", "impossible day"): ["20230229"],
    ("wechat", "full width"): ["12345"],
    ("contact_phone", "full width"): ["12345"],
    ("contact_phone", "impossible day"): ["20230229"],
    ("contact_wechat", "full width"): ["12345"],
    ("distance", "full width"): 12_345_000,
    ("identity_number", "full width"): "12345",
    ("identity_number", "impossible day"): "20230229",
    ("bank_account", "full width"): "12345",
    ("bank_account", "impossible day"): "20230229",
    ("x_size", "full width"): [12345 * 10**DECIMALS],
    ("x_opened", "full width"): [_DAY],
}


@pytest.mark.parametrize("odd", ODD)
def test_every_field_of_a_file_takes_it_or_says_what_is_wrong(walk, fields, odd):  # noqa: F811
    # What a company becomes depends on the name beside it.
    keys = [*(key for key in TARGETS if key != "company"), *(spec.name for spec in specs())]
    assert len(keys) == len(TARGETS) - 1 + len(fields)
    walk.upload(file_of(keys, ODD[odd])).check(keys)
    rows = dict(zip(keys, walk.batch.staged.order_by("number"), strict=False))
    wrong = {key: [problem[0] for problem in row.problems or ()] for key, row in rows.items()}
    assert wrong == {key: told_of(key, odd) for key in keys}
    walk.apply()
    kept = {key: stored(rows[key].pk, key) for key in keys if not wrong[key]}
    assert kept == {key: stored_of(key, odd) for key in keys if not wrong[key]}
    assert Customer.objects.count() == len(kept) + 1


NAMING = ("surname", "given_name", "company")
"""What names a customer where nothing else does."""


def file_of(keys, text):
    """A row for each key that has the text under it and is sound otherwise; then one that is sound throughout."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(keys)
    for place, odd in enumerate(keys):
        named = "" if odd in NAMING else f"客户{place}"
        whose = {"contact_name": "王积薪"} if odd in OF_CONTACT else {}
        writer.writerow({"name": named, **whose, odd: text}.get(key, "") for key in keys)
    writer.writerow({"name": "甲"}.get(key, "") for key in keys)
    return target.getvalue().encode()


def told_of(key, odd):
    if odd == "nul":
        return ["control"]
    if (key, odd) in ODDER_STORED:
        return []
    if found := ODDER_TOLD.get((key, odd)) or TOLD.get(key):
        return [found]
    if odd != "over-long":
        return []
    return ["too_long", "name_missing"] if key in ("surname", "given_name") else ["too_long"]


def stored_of(key, odd):
    if (key, odd) in ODDER_STORED:
        return ODDER_STORED[key, odd]
    if key.startswith("alias_"):
        return [part.strip() for part in READ[odd].split("|")]
    return [READ[odd]] if key in ("contact_name", "contact_title") or key.startswith("x_") else READ[odd]


def stored(pk, key):
    """What the customer's row, or the rows beside it, hold of a column."""
    customer = Customer.objects.get(pk=pk)
    if key in KINDS:
        return [point.value for point in customer.points.filter(kind=key, person=None)]
    if key in DETAILS:
        return [point.value for point in customer.people.get().points.filter(kind=DETAILS[key])]
    if key.startswith("alias_"):
        return [one.name for one in customer.aliases.filter(kind=key.removeprefix("alias_"))]
    if key in ("contact_name", "contact_title"):
        return [getattr(person, key.removeprefix("contact_")) for person in customer.people.all()]
    if key.startswith("x_"):
        rows = CustomValue.objects.filter(customer=customer, field__key=key.removeprefix("x_"))
        return [row.text or row.number or row.day for row in rows]
    if key in NEEDS:
        return getattr(CustomerNeeds.objects.get(customer=customer), key)
    return getattr(customer, "name" if key in NAMING else key)
