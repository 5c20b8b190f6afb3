"""Which column goes where, for files as other programs write them."""

import csv
import io

import pytest

from customers.importing.proposing import automatic

PERSON = ["贺知遥", "沈星河"]
PHONES = ["13800138000", "13900139000"]
MAILS = ["a@example.com", "b@example.com"]


def proposed(**columns):
    """Heading → target, for columns that go somewhere. The cells of each stand in a list."""
    headings = list(columns)
    sample = [list(row) for row in zip(*columns.values(), strict=True)]
    mapping = automatic(headings, sample)
    return {heading: target for heading, target in zip(headings, mapping, strict=True) if target}


def of(text: str) -> dict[str, str]:
    """The same, for a file written down."""
    headings, *rows = csv.reader(io.StringIO(text.strip()))
    return proposed(**{heading: [row[place] for row in rows] for place, heading in enumerate(headings)})


@pytest.mark.parametrize(
    ("headings", "targets"),
    [
        ("姓名,公司,手机", "name company phone"),
        ("公司,姓名,手机", "company name phone"),
        ("First Name,Last Name,Company", "given_name surname company"),
        ("Last Name,First Name,Account Name", "surname given_name company"),
        ("First Name,Organization Name", "given_name company"),
        ("Name,Organization 1 - Name", "name company"),
        ("客户名称,工作单位", "name company"),
        ("公司名称,联系人,电话", "name contact_name phone"),
        ("Company,Phone", "name phone"),
        ("企业名称", "name"),
        ("公司,公司全称", "name company"),
        ("联系人,电话", "name phone"),
    ],
)
def test_a_company_is_the_name_only_of_who_has_none_of_their_own(headings, targets):
    names = headings.split(",")
    assert automatic(names, [[""] * len(names)]) == targets.split()


def test_google_contacts_are_understood():
    assert of(
        "First Name,Phonetic First Name,Last Name,Nickname,File As,Organization Name,Labels,E-mail 1 - Label,"
        "E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,"
        "Address 1 - City,Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,"
        "Address 1 - Extended Address,Website 1 - Value\n"
        'Ann,,Lee,,,Tea Ltd,* myContacts,* Work,ann@example.com,Mobile,+44 20 7946 0000 ::: +44 20 7946 0001,Home,"1 Rd, '
        'London",1 Rd,London,,England,N1,UK,,https://example.com\n'
        'Bob,,Ray,,,Tea Ltd,* myContacts,* Work,bob@example.com,Mobile,+44 20 7946 0002,Home,"2 Rd, London",2 Rd,London,,'
        "England,N1,UK,,https://example.com"
    ) == {
        "First Name": "given_name",
        "Last Name": "surname",
        "Nickname": "alias_short",
        "Organization Name": "company",
        "Labels": "tags",
        "E-mail 1 - Value": "email",
        "Phone 1 - Value": "phone",
        "Address 1 - Street": "street",
        "Address 1 - City": "city",
        "Address 1 - Region": "province",
        "Address 1 - Postal Code": "postcode",
        "Address 1 - Country": "country",
    }


def test_outlook_contacts_are_understood_and_have_one_address():
    assert of(
        "First Name,Last Name,Company,Business Street,Business City,Business Postal Code,Business Country/Region,Home Street,"
        "Home City,Business Fax,Business Phone,E-mail Address,E-mail Type,E-mail Display Name,Assistant's Phone\n"
        "Ann,Lee,Tea Ltd,1 Rd,London,N1,UK,9 Rd,York,+442079460009,+442079460000,ann@example.com,SMTP,ann@example.com,"
        "+442079460003\n"
        "Bob,Ray,Tea Ltd,2 Rd,London,N1,UK,,,+442079460009,+442079460002,bob@example.com,SMTP,bob@example.com,"
        "+442079460003"
    ) == {
        "First Name": "given_name",
        "Last Name": "surname",
        "Company": "company",
        "Business Street": "street",
        "Business City": "city",
        "Business Postal Code": "postcode",
        "Business Country/Region": "country",
        "Business Phone": "phone",
        "E-mail Address": "email",
    }


def test_salesforce_contacts_are_understood():
    assert of(
        "First Name,Last Name,Account Name,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,"
        "Mailing Country,Phone,Email,Email Opt Out,Contact Owner,Account Phone\n"
        "Ann,Lee,Tea Ltd,1 Rd,London,England,N1,UK,+442079460000,ann@example.com,0,Me,+442079460001\n"
        "Bob,Ray,Tea Ltd,2 Rd,London,England,N1,UK,+442079460002,bob@example.com,1,Me,+442079460001"
    ) == {
        "First Name": "given_name",
        "Last Name": "surname",
        "Account Name": "company",
        "Mailing Street": "street",
        "Mailing City": "city",
        "Mailing State/Province": "province",
        "Mailing Zip/Postal Code": "postcode",
        "Mailing Country": "country",
        "Phone": "phone",
        "Email": "email",
        "Contact Owner": "owner",
        "Account Phone": "phone",
    }


@pytest.mark.parametrize("heading", ["Contact Owner", "Company owner", "Account Owner"])
def test_owners_of_other_programs_are_owners(heading):
    assert proposed(**{"Name": PERSON, heading: ["甲", "乙"]})[heading] == "owner"


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("微信昵称", ["sunny_day_88", "tea_lover_1"]), ("传真", ["021-62345678", "021-62345679"]), ("Fax number", PHONES),
        ("负责人电话", PHONES), ("负责人邮箱", MAILS), ("业务员手机", PHONES), ("销售电话", PHONES), ("Owner Email", MAILS),
        ("Sales rep phone", PHONES), ("E-mail Display Name", MAILS), ("手机是否停机", ["是", "否"]),
        ("手机品牌", ["华为", "小米"]), ("邮箱状态", ["有效", "退信"]), ("加微信了吗", ["加了", "没加"]),
        ("身份证有效期", ["长期", "长期"]), ("生日祝福", ["已发", "未发"]),
        ("Email Bounced Reason", ["full", "gone"]), ("Web address", ["https://a.example", "https://b.example"]),
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_contact_detail_goes_nowhere(heading, cells):
    assert proposed(姓名=PERSON, **{heading: cells}) == {"姓名": "name"}


@pytest.mark.parametrize(
    ("heading", "cells", "target"),
    [
        ("紧急联系手机", PHONES, "phone"), ("紧急联系手机", ["138 0013 8000 / 139 0013 9000", ""], "phone"),
        ("客户的电话", ["", ""], "phone"), ("Customer e-mail (work)", ["a@example.com; b@example.com", "x"], "email"),
        ("本人微信", ["tea_lover_1", "13800138000"], "wechat"), ("法人身份证", ["11010519491231002X", ""], "identity_number"),
        ("宝宝生日", ["2019-03-04", "农历八月十五"], "birthday"), ("收货地址", ["人民路1号", "解放路2号"], "street"),
        ("收货邮编", ["200000", ""], "postcode"),
    ],
)  # fmt: skip
def test_part_of_a_heading_suffices_where_the_cells_fit(heading, cells, target):
    assert proposed(姓名=PERSON, **{heading: cells})[heading] == target


def test_of_two_addresses_that_are_guessed_the_one_is_taken_that_is_filled():
    assert proposed(姓名=PERSON, 注册地址=["", ""], 收货地址=["人民路1号", ""]) == {
        "姓名": "name",
        "收货地址": "street",
    }
