"""Every form of the house, sent with what cannot be in every field: told or put right, never an error."""

import html
import re

import pytest

from customers.enums import CustomerKind
from customers.tests.crawling import crawled, kind_of
from customers.tests.factories import CustomerFactory, PoolFactory, TagFactory, consent_of, purpose_of
from customers.tests.test_bad_input import ODD
from customers.tests.test_customer_list import browser
from interactions.tests.factories import contact_with, person_of, plan_for
from tenancy.context import organization_context
from tenancy.tests.factories import MembershipFactory, grant

_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.S)
_FIELD = re.compile(r"<(input|select|textarea)\b([^>]*)>", re.S)


@pytest.fixture
def house(ours):
    with organization_context(ours):
        admin = MembershipFactory(name="管理员", language="en")
        grant(admin)
    with organization_context(ours, actor=admin):
        customer = CustomerFactory(
            name="欧阳云帆", kind=CustomerKind.PERSON, owner=admin, phones=["13912345678"]
        )
        CustomerFactory(name="云帆科技", owner=admin)
        TagFactory()
        PoolFactory()
        consent_of(customer, purpose_of())
        contact_with(customer, admin, summary="来电", person=person_of(customer, "夫人"))
        plan_for(customer, admin, subject="拜访")
    return admin, customer


def attribute(name: str, tag: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def forms_of(address: str, text: str):
    """(address to send to, what it would send, which of them somebody types)."""
    for form in _FORM.findall(text):
        head = form[: form.index(">")]
        if 'method="post"' not in head:
            continue
        sent, typed = {}, set()
        for tag, inside in _FIELD.findall(form):
            name, kind = attribute("name", inside), attribute("type", inside)
            if name and name != "csrfmiddlewaretoken" and kind not in ("submit", "file"):
                sent.setdefault(name, attribute("value", inside))
                if kind != "hidden" or tag != "input":
                    typed.add(name)
        yield attribute("action", head) or address, sent, typed


@pytest.mark.django_db(transaction=True)
def test_no_form_falls_over(house):
    admin, customer = house
    client = browser(admin)
    start = ["/o/ours/", f"/o/ours/customers/{customer.pk}/", f"/o/ours/customers/{customer.pk}/edit/"]
    sent = set()
    for address, text in crawled(client, start):
        for target, values, typed in forms_of(address, text):
            if not typed or kind_of(target) in sent or "/o/ours/" not in target:
                continue
            sent.add(kind_of(target))
            for odd in ODD:
                done = client.post(target, {**values, **dict.fromkeys(typed, ODD[odd])})
                told = (target, odd, done.status_code)
                assert done.status_code in (200, 302, 400, 403, 404, 409, 422), told
                shown = done.content.decode() if done.status_code == 422 else ""
                assert "<script>alert" not in shown, told
    assert len(sent) > 30, sorted(sent)
