"""What the organisation does not collect stands on no page, although it is stored."""

import html
import re
from datetime import date, time

import pytest
from django.contrib.auth.models import Permission
from django.utils.formats import date_format
from django.utils.translation import override

from customers.actions.duplicates import start_scan
from customers.actions.field_policy import Decision, decide_fields
from customers.enums import CustomerKind, FieldUse
from customers.fields import NEEDS, OPTIONAL
from customers.models import Customer, CustomerNeeds, FieldPolicy, UnsuitableTime
from customers.queries.pools import pools_of
from customers.tests.conftest import POOL_RIGHTS, RIGHTS, member_with
from customers.tests.crawling import crawled
from customers.tests.factories import CustomerFactory, PoolFactory
from customers.tests.pools import waiting
from customers.tests.test_customer_list import URL, browser
from interactions.tests.factories import contact_with, plan_for
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory, grant
from workspace.runner import drain

pytestmark = pytest.mark.django_db(transaction=True)
TEXTS = (
    "industry", "business_category", "remarks", "country", "province", "city", "district", "street", "street2",
    "postcode", "credit_note",
)  # fmt: skip
WRITTEN = ("service_preferences", "preferences", "potential_needs", "family_notes")
BORN, ORDERED = date(1957, 3, 19), date(2017, 8, 23)
PHONE, EMAIL, WECHAT = "13912345678", "geheim.ouyang@example.com", "geheim_2024_wx"
IDENTITY, BANK = "11010519491231002X", "6222020200112233445"
CHOSEN = {
    "gender": "female", "age_band": "45_60", "source": "exhibition", "area": "rural", "region": "west",
    "credit_rating": "A",
}  # fmt: skip
NEEDED = {"intention": "medium", "income": "1000_3000", "need_type": "producer", "buying_channel": "stall"}
EXCEPTED = ("/o/ours/governance/audit/",)
"""What was changed, whatever is collected today, for who may read it all. The package of a person's own data, too, has all
that is stored: no link here leads to one."""


def mark(name: str) -> str:
    return f"zz{name.replace('_', '')}zz"


def days(day: date) -> list[str]:
    with override("en"):
        return [day.isoformat(), *(date_format(day, name) for name in ("SHORT_DATE_FORMAT", "DATE_FORMAT"))]


MARKS = [
    *map(mark, (*TEXTS, *WRITTEN, "unsuitable_times")), *days(BORN), *days(ORDERED), "87.654", "87654", "5678", "geheim",
    "ge****", "002X", "3445",
]  # fmt: skip
AS_STORED = {BORN.isoformat(), "87654"}
"""The marks that no page shows, whatever is collected: a birthday is worded, a distance is in kilometres."""


@pytest.fixture
def clerk(ours):
    with organization_context(ours):
        member = MembershipFactory(name="什么都可以", language="en")
        every = Permission.objects.select_related("content_type").all()
        grant(member, *(f"{one.content_type.app_label}.{one.codename}" for one in every))
    return member


def marked(owner, **more) -> Customer:
    """A customer with every optional field filled."""
    texts = {name: mark(name)[:20] if name == "postcode" else mark(name) for name in TEXTS}
    customer = CustomerFactory(
        owner=owner, phones=[PHONE], emails=[EMAIL], wechats=[WECHAT], birthday=BORN, last_order_on=ORDERED,
        distance=87654, identity_number=IDENTITY, bank_account=BANK, people=["任经理"], **texts, **CHOSEN, **more,
    )  # fmt: skip
    needs = NEEDED | {name: mark(name) for name in WRITTEN}
    CustomerNeeds.objects.update_or_create(id=customer.pk, defaults={"customer": customer, **needs})
    UnsuitableTime.objects.create(
        customer=customer, starts=time(9), ends=time(12), note=mark("unsuitable_times")
    )
    return customer


def test_every_optional_field_is_marked():
    known = {*TEXTS, *WRITTEN, *CHOSEN, *NEEDED, "birthday", "last_order_on", "distance", "unsuitable_times"}
    assert known | {"phone", "email", "wechat", "identity_number", "bank_account"} == set(OPTIONAL)
    assert set(WRITTEN) | set(NEEDED) == set(NEEDS)


@pytest.fixture
def customers(ours, clerk):
    with organization_context(ours, actor=clerk):
        person = marked(clerk, name="欧阳云帆", kind=CustomerKind.PERSON)
        again = marked(clerk, name="欧阳云帆", kind=CustomerKind.PERSON)
        company = marked(clerk, name="欧阳公司", kind=CustomerKind.COMPANY)
        pool = PoolFactory()
        waits = waiting(pool, name="公海公司")
        fields = {name: getattr(company, name) for name in (*TEXTS, *CHOSEN)}
        Customer.objects.filter(pk=waits.pk).update(**fields)
        Customer.objects.filter(pk=again.pk).update(district="zzotherzz")
        contact_with(company, clerk, summary="来电")
        plan_for(company, clerk, subject="拜访")
        start_scan(actor=clerk)
    drain(ours)
    return person, again, company, waits, pool


def hide_everything(ours, clerk) -> None:
    with organization_context(ours, actor=clerk):
        decide_fields([Decision(key, FieldUse.HIDDEN, "", "") for key in OPTIONAL], actor=clerk)
    drain(ours)


def marks_on_pages(clerk, customers) -> tuple[list[tuple[str, str]], int]:
    """(mark, address) wherever the pages show one, and how many pages there are."""
    person, again, company, _waits, pool = customers
    start = [
        "/o/ours/",
        *(f"{URL}{one.pk}/{page}" for one in (person, company)
          for page in ("", "edit/", "verify/", "collection/", "timeline/", "needs/", "relations/", "relations/new/")),
        f"{URL}merge/?ids={person.pk}&ids={again.pk}",
        f"{URL}merge/?ids={person.pk}",
        f"{URL}duplicates/queue/",
        f"{URL}pools/{pool.pk}/",
        f"{URL}pools/settings/{pool.pk}/tonight/",
        "/o/ours/palette/?q=欧阳",
        "/o/ours/palette/",
        f"{URL}?q=欧阳",
        "/o/ours/contacts/new/",
        f"{URL}handovers/new/?ids={company.pk}",
    ]  # fmt: skip
    found, asked = [], 0
    for address, text in crawled(browser(clerk), start, leave=EXCEPTED):
        asked += 1
        shown = re.sub(
            r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|nonce=\S+|value=\"[\w-]{60,}\"", "", html.unescape(text)
        )
        found += [(one, address) for one in MARKS if one in shown]
    return found, asked


def test_no_page_shows_what_is_not_collected(ours, clerk, customers):
    shown, _asked = marks_on_pages(clerk, customers)
    assert set(MARKS) - AS_STORED - {mark for mark, _address in shown} == set()
    hide_everything(ours, clerk)
    leaks, asked = marks_on_pages(clerk, customers)
    assert leaks == []
    assert asked > 80


HIDDEN_BESIDE = {
    "pool": lambda c: f"{URL}pools/{c[4].pk}/",
    "duplicates": lambda c: f"{URL}duplicates/queue/",
    "merge": lambda c: f"{URL}merge/?ids={c[0].pk}&ids={c[1].pk}",
    "merge_pick": lambda c: f"{URL}merge/?ids={c[0].pk}",
    "verify": lambda c: f"{URL}{c[2].pk}/verify/",
    "palette": lambda c: "/o/ours/palette/?q=欧阳",
    "recent": lambda c: "/o/ours/palette/",
    "contact": lambda c: "/o/ours/contacts/new/",
    "relation": lambda c: f"{URL}{c[0].pk}/relations/new/",
}


def test_a_city_stands_beside_names_until_it_is_hidden(ours, clerk, customers):
    client = browser(clerk)

    def with_city() -> set[str]:
        return {
            name
            for name, address in HIDDEN_BESIDE.items()
            if mark("city") in client.get(address(customers)).content.decode()
        }

    before = with_city()
    with organization_context(ours, actor=clerk):
        decide_fields([Decision("city", FieldUse.HIDDEN, "", "")], actor=clerk)
    assert with_city() == set()
    assert before == set(HIDDEN_BESIDE)
    merge = client.get(HIDDEN_BESIDE["merge"](customers)).content.decode()
    assert mark("district") in merge
    assert mark("street") in client.get(HIDDEN_BESIDE["verify"](customers)).content.decode()


def test_a_pool_offers_no_city_that_is_not_collected(ours):
    with organization_context(ours):
        claimer = member_with(*RIGHTS, *POOL_RIGHTS, name="李销售")
        pool = PoolFactory()
        waiting(pool, name="东海", city="宁波", industry="水产")
        waiting(pool, name="西湖", city="杭州", industry="茶叶")
    client, url = browser(claimer), f"{URL}pools/{pool.pk}/?city=杭州"
    answer = client.get(url)
    assert [row["name"] for row in answer.context["rows"]] == ["西湖"]
    assert {"杭州", "茶叶", 'name="city"', "City"} <= set(
        re.findall('杭州|茶叶|name="city"|City', answer.content.decode())
    )
    with organization_context(ours):
        FieldPolicy.objects.create(field="city", use=FieldUse.HIDDEN)
        FieldPolicy.objects.create(field="industry", use=FieldUse.HIDDEN)
        assert pools_of(viewer_for(claimer)).uncollected == {"city", "industry"}
    answer = client.get(url)
    assert {row["name"] for row in answer.context["rows"]} == {"东海", "西湖"}
    found = re.findall(
        '杭州|宁波|茶叶|name="city"|City', re.sub(r'value="[^"]*"', "", answer.content.decode())
    )
    assert found == []
