"""Tags in a file: found by their labels, made where one may, taken off again by a revert."""

import pytest

from customers.actions.tags import archive_tag, link_tags
from customers.importing.tags import Labels
from customers.importing.unreadable import Unreadable
from customers.models import Customer, CustomerTag, Tag, TimelineEntry
from customers.queries.search import search_among
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory, TagFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_import_pipeline import IMPORTER, importer, walk  # noqa: F401
from customers.tests.test_tags import tagged_with
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.models import MembershipRole
from tenancy.tests.factories import grant

HEAD = "姓名,手机,标签"


@pytest.fixture
def making(ours, inside_ours):
    return Walk(ours, member_with(*IMPORTER, "customers.manage_tags", name="标签管理"))


def codes(walk):  # noqa: F811
    return [row.problems and row.problems[0][0] for row in walk.batch.staged.order_by("number")]


def test_a_cell_may_hold_several_in_either_language(walk):  # noqa: F811
    for zh, en in (("老客户", "Loyal"), ("贵宾", "VIP"), ("展会", "Fair")):
        TagFactory(label_zh=zh, label_en=en)
    rows = (
        "甲,13800138000,老客户；ＶＩＰ、fair",
        '乙,13900139000,"贵宾, VIP"',
        "丙,13700137000,-",
        "丁,13600136000,",
    )
    walk.upload(csv_bytes(HEAD, *rows)).check()
    assert walk.batch.mapping == ["name", "phone", "tags"]
    walk.apply()
    customers = {customer.name: customer for customer in Customer.objects.all()}
    worn = {name: tagged_with(customer) for name, customer in customers.items()}
    assert worn == {"甲": ["展会", "老客户", "贵宾"], "乙": ["贵宾"], "丙": [], "丁": []}
    assert {customer.version for customer in customers.values()} == {1}
    assert {one.name for one in search_among(Customer.objects.all(), "贵宾", viewer_for(walk.member))} == {
        "甲",
        "乙",
    }
    walk.revert()
    assert (Customer.objects.count(), CustomerTag.objects.count(), Tag.objects.count()) == (0, 0, 3)


def test_who_may_not_make_tags_is_told_row_by_row(walk):  # noqa: F811
    TagFactory(label_zh="贵宾")
    archive_tag(TagFactory(label_zh="旧的"))
    rows = (
        "甲,13800138000,贵宾;新的",
        "乙,13900139000,旧的",
        f"丙,13700137000,{'长' * 41}",
        "丁,13600136000,贵宾",
    )
    walk.upload(csv_bytes(HEAD, *rows)).check()
    assert codes(walk) == ["unknown_tag", "archived_tag", "too_long", None]
    walk.apply()
    assert [customer.name for customer in Customer.objects.all()] == ["丁"]
    assert Tag.objects.count() == 2


def test_who_may_make_tags_makes_each_once(making, theirs):
    with organization_context(theirs):
        TagFactory(label_zh="新的")
    with organization_context(making.organization):
        rows = [f"客{number},1380013{number:04},新的；New；new" for number in range(5)]
        making.upload(csv_bytes(HEAD, *rows)).check()
        assert Tag.objects.count() == 0
        making.apply()
        made = Tag.objects.order_by("key_en").values_list("label_zh", "label_en")
        assert list(made) == [("新的", ""), ("", "New")]
        assert CustomerTag.objects.count() == 10


def test_who_has_lost_the_right_since_the_check_makes_none(making):
    making.upload(csv_bytes(HEAD, "甲,13800138000,新的", "乙,13900139000,")).check()
    MembershipRole.objects.filter(membership=making.member).delete()
    grant(making.member, *IMPORTER)
    making.apply()
    assert (codes(making), Tag.objects.count(), making.counts()) == (["tag_gone", None], 0, (1, 0, 0, 1))


def test_an_update_adds_tags_and_a_revert_takes_off_only_those(walk, importer):  # noqa: F811
    old, new = TagFactory(label_zh="旧"), TagFactory(label_zh="新")
    customer = CustomerFactory(name="甲", owner=importer, phones=["13800138000"])
    other = CustomerFactory(name="乙", owner=importer, phones=["13900139000"])
    link_tags([customer.pk, other.pk], [old.pk], actor=importer)
    walk.upload(csv_bytes(HEAD, "甲,13800138000,旧;新", "乙,13900139000,旧")).check(policy="update").apply()
    assert (tagged_with(customer), tagged_with(other)) == (["新", "旧"], ["旧"])
    assert [one.name for one in search_among(Customer.objects.all(), "甲", viewer_for(importer))] == ["甲"]
    line = TimelineEntry.objects.filter(customer=customer).order_by("-pk").first()
    assert line.params["fields"] == ["tags"]
    assert Customer.objects.get(pk=other.pk).version == 2
    walk.revert()
    assert (tagged_with(customer), tagged_with(other)) == (["旧"], ["旧"])
    assert new.links.count() == 0


@pytest.mark.parametrize("text", ["标签\u202e", " 标签 ", "标\u200b签"])
def test_what_cannot_be_seen_is_no_part_of_a_label(text):
    assert Labels({"标签": True}).read(text) == "标签"
    with pytest.raises(Unreadable):
        Labels({"别的": True}).read(text)
