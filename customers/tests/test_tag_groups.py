"""Groups of tags: kept in two languages and in an order, and the tags stand under them wherever they are chosen."""

import pytest

from customers.actions.tags import set_tags
from customers.models import Tag, TagGroup
from customers.queries.tags import tags_along, tags_in_order, tags_read
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory, TagFactory, TagGroupFactory
from customers.tests.test_customer_list import URL, browser
from customers.tests.test_tags import MANAGE
from tenancy.context import organization_context

pytestmark = pytest.mark.django_db
GROUPS = f"{URL}tags/groups/"


@pytest.fixture
def keeper(inside_ours):
    return member_with("customers.view_customer", "customers.change_customer", MANAGE, name="标签管理")


@pytest.fixture
def tags(inside_ours):
    """Two groups, the second before the first, and a tag of none."""
    late = TagGroupFactory(label_zh="特点", label_en="Character", position=2)
    early = TagGroupFactory(label_zh="来源", label_en="Origin", position=1)
    return [
        TagFactory(label_zh="", label_en="Alone"),
        TagFactory(label_zh="", label_en="Careful", group=late),
        TagFactory(label_zh="", label_en="Fair", group=early),
        TagFactory(label_zh="", label_en="Browser", group=late),
    ]


ORDERED = ["Fair", "Browser", "Careful", "Alone"]


def test_a_group_is_made_changed_and_deleted_and_its_tags_stay(keeper, theirs):
    client = browser(keeper)
    data = {"label_zh": " 来源 ", "label_en": "Origin", "tone": "blue", "position": "2"}
    assert client.post(f"{GROUPS}new/", data).status_code == 302
    group = TagGroup.objects.get()
    assert (group.label_zh, group.label_en, group.tone, group.position) == ("来源", "Origin", "blue", 2)
    tag = {"label_zh": "展会", "tone": "green", "group": str(group.pk)}
    assert client.post(f"{URL}tags/new/", tag).status_code == 302
    page = client.get(URL + "tags/").content.decode()
    assert ">Origin</span>" in page
    assert client.get(GROUPS).context["groups"][0].held == 1
    changed = {**data, "label_en": "Source", "version": "1"}
    assert client.post(f"{GROUPS}{group.pk}/", changed).status_code == 302
    assert client.post(f"{GROUPS}{group.pk}/", {**changed, "label_en": "Other"}).status_code == 409
    with organization_context(theirs):
        foreign = TagGroupFactory()
    assert (
        client.post(f"{URL}tags/new/", {**tag, "label_zh": "别的", "group": str(foreign.pk)}).status_code
        == 422
    )
    assert client.post(f"{GROUPS}{group.pk}/delete/").status_code == 302
    assert list(Tag.objects.values_list("label_zh", "group")) == [("展会", None)]
    assert TagGroup.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"label_zh": "来源"},
        {"label_en": "x" * 41},
        {"label_zh": "甲", "position": "0"},
        {"label_zh": "甲", "position": "101"},
        {"label_zh": "甲", "position": "一"},
        {"label_zh": "甲", "tone": "pink"},
        {"label_zh": "\u200b\u202e"},
    ],
)
def test_what_cannot_be_a_group_is_refused(keeper, fields):
    TagGroupFactory(label_zh="来源")
    data = {"tone": "green", "position": "1", **fields}
    assert browser(keeper).post(f"{GROUPS}new/", data).status_code == 422
    assert TagGroup.objects.count() == 1


def test_tags_stand_in_the_order_of_their_groups(tags, rep):
    assert [str(tag) for tag in tags_in_order()] == ORDERED
    customer = CustomerFactory(owner=rep)
    set_tags(customer, [tag.pk for tag in tags], actor=rep)
    found = type(customer).objects.annotate(tags=tags_along()).get(pk=customer.pk).tags
    assert [str(tag) for tag in tags_read(found)] == ORDERED


@pytest.mark.parametrize("page", ["filters/", "{customer}/tags/"])
def test_whoever_chooses_tags_sees_them_under_their_groups(tags, keeper, page):
    customer = CustomerFactory(owner=keeper)
    body = browser(keeper).get(URL + page.format(customer=customer.pk)).content.decode()
    wanted = [
        "<strong>Origin</strong>",
        "Fair",
        "<strong>Character</strong>",
        "Browser",
        "Careful",
        "<strong>No group</strong>",
        "Alone",
    ]
    places = [body.index(word) for word in wanted]
    assert places == sorted(places)


def test_without_groups_nothing_is_said_of_them(keeper):
    TagFactory(label_zh="", label_en="Alone")
    customer = CustomerFactory(owner=keeper)
    body = browser(keeper).get(f"{URL}{customer.pk}/tags/").content.decode()
    assert "Alone" in body and "No group" not in body


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_and_for_three(keeper, count, django_assert_num_queries):
    for number in range(count):
        TagFactory(label_zh="", label_en=f"T{number}", group=TagGroupFactory(label_zh=f"组{number}"))
    client = browser(keeper)
    client.get(GROUPS)
    for address in (GROUPS, f"{URL}tags/"):
        with django_assert_num_queries(11):
            client.get(address)
