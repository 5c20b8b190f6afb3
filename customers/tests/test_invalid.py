"""Customers marked as invalid: with a reason, found by it, worked through, and valid again."""

import pytest

from customers.enums import InvalidReason
from customers.models import BulkRun, Customer, TimelineEntry
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import URL, browser, listed
from tenancy.context import organization_context
from tenancy.enums import Scope

pytestmark = pytest.mark.django_db


def mark(client, customer, reason="closed", **more):
    return client.post(f"{URL}{customer.pk}/invalid/", {"reason": reason}, **more)


def test_one_is_marked_shown_undone_and_valid_again(rep):
    customer = CustomerFactory(owner=rep, name="甲")
    client = browser(rep)
    page = f"{URL}{customer.pk}/"
    assert mark(client, customer)["Location"] == page
    customer.refresh_from_db()
    assert (customer.invalid_reason, customer.version) == ("closed", 2)
    assert "Invalid: Closed down" in client.get(page).content.decode()
    assert "Marked as invalid: Closed down" in client.get(f"{page}timeline/").content.decode()
    client.post(f"{URL}undo/{BulkRun.objects.get().pk}/")
    customer.refresh_from_db()
    assert (customer.invalid_reason, customer.version) == ("", 3)
    mark(client, customer, "wrong")
    mark(client, customer, "other")
    assert client.post(f"{page}valid/").status_code == 302
    customer.refresh_from_db()
    assert (customer.invalid_reason, "Invalid:" in client.get(page).content.decode()) == ("", False)
    assert [one.params["reason"] for one in TimelineEntry.objects.filter(kind="customer.invalid").order_by("pk")] == [
        "closed", "", "wrong", "other", "",
    ]  # fmt: skip


@pytest.mark.parametrize("reason", ["", "nonsense", "\x00", "CLOSED", "x" * 5000])
def test_a_reason_is_asked_for(rep, reason):
    customer = CustomerFactory(owner=rep)
    answer = mark(browser(rep), customer, reason, HTTP_HX_REQUEST="true")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
    assert Customer.objects.get().version == 1


def test_marking_the_same_twice_changes_nothing(rep):
    customer = CustomerFactory(owner=rep)
    client = browser(rep)
    mark(client, customer)
    mark(client, customer)
    assert (
        Customer.objects.get().version,
        TimelineEntry.objects.filter(kind="customer.invalid").count(),
    ) == (2, 1)


def test_lists_filter_by_it_and_the_worklist_leads_through_them(rep, colleague, theirs):
    for name, reason in (("甲", "closed"), ("乙", "wrong"), ("丙", "")):
        CustomerFactory(owner=rep, name=name, invalid_reason=reason)
    CustomerFactory(owner=colleague, name="丁", invalid_reason="closed")
    with organization_context(theirs):
        CustomerFactory(name="外", invalid_reason="closed")
    client = browser(rep)
    assert listed(client.get(URL, {"invalid": "closed"})) == ["甲"]
    assert sorted(listed(client.get(URL, {"invalid": ["closed", "wrong"]}))) == ["乙", "甲"]
    client.post(f"{URL}columns/", {"columns": ["invalid"]})
    assert "The data is wrong" in client.get(URL, {"sort": "name"}).content.decode()
    page = client.get(f"{URL}quality/lists/invalid/").content.decode()
    assert [name for name in "甲乙丙丁外" if f">{name}<" in page] == ["甲", "乙"]


def test_many_are_marked_and_each_gets_back_its_own(rep, colleague):
    one, two = (
        CustomerFactory(owner=rep, name="甲"),
        CustomerFactory(owner=rep, name="乙", invalid_reason="wrong"),
    )
    other = CustomerFactory(owner=colleague, name="丁")
    client = browser(rep)
    ids = [str(row.pk) for row in (one, two, other)]
    asked = client.post(f"{URL}bulk/invalid/", {"ids": ids})
    assert (asked.status_code, asked.context["count"]) == (200, 2)
    client.post(f"{URL}bulk/invalid/", {"ids": ids, "answered": "1", "reason": "closed"})
    held = lambda: dict(Customer.objects.values_list("name", "invalid_reason"))  # noqa: E731
    assert held() == {"甲": "closed", "乙": "closed", "丁": ""}
    mark(client, one, "other")
    client.post(f"{URL}undo/{BulkRun.objects.order_by('created_at').first().pk}/")
    assert held() == {"甲": "other", "乙": "wrong", "丁": ""}


def test_owner_colleague_and_stranger(rep, colleague, theirs):
    customer = CustomerFactory(owner=rep)
    with organization_context(theirs):
        foreign = CustomerFactory()
    looker = member_with("customers.view_customer", scope=Scope.ORGANIZATION)
    assert mark(browser(colleague), customer).status_code == 404
    assert mark(browser(rep), foreign).status_code == 404
    assert mark(browser(looker), customer).status_code == 403
    assert Customer.objects.get(pk=customer.pk).invalid_reason == ""


def test_every_reason_fits_its_column():
    longest = Customer._meta.get_field("invalid_reason").max_length
    assert max(map(len, InvalidReason.values)) <= longest
