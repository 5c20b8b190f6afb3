"""The 360° page: what is suggested and why, what is missing, the story by kinds and page by page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions.timeline import record
from customers.models import Customer, CustomerHealth, CustomerTag, PostponedSuggestion, Tag
from customers.queries.suggestions import suggestions_for, with_what_rules_need
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import CONTEXT, browser
from tenancy.access import viewer_for
from tenancy.tests.factories import grant

pytestmark = pytest.mark.django_db
CONTACTS = (
    "interactions.view_interaction",
    "interactions.add_interaction",
    "interactions.view_plan",
    "interactions.add_plan",
)


def url(customer, rest=""):
    return f"/o/ours/customers/{customer.pk}/{rest}"


def suggested(customer, member) -> list[str]:
    viewer = viewer_for(member)
    row = with_what_rules_need(Customer.objects.filter(pk=customer.pk), viewer).get()
    return [one.rule.key for one in suggestions_for(row, viewer)]


def test_the_heaviest_reason_comes_first_and_each_has_its_right(rep, admin):
    customer = CustomerFactory(name="甲公司")
    CustomerHealth.objects.filter(customer=customer).update(overdue=True)
    assert suggested(customer, admin) == ["owner", "reach", "verify", "person"]
    reader = member_with("customers.view_customer")
    assert suggested(customer, reader) == []
    page = browser(admin).get(url(customer)).content.decode()
    assert "Nobody looks after this customer." in page and "3 more suggestions" in page


def test_nothing_is_suggested_for_what_is_archived(admin):
    customer = CustomerFactory()
    Customer.objects.filter(pk=customer.pk).update(archived_at=timezone.now())
    assert suggested(customer, admin) == []


def test_not_now_is_remembered_until_the_day_and_for_oneself_alone(rep, manager):
    customer = CustomerFactory(owner=rep, phones=["13812345678"], name="甲公司")
    CustomerHealth.objects.filter(customer=customer).update(overdue=True)
    client, put_off = browser(rep), url(customer, "suggestions/verify/postpone/")
    answer = client.post(put_off, {"days": "7"}, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200 and "Nobody has confirmed" not in answer.content.decode()
    row = PostponedSuggestion.objects.get()
    assert (row.member, row.rule, row.until) == (rep, "verify", timezone.localdate() + timedelta(days=7))
    assert suggested(customer, rep) == ["person"]
    assert suggested(customer, manager) == ["verify", "person"]
    PostponedSuggestion.objects.update(until=timezone.localdate())
    assert suggested(customer, rep) == ["verify", "person"]
    assert client.post(put_off, {"days": "999"}).status_code == 302
    assert PostponedSuggestion.objects.get().until == timezone.localdate() + timedelta(days=7)
    assert client.post(url(customer, "suggestions/verify/recall/")).status_code == 302
    assert suggested(customer, rep) == ["verify", "person"]
    assert client.post(url(customer, "suggestions/nonsense/postpone/")).status_code == 404


def test_a_birthday_is_told_in_time(rep):
    today = timezone.localdate()
    for days, told in ((0, True), (14, True), (15, False)):
        day = today + timedelta(days=days)
        if (day.month, day.day) == (2, 29):
            continue
        customer = CustomerFactory(
            owner=rep, kind="person", phones=["13812345678"], birthday=day.replace(year=1996)
        )
        assert ("birthday" in suggested(customer, rep)) is told


def test_what_is_missing_leads_to_the_field(rep):
    customer = CustomerFactory(owner=rep, kind="person", phones=["13812345678"])
    page = browser(rep).get(url(customer)).content.decode()
    assert f"{url(customer)}edit/#div_id_birthday" in page and f"{url(customer)}edit/#id_street" in page
    edit = browser(rep).get(url(customer, "edit/")).content.decode()
    for anchor in ("contact-details", "div_id_birthday", "id_gender", "id_city", "id_street", "id_source"):
        assert f'id="{anchor}"' in edit
    reader = member_with("customers.view_customer")
    assert "edit/#div_id_birthday" not in browser(reader).get(url(customer)).content.decode()


def test_the_story_by_kinds_with_counts(rep):
    customer = CustomerFactory(owner=rep)
    for _ in range(3):
        record(customer.pk, "customer.edited", actor=rep, params={"fields": ["name"]})
    record(customer.pk, "customer.archived", actor=rep)
    client = browser(rep)
    page = client.get(url(customer, "timeline/"))
    assert [(chip["url"].partition("?")[2], chip["count"], chip["current"]) for chip in page.context["chips"]] == [
        ("", 5, True), ("kind=customer.created", 1, False), ("kind=customer.edited", 3, False),
        ("kind=customer.archived", 1, False),
    ]  # fmt: skip
    some = client.get(url(customer, "timeline/?kind=customer.edited&kind=customer.archived&kind=nonsense"))
    assert len(some.context["lines"]) == 4
    assert [chip["current"] for chip in some.context["chips"]] == [False, False, True, True]
    # A tap on a chip that is on takes it away and keeps the other.
    assert some.context["chips"][2]["url"] == f"{url(customer)}timeline/?kind=customer.archived"
    tabs = {tab["url"].split("/")[-2]: tab["count"] for tab in page.context["tabs"]}
    assert tabs["timeline"] == 5 and tabs["relations"] is None


def test_older_lines_come_as_a_fragment_and_as_a_page(rep):
    customer = CustomerFactory(owner=rep)
    for number in range(45):
        record(customer.pk, "customer.edited", actor=rep, text=f"第{number}条")
    client, seen, address = browser(rep), [], url(customer, "timeline/")
    while address:
        page = client.get(address, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="timeline-more")
        assert "<html" not in page.content.decode()
        seen += [line.body for line in page.context["lines"]]
        address = page.context["older_url"]
    assert len(seen) == 46 and seen[0] == "第44条" and seen[-2] == "第0条"
    whole = client.get(client.get(url(customer, "timeline/")).context["older_url"])
    assert "<html" in whole.content.decode() and whole.context["newer_url"]
    many = {tab["url"].split("/")[-2]: tab["count"] for tab in whole.context["tabs"]}
    assert many["timeline"] == 46


# session, user, organisation, membership with rights, unread notes; customer, details, people, tags, timeline, plans
@pytest.mark.parametrize("lines", [1, 3])
def test_the_page_stays_within_twelve_statements(rep, lines, django_assert_num_queries):
    grant(rep, *CONTACTS)
    customer = CustomerFactory(owner=rep, phones=["13812345678"])
    for _ in range(lines):
        record(customer.pk, "customer.edited", actor=rep)
    client = browser(rep)
    client.get(url(customer))
    with django_assert_num_queries(10 + CONTEXT):
        page = client.get(url(customer))
    assert len(page.context["highlights"]) == 8


def test_tags_stand_on_the_page_in_the_readers_language_and_nobody_elses(rep, colleague):
    mine, others = CustomerFactory(owner=rep), CustomerFactory(owner=colleague)
    vip = Tag.objects.create(label_zh="贵宾", label_en="VIP", key_zh="贵宾", key_en="vip", tone="amber")
    alpha = Tag.objects.create(label_en="Alpha", key_en="alpha")
    foreign = Tag.objects.create(label_en="Beta", key_en="beta")
    for tag in (vip, alpha):
        CustomerTag.objects.create(customer=mine, tag=tag)
    CustomerTag.objects.create(customer=others, tag=foreign)
    page = browser(rep).get(url(mine))
    assert [(tag.pk, tag.tone) for tag in page.context["tags"]] == [(alpha.pk, "neutral"), (vip.pk, "amber")]
    html = page.content.decode()
    assert "VIP" in html and "贵宾" not in html and "Beta" not in html
