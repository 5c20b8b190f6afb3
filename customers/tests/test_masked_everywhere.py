"""Whoever sees contact details masked finds them on no page at all, whatever else they may do."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import Permission

from customers.actions.duplicates import start_scan
from customers.enums import CustomerKind
from customers.tests.crawling import crawled, kind_of
from customers.tests.factories import CustomerFactory
from customers.tests.import_files import Walk, csv_bytes
from customers.tests.test_customer_list import browser
from interactions.tests.factories import contact_with, person_of, plan_for
from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory, grant
from workspace.runner import drain

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, OTHER, EMAIL, WECHAT = "13912345678", "18698765432", "geheim.ouyang@example.com", "geheim_2024_wx"
IDENTITY, BANK = "11010519491231002X", "6222020200112233445"
SECRETS = ("12345678", "98765432", "geheim", "19491231002", "0200112233")
HEAD = "姓名,手机,邮箱,微信,身份证号,银行账号,生日,备注"
ROWS = [
    "欧阳晓,13100001111,,,,,1980-01-02,",
    f"欧阳错,{PHONE},{EMAIL},{WECHAT},{IDENTITY},{BANK},不是日子,回电 {PHONE} 或 {EMAIL}",
]


@pytest.fixture
def clerk(ours):
    with organization_context(ours):
        member = MembershipFactory(name="什么都可以", language="en")
        every = Permission.objects.select_related("content_type").exclude(codename="reveal_contact")
        grant(member, *(f"{one.content_type.app_label}.{one.codename}" for one in every))
    return member


@pytest.fixture
def customers(ours, clerk):
    known = {"owner": clerk, "identity_number": IDENTITY, "bank_account": BANK, "birthday": date(1980, 1, 2)}
    with organization_context(ours, actor=clerk):
        one = CustomerFactory(
            name="欧阳云帆",
            kind=CustomerKind.PERSON,
            phones=[PHONE],
            emails=[EMAIL],
            wechats=[WECHAT],
            **known,
        )
        two = CustomerFactory(name="欧阳云帆", kind=CustomerKind.PERSON, phones=[PHONE, OTHER], **known)
        contact_with(one, clerk, summary="来电", person=person_of(one, "夫人"))
        plan_for(one, clerk, subject="拜访")
        start_scan(actor=clerk)
    drain(ours)
    return one, two


@pytest.fixture
def imports(ours, clerk):
    """A colleague's: one waits for its columns, one to be applied, one is done and has rows that were not imported."""
    with organization_context(ours):
        colleague = MembershipFactory(name="同事")
        grant(colleague, "customers.import_customer", "customers.reveal_contact", "customers.view_customer")
        walks = [Walk(ours, colleague).upload(csv_bytes(HEAD, *ROWS)) for _ in range(3)]
        walks[1].check()
        done = walks[2].check().apply()
        assert done.counts() == (1, 0, 0, 1)
    return done


def test_no_page_shows_them(ours, clerk, customers, imports):
    one, two = customers
    client = browser(clerk)
    start = [
        "/o/ours/",
        f"/o/ours/customers/{one.pk}/",
        f"/o/ours/customers/{one.pk}/edit/",
        f"/o/ours/customers/merge/?ids={one.pk}&ids={two.pk}",
        "/o/ours/palette/?q=5678",
        f"/o/ours/customers/?q={PHONE}",
        "/o/ours/customers/imports/",
        f"/o/ours/customers/imports/{imports.pk}/result/",
    ]
    seen, leaks = set(), []
    for address, text in crawled(client, start):
        seen.add(kind_of(address))
        shown = text.replace(PHONE, "") if PHONE in address else text  # what was asked for
        leaks += [(secret, address) for secret in SECRETS if secret in re.sub(r"[\s-]", "", shown)]
    assert leaks == []
    assert len(seen) > 80
    reached = {kind.partition("?")[0].removeprefix("/o/ours/customers/imports/…/") for kind in seen}
    assert {"", "columns/", "result/", "rejected/"} <= reached
