"""Tags: made and merged by whoever keeps them, put on customers, searched and filtered by."""

import pytest

from customers.actions.tags import archive_tag, link_tags, merge_tags, save_tag, set_tags
from customers.models import Customer, CustomerTag, Tag, TimelineEntry
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory, TagFactory
from customers.tests.test_customer_list import CONTEXT, URL, browser, listed
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.errors import Refused

pytestmark = pytest.mark.django_db
MANAGE = "customers.manage_tags"


@pytest.fixture
def keeper(inside_ours):
    return member_with("customers.view_customer", MANAGE, name="标签管理")


def tagged_with(customer) -> list[str]:
    return sorted(str(link.tag) for link in CustomerTag.objects.filter(customer=customer))


def form(**fields):
    return {"tone": "green", **fields}


def test_a_tag_is_made_renamed_archived_and_brought_back(keeper):
    client = browser(keeper)
    assert client.post(f"{URL}tags/new/", form(label_zh=" 老客户 ", label_en="Loyal")).status_code == 302
    tag = Tag.objects.get()
    assert (tag.label_zh, tag.key_en, tag.tone) == ("老客户", "loyal", "green")
    page = client.get(f"{URL}tags/{tag.pk}/")
    data = form(label_zh="忠诚客户", label_en="Loyal", version=page.context["form"].initial["version"])
    assert client.post(f"{URL}tags/{tag.pk}/", data).status_code == 302
    assert client.post(f"{URL}tags/{tag.pk}/", data | {"label_zh": "又一个"}).status_code == 409
    client.post(f"{URL}tags/{tag.pk}/archive/")
    assert list(Tag.objects.active()) == []
    client.post(f"{URL}tags/{tag.pk}/restore/")
    assert [one.label_zh for one in Tag.objects.active()] == ["忠诚客户"]


@pytest.mark.parametrize("page", ["", "merge/"])
def test_the_forms_of_a_tag_are_whole(keeper, page):
    tag = TagFactory(label_zh="贵宾")
    TagFactory(label_zh="老客户")
    content = browser(keeper).get(f"{URL}tags/{tag.pk}/{page}").content.decode()
    assert content.count('<div id="div_id_') == (1 if page else 4)
    assert "&lt;贵宾" not in content and "<贵宾" not in content


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"label_zh": "vip"},
        {"label_en": "ＶＩＰ"},
        {"label_zh": "x" * 41},
        {"label_zh": "甲", "tone": "pink"},
        {"label_zh": "\u200b\u202e"},
    ],
)
def test_what_is_no_label_or_taken_is_refused(keeper, fields):
    TagFactory(label_zh="贵宾", label_en="VIP")
    assert browser(keeper).post(f"{URL}tags/new/", form(**fields)).status_code == 422
    assert Tag.objects.count() == 1


def test_labels_speak_the_readers_language_and_one_stands_in_for_the_other(keeper):
    from django.utils.translation import override

    both, english = Tag(label_zh="重点", label_en="Key"), Tag(label_en="Only")
    with override("zh-hans"):
        assert (str(both), str(english)) == ("重点", "Only")
    with override("en"):
        assert (str(both), str(english)) == ("Key", "Only")


def test_tags_are_put_on_and_taken_off_and_the_timeline_says_so(rep, colleague, theirs):
    customer, foreign = CustomerFactory(owner=rep), CustomerFactory(owner=colleague)
    one, two = TagFactory(label_zh="甲"), TagFactory(label_zh="乙")
    with organization_context(theirs):
        outside = TagFactory(label_zh="外")
    client = browser(rep)
    url = f"{URL}{customer.pk}/tags/"
    assert client.post(url, {"tags": [str(one.pk), str(two.pk)]}).status_code == 302
    assert tagged_with(customer) == ["乙", "甲"]
    assert client.post(url, {"tags": [str(two.pk)], "held": f"{one.pk},{two.pk}"}).status_code == 302
    assert tagged_with(customer) == ["乙"]
    assert client.post(url, {"tags": [str(outside.pk)]}).status_code == 422
    assert client.post(f"{URL}{foreign.pk}/tags/", {"tags": [str(one.pk)]}).status_code == 404
    lines = TimelineEntry.objects.filter(kind="customer.tagged").order_by("pk")
    assert [(line.params["what"], line.params["labels"][0][0]) for line in lines] == [
        ("added", "甲"), ("removed", "甲"),
    ]  # fmt: skip
    assert Customer.objects.get(pk=customer.pk).version == 3


def test_what_a_colleague_has_tagged_meanwhile_stays(rep):
    customer, one, two = CustomerFactory(owner=rep), TagFactory(label_zh="甲"), TagFactory(label_zh="乙")
    set_tags(customer, [one.pk], actor=rep)
    browser(rep).post(f"{URL}{customer.pk}/tags/", {"tags": [str(two.pk)], "held": ""})
    assert tagged_with(customer) == ["乙", "甲"]


@pytest.mark.parametrize(
    ("match", "names"),
    [
        ("", ["只乙", "甲乙", "只甲"]),
        ("all", ["甲乙"]),
        ("none", ["没有"]),
        ("nonsense", ["只乙", "甲乙", "只甲"]),
    ],
)
def test_the_list_filters_by_any_all_or_none(admin, match, names):
    one, two = TagFactory(label_zh="甲"), TagFactory(label_zh="乙")
    for name, tags in (("没有", []), ("只甲", [one]), ("甲乙", [one, two]), ("只乙", [two])):
        set_tags(CustomerFactory(name=name, owner=admin), [tag.pk for tag in tags], actor=admin)
    query = {"tag": [str(one.pk), str(two.pk)], "tag_match": match, "sort": "-created"}
    assert sorted(listed(browser(admin).get(URL, query))) == sorted(names)


def test_a_broken_tag_filters_nothing(admin):
    CustomerFactory(name="甲", owner=admin)
    for value in ("nonsense", "\x00", "00000000-0000-0000-0000-000000000000"):
        assert listed(browser(admin).get(URL, {"tag": value})) == ["甲"]


@pytest.mark.parametrize("customers", [1, 3])
def test_chips_in_the_list_cost_one_statement(admin, customers, django_assert_num_queries):
    tag = TagFactory(label_zh="贵宾", label_en="VIP")
    for number in range(customers):
        set_tags(CustomerFactory(name=f"客户{number}", owner=admin), [tag.pk], actor=admin)
    client = browser(admin)
    client.get(URL)
    with django_assert_num_queries(10 + CONTEXT):
        response = client.get(URL)
    assert response.content.decode().count(">VIP</span>") == customers


def test_a_search_finds_by_tag_by_its_new_label_and_within_reach(rep, colleague):
    tag = TagFactory(label_zh="展会客户", label_en="Trade fair")
    mine, foreign = CustomerFactory(name="甲", owner=rep), CustomerFactory(name="乙", owner=colleague)
    link_tags([mine.pk, foreign.pk], [tag.pk], actor=None)
    for text in ("展会客户", "展会", "trade"):
        assert listed(browser(rep).get(URL, {"q": text})) == ["甲"]
    tag.label_zh = "春季展"
    save_tag(tag)
    assert listed(browser(rep).get(URL, {"q": "春季展"})) == ["甲"]
    assert listed(browser(rep).get(URL, {"q": "展会客户"})) == []


def test_a_merge_moves_every_customer_once_and_archives_the_other(keeper):
    old, new = TagFactory(label_zh="旧"), TagFactory(label_zh="新")
    both, one = CustomerFactory(), CustomerFactory()
    link_tags([both.pk, one.pk], [old.pk], actor=None)
    link_tags([both.pk], [new.pk], actor=None)
    assert browser(keeper).post(f"{URL}tags/{old.pk}/merge/", {"into": str(new.pk)}).status_code == 302
    assert tagged_with(both) == tagged_with(one) == ["新"]
    assert Tag.objects.get(pk=old.pk).archived_at is not None
    with pytest.raises(Refused):
        merge_tags(new, Tag.objects.get(pk=old.pk), actor=None)
    assert browser(keeper).post(f"{URL}tags/{new.pk}/merge/", {"into": str(new.pk)}).status_code == 422


def test_a_rep_uses_tags_and_does_not_keep_them(rep):
    tag = TagFactory(label_zh="甲")
    archived = TagFactory(label_zh="旧")
    archive_tag(archived)
    client = browser(rep)
    assert (
        client.get(f"{URL}tags/").status_code
        == client.post(f"{URL}tags/{tag.pk}/archive/").status_code
        == 403
    )
    customer = CustomerFactory(owner=rep)
    page = client.get(f"{URL}{customer.pk}/tags/").content.decode()
    assert "甲" in page and "旧" not in page


def test_a_member_of_a_department_reaches_no_further_by_tags(inside_ours, rep, colleague):
    tag = TagFactory(label_zh="甲")
    lead = member_with("customers.view_customer", scope=Scope.DEPARTMENT, department=rep.department)
    link_tags([CustomerFactory(name="近", owner=rep).pk, CustomerFactory(name="远", owner=colleague).pk],
              [tag.pk], actor=None)  # fmt: skip
    assert listed(browser(lead).get(URL, {"tag": str(tag.pk)})) == ["近"]


@pytest.mark.django_db
@pytest.mark.parametrize("most, shown", [(3, "3"), (2, "3"), (1, "2")])
def test_the_customers_of_a_tag_are_counted_as_far_as_it_is_cheap(keeper, monkeypatch, most, shown):
    monkeypatch.setattr("customers.queries.tags.MOST_COUNTED", most)
    with organization_context(keeper.organization):
        tag, other = TagFactory(label_zh="展会"), TagFactory(label_zh="没人")
        link_tags([CustomerFactory(owner=keeper).pk for _ in range(3)], [tag.pk], actor=keeper)
    found = {row.pk: row.customers for row in browser(keeper).get(f"{URL}tags/").context["tags"]}
    assert found == {tag.pk: int(shown), other.pk: 0}
