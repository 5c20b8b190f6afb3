"""A cell edited in the list: the error beside it, the other's change not overwritten, and the way back."""

import re

import pytest

from customers.enums import FieldUse
from customers.models import BulkRun, Customer, FieldPolicy
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser
from tenancy.context import organization_context

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def url(customer, key: str) -> str:
    return f"{URL}{customer.pk}/cells/{key}/"


def posted(client, customer, key: str, value: str, **more):
    """The form as it was shown, with another value."""
    form = client.get(url(customer, key), **HTMX).context["form"]
    data = {key: value, "version": form["version"].value(), "snapshot": form["snapshot"].value()}
    return client.post(url(customer, key), {**data, **more}, **HTMX)


def shown(answer) -> str:
    """What the cell says now, without its pencil."""
    return re.sub(r"<[^>]*>", "", answer.content.decode()).strip()


def test_a_value_is_saved_shown_and_undone(rep):
    customer = CustomerFactory(name="甲", owner=rep, city="杭州")
    client = browser(rep)
    answer = posted(client, customer, "city", "  苏州 ")
    assert (answer.status_code, shown(answer)) == (200, "苏州")
    assert f'href="{url(customer, "city")}"' in answer.content.decode()
    run = BulkRun.objects.get()
    assert f"/undo/{run.pk}/" in answer["HX-Trigger"]
    assert Customer.objects.get().city == "苏州"
    client.post(f"{URL}undo/{run.pk}/")
    assert Customer.objects.get().city == "杭州"


def test_without_htmx_it_is_a_page_that_leads_back(rep):
    customer = CustomerFactory(name="甲", owner=rep)
    client = browser(rep)
    page = client.get(url(customer, "tier"))
    assert (
        b"<html" in page.content
        and "hx-post" not in page.content.decode().split("<main")[1].split("</main")[0]
    )
    data = {"tier": "key", "version": "1", "next": f"{URL}?sort=name"}
    assert client.post(url(customer, "tier"), data)["Location"] == f"{URL}?sort=name"
    assert Customer.objects.get().tier == "key"


@pytest.mark.parametrize(
    ("key", "value"),
    [("tier", ""), ("tier", "nonsense"), ("city", "x" * 61), ("city", "a\x00"), ("owner", "")],
)
def test_what_cannot_be_stands_beside_the_field(admin, key, value):
    customer = CustomerFactory(name="甲", owner=admin, city="杭州")
    answer = posted(browser(admin), customer, key, value)
    assert (answer.status_code, "invalid-feedback" in answer.content.decode()) == (422, True)
    assert Customer.objects.get().version == 1


def test_a_field_that_is_required_is_not_emptied_and_one_not_collected_is_not_there(admin):
    customer = CustomerFactory(name="甲", owner=admin, city="杭州")
    FieldPolicy.objects.create(field="city", use=FieldUse.REQUIRED)
    assert posted(browser(admin), customer, "city", "").status_code == 422
    FieldPolicy.objects.update(use=FieldUse.HIDDEN)
    assert browser(admin).get(url(customer, "city")).status_code == 404


def test_the_other_persons_change_is_shown_and_one_chooses(rep):
    customer = CustomerFactory(name="甲", owner=rep, city="杭州")
    client = browser(rep)
    form = client.get(url(customer, "city"), **HTMX).context["form"]
    data = {"city": "苏州", "version": form["version"].value(), "snapshot": form["snapshot"].value()}
    Customer.objects.update(city="南京", version=2)
    answer = client.post(url(customer, "city"), data, **HTMX)
    text = answer.content.decode()
    assert answer.status_code == 409 and "苏州" in text and "南京" in text
    again = answer.context["form"]
    chosen = {"city": "苏州", "version": again.initial["version"], "snapshot": again.initial["snapshot"],
              "original": again.original}  # fmt: skip
    assert client.post(url(customer, "city"), {**chosen, "resolve-city": "theirs"}, **HTMX).status_code == 200
    assert Customer.objects.get().city == "南京"
    client.post(
        url(customer, "city"),
        {**chosen, "version": Customer.objects.get().version, "resolve-city": "mine"},
        **HTMX,
    )
    assert Customer.objects.get().city == "苏州"


def test_a_change_of_another_field_is_no_conflict(rep):
    customer = CustomerFactory(name="甲", owner=rep, city="杭州")
    client = browser(rep)
    form = client.get(url(customer, "tier"), **HTMX).context["form"]
    data = {"tier": "key", "version": form["version"].value(), "snapshot": form["snapshot"].value()}
    Customer.objects.update(city="南京", version=2)
    answer = client.post(url(customer, "tier"), data, **HTMX)
    found = Customer.objects.get()
    assert (answer.status_code, found.tier, found.city) in [(200, "key", "南京")]


def test_owner_colleague_and_stranger(rep, colleague, manager, theirs):
    customer = CustomerFactory(name="甲", owner=rep)
    with organization_context(theirs):
        foreign = CustomerFactory(name="外")
    assert browser(colleague).get(url(customer, "city")).status_code == 404
    assert browser(rep).get(url(foreign, "city")).status_code == 404
    assert browser(rep).get(url(customer, "name")).status_code == 404
    looker = member_with("customers.view_customer", "customers.change_customer")
    assert browser(looker).get(url(customer, "owner")).status_code == 403
    assert posted(browser(manager), customer, "owner", str(colleague.pk)).status_code == 200
    assert Customer.objects.get(pk=customer.pk).owner == colleague


def test_the_list_marks_the_cells_that_may_be_edited(rep):
    CustomerFactory(name="甲", owner=rep)
    page = browser(rep).get(URL).content.decode()
    assert 'data-edit="tier"' in page
    assert (
        f'<a class="cell-edit" href="{url(Customer.objects.get(), "tier")}" aria-label="Edit · Tier"></a>'
        in page
    )
    looker = member_with("customers.view_customer")
    assert b"data-edit" not in browser(looker).get(URL).content
