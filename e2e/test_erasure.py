"""An erasure from the first word to the last, in a browser: nothing is left of the person but the entry that it happened."""

import re

from playwright.sync_api import Page, expect

from e2e.conftest import Combination, SignIn, comes_up, send, violations
from e2e.house import House
from governance.tests.dumps import dump_of

DESKTOP, PHONE = Combination(False, False, "en"), Combination(True, True, "zh-hans")
NAME, TELEPHONE, REMARK = "欧阳去无踪", "13987654399", "只此一人的备注"


def entered(page: Page) -> str:
    """A customer with contact details and remarks; its address."""
    page.goto("/o/demo/customers/new/")
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=remarks]").fill(REMARK)
    page.locator("[name$='-value']").first.fill(TELEPHONE)
    page.locator(".save-bar .btn-primary, form .btn-primary").first.click()
    page.wait_for_url(re.compile(r"/customers/[0-9a-f-]{36}/"))
    [key] = re.findall(r"[0-9a-f-]{36}", page.url)
    return f"/o/demo/customers/{key}/"


def registered(page: Page, customer: str) -> str:
    """A request for erasure, with the identity checked; its address."""
    page.goto(customer.replace("/customers/", "/governance/customers/", 1) + "request/?kind=erasure")
    page.locator("[name=note]").fill("请删除我的资料")
    page.locator(".save-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/privacy/requests/"))
    page.locator("form[action$='/identity/'] select").select_option("document")
    send(page.locator("form[action$='/identity/'] .btn-primary"))
    return page.url


def test_an_erasure_leaves_nothing_of_the_person(sign_in: SignIn, the_house: House):
    page = sign_in("admin@demo.example", DESKTOP)
    customer = entered(page)
    assert NAME in dump_of(the_house.environment)
    address = registered(page, customer)
    expect(page.locator("main")).to_contain_text("What the erasure does")
    assert violations(page) == []
    page.locator("form[action$='/fulfil/'] .btn-danger").click()
    send(page.locator("dialog[open] .btn-danger, dialog[open] .btn-primary").first)
    comes_up(page, address, page.locator(".page-sub", has_text="Fulfilled"))
    expect(page.locator("main")).to_contain_text("rows destroyed")
    assert page.goto(customer).status == 404
    page.goto(f"/o/demo/customers/?q={NAME}")
    expect(page.locator("main")).to_contain_text("No customer matches")
    dump = dump_of(the_house.environment)
    assert [trace for trace in (NAME, "欧阳去", REMARK, TELEPHONE, "请删除我的资料") if trace in dump] == []
    page.goto("/o/demo/governance/audit/verify/")
    send(page.locator("form .btn-primary").first)
    comes_up(page, "/o/demo/governance/audit/verify/", page.get_by_text("The chain is intact."))


def test_a_legal_hold_says_why_there_is_no_erasure(sign_in: SignIn):
    page = sign_in("admin@demo.example", PHONE)
    customer = entered(page)
    page.goto(customer.replace("/customers/", "/governance/customers/", 1) + "privacy/")
    page.locator("form[action$='/hold/'] [name=reason]").fill("劳动争议未结")
    send(page.locator("form[action$='/hold/'] .btn"))
    expect(page.locator("main")).to_contain_text("劳动争议未结")
    assert violations(page) == []
    registered(page, customer)
    expect(page.locator("main")).to_contain_text("劳动争议未结")
    assert page.locator("form[action$='/fulfil/']").count() == 0
    assert violations(page) == []
