"""Names in their forms, and what makes two customers the same one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customers.likeness.blocking import MOST, Blocks, keys_of, unpacked
from customers.likeness.names import called_alike, company_name
from customers.likeness.record import Record
from customers.likeness.scoring import THRESHOLD, compare


def company(name, **facts):
    return Record(key=name, name=name, is_company=True, **facts)


def person(name, **facts):
    return Record(key=name, name=name, **facts)


def codes(one, two):
    return [code for code, _params in compare(one, two).reasons]


def alike(one, two):
    return compare(one, two).points >= THRESHOLD


@pytest.mark.parametrize(
    "name",
    [
        "晨光科技有限公司", "晨光科技有限责任公司", "晨光科技股份有限公司", "晨光科技公司", "晨光科技", "北京晨光科技有限公司",
        "北京市晨光科技(集团)有限公司", "晨光科技（北京）有限公司", "晨光科技集团", " 晨光　科技有限公司 ",
    ],
)  # fmt: skip
def test_the_forms_of_one_chinese_name_have_one_core(name):
    assert company_name(name).core == "晨光科技"
    assert alike(company(name), company("晨光科技有限公司"))


@pytest.mark.parametrize(
    "name", ["Acme Trading Co., Ltd.", "ACME Trading Inc", "The Acme Trading GmbH", "Acmé Trading"]
)
def test_the_forms_of_one_latin_name_have_one_core(name):
    assert company_name(name).core == "acme trading"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("晨光科技有限公司上海分公司", "晨光科技有限公司"),
        ("晨光科技有限公司上海分公司", "晨光科技有限公司广州分公司"),
        ("北京晨光科技有限公司", "上海晨光科技有限公司"),
        ("晨光科技有限公司", "晨曦科技有限公司"),
        ("中信银行", "中国银行"),
        ("公司", "集团"),
    ],
)
def test_branches_regions_and_other_names_are_not_the_same(one, two):
    assert not alike(company(one), company(two))


def test_a_name_that_reads_the_same_or_was_used_before_counts():
    assert codes(company("晨光科技有限公司"), company("辰光科技公司")) == ["name_sound"]
    sounds = [company_name(name).sound for name in ("晨光科技有限公司", "辰光科技公司")]
    assert sounds == ["chenguangkeji", "chenguangkeji"]
    assert codes(company("晨光科技", aliases=("旭日贸易",)), company("旭日贸易有限公司")) == ["name_alias"]


@pytest.mark.parametrize("name", ["!!!", "—", "***", "😀", "___"])
def test_a_name_without_a_letter_or_a_digit_is_like_itself_alone(name):
    assert called_alike(name, name)
    assert not any(
        called_alike(name, other) or called_alike(other, name) for other in ("晨光科技", "Acme", "!!", "__")
    )
    assert not alike(company(name), company("!!")) and company_name(name).sound


def test_persons_need_more_than_a_name():
    one, two = person("王芳"), person("王芳")
    assert not alike(one, two)
    assert not alike(person("王芳", city="上海"), person("王芳", city="上海市"))
    assert alike(person("王芳", birthday="19900101"), person("王芳", birthday="19900101"))
    assert not alike(person("王芳", birthday="19900101"), person("王芳", birthday="19751231"))
    assert alike(person("王芳", phones=frozenset((1,))), person("王方", phones=frozenset((1, 2))))
    assert not alike(person("王芳", phones=frozenset((1,))), person("李雷", phones=frozenset((1,))))
    assert alike(person("Zhang San", emails=frozenset((1,))), person("张三", emails=frozenset((1,))))


def test_an_address_speaks_by_its_numbers():
    here = {"city": "北京", "street": "人民路12号3单元401室"}
    assert alike(person("王芳", **here), person("王芳", **here))
    assert not alike(person("王芳", **here), person("王芳", city="北京", street="人民路12号3单元402室"))


def test_latin_names_with_slips_and_turned():
    facts = {"street": "12 high street", "city": "leeds", "postcode": "LS1"}
    assert alike(person("John Smith", **facts), person("Jhon Smith", **facts))
    assert alike(person("John Smith", **facts), person("Smith John", **facts))


@given(st.lists(st.integers(0, 5), min_size=2, max_size=40))
def test_pairs_are_those_that_share_a_key_each_once(keys):
    blocks = Blocks()
    for place, key in enumerate(keys):
        blocks.add(place, [("k", key), ("k", key), ("own", place)])
    found = [unpacked(pair) for part in blocks.pairs() for pair in part]
    wanted = [(a, b) for a in range(len(keys)) for b in range(a + 1, len(keys)) if keys[a] == keys[b]]
    assert sorted(found) == wanted == found


def test_a_key_that_too_many_share_is_skipped_and_marks_narrow():
    blocks = Blocks()
    for place in range(MOST + 1):
        blocks.add(place, [("common",)])
    blocks.add(MOST + 1, [("rare",)])
    blocks.add(MOST + 2, [("rare",), ("other",)])
    blocks.add(MOST + 3, [("other",)])
    marks = bytearray(MOST + 4)
    marks[MOST + 3] = 1
    assert [unpacked(p) for part in blocks.pairs(marks) for p in part] == [(MOST + 2, MOST + 3)]


@example("1001:1", "100϶000", False)
@given(st.text(max_size=40), st.text(max_size=40), st.booleans())
def test_any_text_can_be_compared_and_the_answer_has_no_sides(one, two, is_company):
    make = company if is_company else person
    a, b = make(one or "x"), make(two or "x")
    assert compare(a, b).points == compare(b, a).points
    assert len(list(keys_of(a))) >= 1
