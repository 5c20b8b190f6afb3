"""Found by whatever a person remembers, within what they may see, and by nobody else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions.book import archive, assign_owner
from customers.enums import MatchedBy
from customers.models import Customer
from customers.queries.palette import palette_hits
from customers.queries.search import find, found_by
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import browser
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.tests.factories import MembershipFactory, grant

pytestmark = [pytest.mark.django_db, pytest.mark.search]
VIEW = "customers.view_customer"


def names(viewer, text, **options) -> list[str]:
    rows = Customer.objects.visible_to(viewer, VIEW)
    found = found_by(rows, text, viewer, VIEW, **options)
    same_among(rows, text, viewer, **options)
    return list(found.order_by("-score", "-pk").values_list("name", flat=True))


def same_among(rows, text, viewer, *, archived=False) -> None:
    """A narrowed list is asked row by row when there are more matches than are given: for the same, found the same way."""
    listed = rows if archived else rows.filter(archived_at=None)
    everywhere = find(text, viewer, VIEW, archived=archived).by
    sure = {key: way for key, way in everywhere.items() if way != MatchedBy.SPELLING}
    if sure:
        among = find(text, viewer, VIEW, archived=archived, most=1, among=listed)
        assert (among.by, among.is_whole) == (sure, True)


@pytest.mark.parametrize(
    "text",
    [
        "华",
        "华为",
        "为技",
        "技术",
        "限",
        "华为技术有限",
        "深圳华为技术",
        "huawei",
        "huaw",
        "hwjs",
        "C000001",
        "c000001",
        "shenzhen",
        "华为 有限",
    ],
)
def test_a_company_is_found_by_parts_of_its_name_its_reading_and_its_code(admin, text):
    CustomerFactory(name="深圳华为技术有限公司", owner=admin)
    CustomerFactory(name="Acme Trading Ltd", owner=admin)
    assert names(viewer_for(admin), text) == ["深圳华为技术有限公司"]


def test_a_rare_piece_beside_common_ones_finds_whoever_has_all_of_them(admin):
    other = MembershipFactory()
    for number in range(40):
        CustomerFactory(name=f"Harbour Group {number}", owner=other)
    CustomerFactory(name="Wantong Trading", owner=other)
    CustomerFactory(name="Wantong Group", owner=other)
    CustomerFactory(name="Wantong Grouping", owner=admin)
    grant(admin, VIEW, scope=Scope.ORGANIZATION)
    assert set(names(viewer_for(admin), "Wantong Group")) == {"Wantong Group", "Wantong Grouping"}
    grant(other, VIEW, scope=Scope.OWN)
    assert names(viewer_for(other), "wan group") == ["Wantong Group"]


@pytest.mark.parametrize(("name", "typed"), [("张三", "zs"), ("张三", "zhangsan"), ("曾小贤", "zengxiaoxian"),
    ("单田芳", "shan"), ("解晓东", "xiexd"[:3]), ("仇英", "qiuying"), ("区海伦", "ouhl"[:2]),
    ("朴树", "piaoshu"), ("查良镛", "zhaly"[:3])])  # fmt: skip
def test_people_are_found_by_the_reading_of_their_names(admin, name, typed):
    CustomerFactory(name=name, kind="person", owner=admin)
    assert names(viewer_for(admin), typed) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "138 1234 5678",
        "+86 138-1234-5678",
        "５６７８",
        "5678",
        "zhang@example.com",
        "Zhang@Example.COM",
        "wx_zhang3",
    ],
)
def test_a_phone_in_any_writing_its_ending_an_email_and_a_wechat_id_find_their_owner(admin, text):
    CustomerFactory(
        name="张三", owner=admin, phones=["13812345678"], emails=["zhang@example.com"], wechats=["wx_zhang3"]
    )
    CustomerFactory(name="李四", owner=admin, phones=["13912340000"], emails=["li@example.com"])
    assert names(viewer_for(admin), text) == ["张三"]


@pytest.mark.parametrize(
    "text", ["02161234567", "+86 21 6123 4567", "021-61234567-802", "021-61234567转802", "021 6123 4567 #802"]
)
def test_a_switchboard_is_found_by_its_number_with_and_without_an_extension(admin, text):
    CustomerFactory(name="有分机", owner=admin, phones=["+862161234567;ext=802"])
    CustomerFactory(name="无分机", owner=admin, phones=["+862161234567"])
    CustomerFactory(name="别处", owner=admin, phones=["+862161234568;ext=802"])
    assert sorted(names(viewer_for(admin), text)) == ["无分机", "有分机"]


@pytest.mark.parametrize(
    "text",
    [
        "1381234567",
        "3812345678",
        "1234",
        "zhang@example",
        "example.com",
        "",
        "  ",
        "😀",
        "!!",
        "'",
        "\\",
        "a & b",
        "x:*",
    ],
)
def test_parts_of_contact_details_and_empty_texts_find_nothing(admin, text):
    CustomerFactory(name="张三", owner=admin, phones=["13812345678"], emails=["zhang@example.com"])
    assert names(viewer_for(admin), text) == []


def test_exact_names_come_first_then_leading_ones_then_the_newest(admin):
    for name in ("华为", "大华为", "华为技术", "新华为"):
        CustomerFactory(name=name, owner=admin)
    assert names(viewer_for(admin), "华为") == ["华为", "华为技术", "新华为", "大华为"]


def test_characters_that_do_not_stand_together_do_not_match(admin):
    CustomerFactory(name="海上明月和上海", owner=admin)
    assert names(viewer_for(admin), "海上明") == ["海上明月和上海"]
    assert names(viewer_for(admin), "上海上") == []
    assert names(viewer_for(admin), "明月上海") == []


def test_scope_narrows_the_search_and_its_bound(rep, colleague, manager, monkeypatch):
    monkeypatch.setattr("customers.queries.search.MOST", 2)
    mine = [CustomerFactory(name=f"常青{n}", owner=rep).name for n in range(2)]
    for n in range(5):
        CustomerFactory(name=f"常青同事{n}", owner=colleague)
    CustomerFactory(name="常青无主")
    assert names(viewer_for(rep), "常青") == list(reversed(mine))
    assert names(viewer_for(manager), "常青") == list(reversed(mine))
    assert names(viewer_for(rep), "同事") == []
    assert [hit.label for hit in palette_hits(viewer_for(rep), "常青", 5)] == list(reversed(mine))


def test_a_customer_follows_its_owner_and_leaves_when_archived(admin, rep, colleague):
    customer = CustomerFactory(name="云帆科技", owner=rep)
    assign_owner([customer.pk], colleague, actor=admin)
    assert names(viewer_for(rep), "云帆") == []
    assert names(viewer_for(colleague), "云帆") == ["云帆科技"]
    archive([customer.pk], actor=admin)
    assert names(viewer_for(colleague), "云帆") == []
    assert names(viewer_for(colleague), "云帆", archived=True) == ["云帆科技"]


def test_another_organisation_finds_nothing_of_ours(admin, theirs):
    CustomerFactory(name="云帆科技", owner=admin, phones=["13812345678"])
    with organization_context(theirs):
        stranger = MembershipFactory()
        grant(stranger)
        for text in ("云帆", "yunfan", "13812345678", "5678", "C000001"):
            assert names(viewer_for(stranger), text) == []


CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=CHINESE, data=st.data())
def test_every_chinese_name_is_found_by_any_part_of_it(admin, name, data):
    CustomerFactory(name=name, owner=admin)
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert name in names(viewer_for(admin), name[start:end])


LATIN = st.lists(st.from_regex(r"[A-Za-zÀ-ÿ0-9]{2,12}", fullmatch=True), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=LATIN, data=st.data())
def test_every_latin_name_is_found_by_any_of_its_words(admin, words, data):
    name = " ".join(words)
    CustomerFactory(name=name, owner=admin)
    assert name in names(viewer_for(admin), data.draw(st.sampled_from(words)))


def test_the_palette_makes_a_customer_of_a_name_that_none_has(ours, rep):
    def last(member, typed):
        groups = browser(member).get("/o/ours/palette/", {"q": typed}).context["groups"]
        return [(group.label, *group.lines[-1].hit[:2]) for group in groups[-1:]]

    offered = (
        "Not found",
        "New customer “白鹭洲 Tea”",
        "/o/ours/customers/quick/?name=%E7%99%BD%E9%B9%AD%E6%B4%B2+Tea",
    )
    assert last(rep, " 白鹭洲  Tea") == [offered]
    assert last(rep, "13812345678") == []
    assert [label for label, *_line in last(rep, "new cust")] == ["Commands"]
    assert last(member_with("customers.view_customer"), "白鹭洲 Tea") == []
    CustomerFactory(owner=rep, name="白鹭洲 Tea")
    assert [label for label, *_line in last(rep, "白鹭洲 Tea")] == ["Customers"]


@pytest.mark.parametrize("typed", ["", "客户"])
def test_the_palette_shows_customers_before_commands_and_pages(ours, rep, typed):
    CustomerFactory(owner=rep, name="客户甲")
    groups = browser(rep).get("/o/ours/palette/", {"q": typed}).context["groups"]
    assert [group.label for group in groups] == ["Customers", "Commands", "Go to"]
