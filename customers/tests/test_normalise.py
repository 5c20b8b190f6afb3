"""Contact details in one form: the same whichever way they are typed, and stable."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers import countries, normalise
from customers.countries import country_of_zone
from customers.lexemes import document, text_query
from customers.masking import masked, readable
from customers.pinyin import sort_key
from customers.text import clean_line, clean_lines
from tenancy.models import Organization


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13812345678", "+8613812345678"),
        ("138 1234-5678", "+8613812345678"),
        ("+86 138 1234 5678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("(010) 8888-6666", "+861088886666"),
        ("0571-87654321转802", "+8657187654321;ext=802"),
        ("400-800-1234", "+864008001234"),
        ("03 6210 8821", "0362108821"),
        ("8765 4321", "87654321"),
        ("+44 20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
    ],
)
def test_a_phone_has_one_form(typed, stored):
    assert normalise.phone(typed) == stored
    assert normalise.phone(readable("phone", stored)) == stored


@pytest.mark.parametrize("typed", ["", "abc", "12", "1" * 30, "+", "١٢٣٤٥٦٧٨", "13812345678a"])
def test_what_cannot_be_a_phone_is_refused(typed):
    with pytest.raises(ValidationError):
        normalise.phone(typed)


@pytest.mark.parametrize(
    ("region", "typed", "stored"),
    [
        ("DE", "030 901820", "+4930901820"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("AT", "0316 872 1234", "+433168721234"),
        ("CH", "044 668 18 00", "+41446681800"),
        ("FR", "01 23 45 67 89", "+33123456789"),
        ("IT", "06 1234 5678", "+390612345678"),
        ("US", "(202) 555-0143", "+12025550143"),
        ("HK", "2123 4567", "+85221234567"),
        ("IN", "098765 43210", "+919876543210"),
        ("JP", "03-1234-5678", "+81312345678"),
        ("SG", "6123 4567", "+6561234567"),
        ("NG", "0802 123 4567", "+2348021234567"),
        ("AT", "+86 138 1234 5678", "+8613812345678"),
        ("AT", "+86 123456", "+86123456"),
        ("AT", "010-88886666", "01088886666"),
        ("AT", "+999 12345", "+99912345"),
        ("ZZ", "138 1234 5678", "13812345678"),
        ("ZZ", "0043 1 5880 0", "+43158800"),
        ("ZZ", "+86 138 1234 5678", "+8613812345678"),
    ],
)
def test_a_local_number_belongs_to_the_region_of_the_organisation(region, typed, stored):
    assert normalise.phone(typed, region) == stored


@pytest.mark.parametrize(
    ("zone", "currency", "region"),
    [
        ("Asia/Shanghai", "CNY", "CN"),
        ("Asia/Urumqi", "CNY", "CN"),
        ("Asia/Chongqing", "USD", "CN"),
        ("Europe/Vienna", "EUR", "AT"),
        ("Europe/Zurich", "EUR", "CH"),
        ("Europe/Stockholm", "EUR", "SE"),
        ("Europe/Kiev", "EUR", "UA"),
        ("US/Eastern", "USD", "US"),
        ("Africa/Lagos", "USD", "NG"),
        ("Asia/Hong_Kong", "CNY", "HK"),
        ("UTC", "GBP", "GB"),
        ("UTC", "EUR", "ZZ"),
        ("Etc/GMT+1", "CNY", "CN"),
    ],
)
def test_the_region_is_that_of_the_time_zone_then_of_the_currency(zone, currency, region):
    assert normalise.region_of(Organization(timezone=zone, currency=currency)) == region


def test_the_package_tells_where_the_machine_has_no_time_zones(monkeypatch):
    every = (country_of_zone, countries._countries, countries._targets)
    monkeypatch.setattr(countries.zoneinfo, "TZPATH", ())
    try:
        for one in every:
            one.cache_clear()
        assert (country_of_zone("Europe/Vienna"), country_of_zone("PRC")) == ("AT", "CN")
    finally:
        for one in every:
            one.cache_clear()


@pytest.mark.parametrize(
    ("stored", "doubtful"),
    [
        ("+8613812345678", False),
        ("+861088886666;ext=12", False),
        ("+864008001234", False),
        ("+433168721234", False),
        ("+12025550143", False),
        ("87654321", True),
        ("+86123456", True),
        ("+8612345678901", True),
        ("+43123", True),
        ("+99912345", True),
    ],
)
def test_a_number_that_no_country_knows_is_doubtful(stored, doubtful):
    assert normalise.phone_is_doubtful(stored) == doubtful


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Zhang.San@Example.COM ", "zhang.san@example.com"),
        ("ａ@b.cn", "a@b.cn"),
        ("用户@例子.公司", "用户@例子.公司"),
        ("o'neil@example.ie", "o'neil@example.ie"),
    ],
)
def test_an_email_has_one_form(typed, stored):
    assert normalise.email(typed) == stored


@pytest.mark.parametrize(
    "typed", ["a", "a@", "@b.cn", "a@b", "a b@c.cn", "a@@b.cn", "a..b@c.cn", "a@b..cn", "x" * 200 + "@b.cn"]
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(ValidationError):
        normalise.email(typed)


def test_numbers():
    assert normalise.identity_number("110105 19491231 002x") == "11010519491231002X"
    assert not normalise.identity_is_doubtful("11010519491231002X")
    assert normalise.identity_is_doubtful("110105194912310021")
    assert normalise.bank_account("6222-0212 3456 7890") == "6222021234567890"
    assert normalise.wechat("WX_Zhang3") == "wx_zhang3"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [("phone", "+8613812345678", "138****5678"), ("phone", "+442079460958", "+44****0958"), ("phone", "87654321", "8****4321"),
     ("email", "ann@x.com", "a***@x.com"), ("wechat", "wx_zhang3", "wx****g3"), ("wechat", "abcdef", "a****")],
)  # fmt: skip
def test_masks(kind, value, shown):
    assert masked(kind, value) == shown


@pytest.mark.parametrize(
    ("name", "key"),
    [("曾志伟", "zengzhiwei"), ("单田芳", "shantianfang"), ("解晓东", "xiexiaodong"), ("仇英", "qiuying"), ("区海伦", "ouhailun"),
     ("朴树", "piaoshu"), ("查良镛", "zhaliangyong"), ("Müller", "muller"), ("Ａcme", "acme")],
)  # fmt: skip
def test_names_sort_by_their_reading(name, key):
    assert sort_key(name, person=True) == key


def test_company_names_read_as_words():
    assert sort_key("重庆长安银行") == "chongqingchanganyinhang"


@given(st.text(max_size=60))
def test_cleaning_is_stable_and_leaves_nothing_unseen(text):
    once = clean_line(text)
    assert clean_line(once) == once
    assert not {"\x00", "\n", "\u202e", "\ufeff"} & set(once)
    assert clean_lines(clean_lines(text)) == clean_lines(text)


@given(st.text(max_size=60))
def test_any_text_gives_a_document_a_query_and_a_key(text):
    name = clean_line(text)
    assert document(42, name=name, code="C1", owner_id=None)
    assert all(part.lstrip("(").startswith("'42:") for part in text_query(42, name).split(" & ") if part)
    assert sort_key(name, person=True) and len(sort_key(name)) <= 200


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "+86", "0086", "86 ", "+86-"]),
    st.sampled_from(["", " ", "-"]),
)
def test_every_writing_of_a_mobile_is_the_same(number, lead, gap):
    assert normalise.phone(f"{lead}{number[:3]}{gap}{number[3:7]}{gap}{number[7:]}") == f"+86{number}"


@given(st.text(alphabet="0123456789+-() .转x#", max_size=24), st.sampled_from(["CN", "AT", "US", "HK", "IT"]))
def test_a_phone_that_was_accepted_is_accepted_again_unchanged(text, region):
    try:
        stored = normalise.phone(text, region)
    except ValidationError:
        return
    assert normalise.phone(stored, region) == stored


def test_the_index_of_an_extension_is_its_own_and_begins_as_that_of_the_number():
    whole, other, number, email = (
        normalise.value_index(kind, value, uuid.UUID(int=1))
        for kind, value in [
            ("phone", "+862161234567;ext=802"),
            ("phone", "+862161234567;ext=803"),
            ("phone", "+862161234567"),
            ("email", "+862161234567;ext=802"),
        ]
    )
    assert len({whole, other, number, email}) == 4
    assert {len(index) for index in (whole, other, number, email)} == {32}
    assert whole[:16] == other[:16] == number[:16] != email[:16]
