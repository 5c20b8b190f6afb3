"""How well a search fits, why it found a customer, and what it forgives."""
# ruff: noqa: E501

from datetime import timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from customers.actions.customer import edit_customer
from customers.enums import MatchedBy
from customers.models import Customer
from customers.queries.found import notes_for
from customers.queries.palette import palette_hits
from customers.queries.search import find, found_by
from customers.spelling import alike, guess, neighbours
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_search import VIEW, names
from interactions.models import CustomerContact
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory, grant

pytestmark = [pytest.mark.django_db, pytest.mark.search]


@pytest.fixture
def viewer(admin):
    return viewer_for(admin)


def why(viewer, text) -> dict[str, str]:
    """Name → the words beside it."""
    matches = find(text, viewer, VIEW)
    rows = Customer.objects.visible_to(viewer, VIEW).in_bulk(list(matches.by))
    with translation.override("en"):
        notes = notes_for(matches, rows)
    return {rows[key].name: notes.get(key, "") for key in rows}


@pytest.mark.parametrize(
    "typed",
    ["zs", "zhangs", "zhangsan", "zhang san", "Zhang San", "san zhang", "ZHANG  s", "张san", "zhang三"],
)
def test_a_reading_may_be_typed_whole_in_part_or_in_pieces(admin, viewer, typed):
    CustomerFactory(name="张三", kind="person", owner=admin)
    CustomerFactory(name="李四", kind="person", owner=admin)
    assert names(viewer, typed) == ["张三"]


@pytest.mark.parametrize("form", ["Group", "LIMITED"])
def test_a_legal_form_is_no_slip_of_the_pen(admin, viewer, form):
    CustomerFactory(name=f"Evergreen {form}", owner=admin)
    assert names(viewer, f"evergren {form}") == [f"Evergreen {form}"]
    assert guess(1, f"Evergreen {form}").joined == []
    assert [len(word.meant) > 0 for word in guess(1, f"Evergreen {form}").words] == [True, False]
    assert guess(1, "zhang san").joined


@pytest.mark.parametrize(
    ("name", "typed"),
    [("重庆小面餐饮", "chongqing"), ("长沙臭豆腐", "changsha"), ("厦门航运", "xiamen"), ("民生银行", "minshengyinhang"), ("乐清电器", "yueqing"),
     ("都江堰水利", "dujiangyan"), ("广厦建设", "guangsha"), ("西藏药业", "xizang"), ("海参商行", "haishenshanghang"), ("曾记餐饮", "zengji"),
     ("单氏五金", "shanshi"), ("吕氏商贸", "lvshi"), ("绿城", "lvcheng"), ("绿城", "lyucheng"), ("吕布", "lubu")],
)  # fmt: skip
def test_names_of_companies_are_read_as_people_read_them(admin, viewer, name, typed):
    CustomerFactory(name=name, owner=admin)
    assert names(viewer, typed) == [name]


def test_better_matches_come_first(admin, viewer):
    CustomerFactory(name="远洋物流", owner=admin, people=["青松"])
    CustomerFactory(name="四季常绿", owner=admin, aliases=["青松"])
    CustomerFactory(name="晴颂", owner=admin)
    CustomerFactory(name="大青松", owner=admin)
    CustomerFactory(name="青松科技", owner=admin)
    CustomerFactory(name="青松", owner=admin)
    assert names(viewer, "青松") == ["青松", "青松科技", "大青松", "四季常绿", "远洋物流"]
    found = names(viewer, "qingsong")
    assert found[-2:] == ["四季常绿", "远洋物流"]
    assert set(found[:-2]) == {"青松", "青松科技", "晴颂"}


def test_of_equal_matches_ones_own_come_first(admin, colleague, viewer):
    CustomerFactory(name="青松一号", owner=admin)
    CustomerFactory(name="青松二号", owner=colleague)
    assert names(viewer, "青松") == ["青松一号", "青松二号"]
    assert names(viewer, "二号") == ["青松二号"]


def test_the_result_says_why_it_was_found(admin, viewer):
    CustomerFactory(
        name="常青科技", owner=admin, phones=["13812345678"], emails=["info@example.com"], wechats=["wx_evergreen"],
        aliases=["Evergreen Tech", "绿树"], people=["王芳"], identity_number="91330106MA2CEXNH3X", bank_account="6222021234567890",
    )  # fmt: skip
    found = {
        "常青": "",
        "C000001": "",
        "changqing": "by pinyin",
        "evergreen": "also known as Evergreen Tech",
        "lvshu": "also known as 绿树",
        "绿": "also known as 绿树",
        "王芳": "contact person 王芳",
        "wf": "contact person 王芳",
        "13812345678": "by phone number",
        "5678": "by the end of a phone number",
        "info@example.com": "by email address",
        "wx_evergreen": "by WeChat",
        "91330106MA2CEXNH3X": "by identity number",
        "6222021234567890": "by bank account",
        "常轻科技": "spelt alike",
    }
    assert {typed: why(viewer, typed).get("常青科技") for typed in found} == found


@pytest.mark.parametrize(
    ("name", "kind", "typed"),
    [("张三", "person", "张珊"), ("张三", "person", "zhangsna"), ("张三", "person", "zhansan"), ("张三", "person", "章三"),
     ("刘宁", "person", "liunign"), ("李娜", "person", "lila"), ("王芳", "person", "wanfang"),
     ("Microsoft China", "company", "mircosoft"), ("Microsoft China", "company", "microsft china"), ("Siemens", "company", "siemnes"),
     ("Schneider Electric", "company", "shneider elektric"), ("Müller & Söhne", "company", "muller"), ("Müller & Söhne", "company", "muler"),
     ("深圳华为技术有限公司", "company", "深圳华伟技术"), ("浙江云帆科技有限公司", "company", "浙江云帆科枝"),
     ("Microsoft China", "company", "mic rosfot"),
     ("成都振华服饰（集团）有限公司", "company", "成都振华贾饰（集团）有限公司"),
     ("成都振华服饰（集团）有限公司", "company", "成都振华服饰（级团）有限公司")],
)  # fmt: skip
def test_mistyped_names_are_found(admin, viewer, name, kind, typed):
    CustomerFactory(name=name, kind=kind, owner=admin)
    CustomerFactory(name="完全不同", owner=admin)
    assert names(viewer, typed) == [name]


@pytest.mark.parametrize(
    "typed", ["zhao", "abc", "李", "microsoft office", "完全相同的名字", "zhangwu", "siemensstadt"]
)
def test_other_names_are_no_spelling_of_it(admin, viewer, typed):
    for name in ("张三", "Microsoft", "Siemens"):
        CustomerFactory(name=name, kind="person", owner=admin)
    assert names(viewer, typed) == []


def test_words_as_they_stand_come_before_what_begins_like_them(admin, viewer):
    alpha = [CustomerFactory(name=f"Alpha Group {number}", owner=admin) for number in range(3)]
    longer = CustomerFactory(name="Alphabet Grouping", owner=admin)

    def found(most):
        return set(find("alpha group", viewer, VIEW, most=most).by)

    assert found(4) == {longer.pk, *(one.pk for one in alpha)}
    assert found(3) == {one.pk for one in alpha}
    assert found(2) == {alpha[1].pk, alpha[2].pk}
    assert set(find("group alpha", viewer, VIEW, most=3).by) == {one.pk for one in alpha}


def test_whoever_is_found_by_words_as_they_stand_is_ranked_as_otherwise(admin, viewer):
    by_name = CustomerFactory(name="North Alpha Group", owner=admin)
    by_alias = CustomerFactory(name="贝塔", owner=admin, aliases=["Alpha Group"])
    by_person = CustomerFactory(name="伽马", owner=admin, people=["Alpha Group"])
    for most in (3, 500):
        by = find("alpha group", viewer, VIEW, most=most).by
        assert [by[one.pk] for one in (by_name, by_alias, by_person)] == [
            MatchedBy.NAME, MatchedBy.ALIAS, MatchedBy.PERSON,
        ]  # fmt: skip


def test_guesses_are_left_out_when_enough_is_found(admin, viewer):
    for number in range(3):
        CustomerFactory(name=f"Siemens {number}", owner=admin)
    CustomerFactory(name="Siemans", owner=admin)
    assert set(names(viewer, "siemens")) == {"Siemens 0", "Siemens 1", "Siemens 2"}
    assert names(viewer, "siemens 1") == ["Siemens 1"]


def test_a_guess_stays_within_scope_and_organisation(admin, rep, colleague, theirs):
    CustomerFactory(name="Siemens", owner=colleague, aliases=["西门子"], people=["王芳"])
    for typed in ("siemnes", "西门仔", "西门子", "wangfang", "siemens"):
        assert names(viewer_for(rep), typed) == []
    with organization_context(theirs):
        stranger = MembershipFactory()
        grant(stranger)
        for typed in ("siemnes", "西门子", "ximenzi", "王芳"):
            assert names(viewer_for(stranger), typed) == []


def test_other_names_are_typed_changed_and_taken_away_on_the_form(rep):
    base = {"kind": "company", "relationship": "customer", "tier": "ordinary", "name": "常青科技有限公司", "owner": str(rep.pk),
            "points-TOTAL_FORMS": "0", "points-INITIAL_FORMS": "0", "aliases-INITIAL_FORMS": "0"}  # fmt: skip
    rows = {
        "aliases-TOTAL_FORMS": "5", "aliases-0-name": " 常青 ", "aliases-0-kind": "short", "aliases-1-name": "Ｅvergreen",
        "aliases-1-kind": "brand", "aliases-2-name": "", "aliases-3-name": "evergreen", "aliases-4-name": "常青科技有限公司",
    }  # fmt: skip
    client = browser(rep)
    answer = client.post(f"{URL}new/", {**base, **rows, "id": "01890000-0000-7000-8000-000000000001"})
    assert answer.status_code == 302
    customer = Customer.objects.get()
    stored = customer.aliases.values_list("kind", "name", "position")
    assert list(stored) == [("short", "常青", 0), ("brand", "Evergreen", 1)]
    page = client.get(f"{URL}{customer.pk}/edit/")
    form = page.context["form"]
    hidden = {name: form[name].value() for name in ("version", "snapshot")}
    change = {
        "aliases-TOTAL_FORMS": "3", "aliases-0-name": "常青", "aliases-0-gone": "on", "aliases-1-name": "Evergreen",
        "aliases-1-kind": "brand", "aliases-2-name": "旧名", "aliases-2-kind": "former",
    }  # fmt: skip
    assert client.post(f"{URL}{customer.pk}/edit/", {**base, **hidden, **change}).status_code == 302
    assert list(customer.aliases.values_list("kind", "name")) == [("brand", "Evergreen"), ("former", "旧名")]
    assert client.get(URL, {"q": "旧名"}).context["rows"][0]["note"] == "also known as 旧名"
    assert client.get(URL, {"q": "evergreen"}).context["rows"][0]["name"] == "常青科技有限公司"
    body = client.get(f"{URL}{customer.pk}/").content.decode()
    assert "旧名" in body
    too_long = {"aliases-TOTAL_FORMS": "1", "aliases-0-name": "长" * 201, "aliases-0-kind": "short"}
    assert client.post(f"{URL}{customer.pk}/edit/", {**base, **hidden, **too_long}).status_code in (409, 422)


def test_an_edit_without_other_names_leaves_them(admin, viewer):
    customer = CustomerFactory(name="常青科技", owner=admin, aliases=["绿树"])
    customer.version += 1
    customer.city = "杭州"
    edit_customer(customer, actor=admin)
    assert names(viewer, "绿树") == ["常青科技"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_costs_the_same_for_one_and_for_three(admin, viewer, count, django_assert_num_queries):
    for number in range(count):
        CustomerFactory(name=f"公司{number}", owner=admin, aliases=[f"青松{number}"], people=["王青松"])
    for _ in range(3 - count):
        CustomerFactory(name="青松", owner=admin)
    with django_assert_num_queries(3):
        assert len(palette_hits(viewer, "青松", 6)) == 3
    with django_assert_num_queries(2):  # the second statement asks for what is spelt alike
        assert palette_hits(viewer, "siemens", 6) == []


def test_a_search_of_nothing_asks_nothing(viewer, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(found_by(Customer.objects.all(), " !? ", viewer, VIEW)) == []


WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12)


@given(word=WORD, place=st.integers(0, 11), letter=st.sampled_from("abcxyz"))
def test_neighbours_are_symmetric_and_hold_every_slip_of_one_letter(word, place, letter):
    place = min(place, len(word) - 1)
    slips = {word[:place] + letter + word[place:], word[:place] + letter + word[place + 1 :]}
    slips.add(word[:place] + word[place + 1 :])
    slips.add(word[:place] + word[place : place + 2][::-1] + word[place + 2 :])
    near = neighbours(word)
    assert slips - {word} <= near
    assert word not in near
    assert all(word in neighbours(one) for one in list(near)[:20])


def test_readings_that_sound_alike():
    assert {"zhangshan", "zhangsan", "zangsan", "zhansan"} <= set(alike(["zhang", "shan"]))
    assert alike(["ba"]) == ["ba"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Evergreen Trading Ltd", "evergrene"),
        ("Evergreen Trading Ltd", "evergren tradign"),
        ("Evergreen Trading Ltd", "evrgreeen"),
        ("Evergreen Trading Ltd", "avergrean"),
        ("Müllerschön GmbH", "mullershcon"),
        ("Christopher Montgomery", "christofer montgommery"),
        ("Christopher Montgomery", "chirstopehr"),
    ],
)
def test_long_words_may_be_two_letters_off(admin, viewer, name, typed):
    CustomerFactory(name=name, owner=admin)
    CustomerFactory(name="Everlasting Trades", owner=admin)
    assert names(viewer, typed) == [name]


@pytest.mark.parametrize(
    "typed", ["evegrn", "evxrgrxxn", "vxergreen北京", "greenever", "'; drop table", "evergrxxx\x00"]
)
def test_short_words_and_three_letters_are_too_much(admin, viewer, typed):
    CustomerFactory(name="Evergreen Trading Ltd", owner=admin)
    assert names(viewer, typed) == []


def test_two_letters_off_stays_within_scope_and_organisation(admin, rep, colleague, theirs):
    CustomerFactory(name="Evergreen One", owner=colleague)
    with organization_context(theirs):
        CustomerFactory(name="Evergreen Two")
    assert names(viewer_for(rep), "evregrene") == []
    assert names(viewer_for(admin), "evregrene") == ["Evergreen One"]


def test_of_equal_matches_who_was_spoken_with_comes_first_but_behind_ones_own(admin, colleague, viewer):
    own, spoken, _other = (
        CustomerFactory(name=f"海棠茶馆{place}店", owner=owner)
        for place, owner in (("一", admin), ("二", colleague), ("三", colleague))
    )
    long_ago = CustomerFactory(name="海棠茶馆四店", owner=colleague)
    for customer, days in ((spoken, 3), (long_ago, 90)):
        contacts = CustomerContact.objects.filter(customer=customer)
        assert contacts.update(last_at=timezone.now() - timedelta(days=days)) == 1
    assert names(viewer, "海棠茶馆") == [own.name, spoken.name, long_ago.name, "海棠茶馆三店"]
    exact = CustomerFactory(name="海棠茶馆", owner=colleague)
    assert names(viewer, "海棠茶馆")[0] == exact.name
