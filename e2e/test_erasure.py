"""An erasure from the first word to the last, in a browser: nothing is left of the person but the entry that it happened."""

import json
import re
from typing import Any

from playwright.sync_api import Page, expect

from e2e.conftest import Combination, SignIn, comes_up, send, violations
from e2e.house import House
from governance.tests.dumps import dump_of

DESKTOP, PHONE = Combination(False, False, "en"), Combination(True, True, "zh-hans")
NAME, TELEPHONE, REMARK, NOTE = "欧阳去无踪", "13987654399", "只此一人的备注", "请删除我的资料"
PLAIN, SEALED = (NAME, REMARK), (TELEPHONE, NOTE)
OPENED = "import json; from governance.tests.dumps import sealed; print(json.dumps(sealed()))"
TOLD = """import json; from tenancy.context import organization_context; from tenancy.models import AuditEntry, Organization
with organization_context(Organization.objects.get(slug="demo")):
    rows = AuditEntry.objects.filter(operation="erase", table_name="customers_customer").order_by("id")
    print(json.dumps([row.after for row in rows]))"""


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
    page.locator("[name=note]").fill(NOTE)
    page.locator(".save-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/privacy/requests/"))
    page.locator("form[action$='/identity/'] select").select_option("document")
    send(page.locator("form[action$='/identity/'] .btn-primary"))
    return page.url


def asked(house: House, code: str) -> Any:
    """What the product itself answers, in a process of the house."""
    return json.loads(house.manage("shell", "-c", code).splitlines()[-1])


def test_an_erasure_leaves_nothing_of_the_person(sign_in: SignIn, the_house: House):
    page = sign_in("admin@demo.example", DESKTOP)
    customer = entered(page)
    address = registered(page, customer)
    before, opened = dump_of(the_house.environment), asked(the_house, OPENED)
    assert [trace for trace in PLAIN if trace not in before] == []
    theirs = [value for value, text in opened.items() if any(trace in text for trace in SEALED)]
    assert [trace for trace in SEALED if not any(trace in opened[value] for value in theirs)] == []
    assert [value for value in theirs if value not in before] == [], (
        "what is encrypted is in the dump as such"
    )
    expect(page.locator("main")).to_contain_text("What the erasure does")
    assert violations(page) == []
    page.locator("form[action$='/fulfil/'] .btn-danger").click()
    send(page.locator("dialog[open] .btn-danger, dialog[open] .btn-primary").first)
    comes_up(page, address, page.locator(".page-sub", has_text="Fulfilled"))
    expect(page.locator("main")).to_contain_text("rows destroyed")
    answer = page.goto(customer)
    assert answer and answer.status == 404
    page.goto(f"/o/demo/customers/?q={NAME}")
    expect(page.locator("main")).to_contain_text("No customer matches")
    after, opened = dump_of(the_house.environment), asked(the_house, OPENED)
    assert [trace for trace in (*PLAIN, "欧阳去", *SEALED, *theirs) if trace in after] == []
    assert [text for text in opened.values() if any(trace in text for trace in (*PLAIN, *SEALED))] == []
    [key] = re.findall(r"[0-9a-f-]{36}", customer)
    page.goto(address)
    [number] = re.findall(r"DR-\d+", page.title())
    told = [one for one in asked(the_house, TOLD) if key in one["objects"]]
    assert [(one["objects"], one["reason"]) for one in told] == [([key], number)]
    page.goto(f"/o/demo/governance/audit/?operation=erase&object={key}")
    page.locator("tbody th.cell-main a").click()
    expect(page.locator("main")).to_contain_text(number)
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
