"""Verifying in the browser: two taps, what was wrong, the next customer of the list, and back again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions.customer import edit_customer
from customers.actions.person import save_person
from customers.actions.verification import TooLate, take_back, verify_customer
from customers.enums import Checked
from customers.models import ContactPerson, Customer, CustomerHealth, TimelineEntry, Verification
from customers.queries.verification import next_due, place_of
from customers.tests.conftest import RIGHTS, member_with
from customers.tests.factories import CustomerFactory
from customers.tests.test_customer_list import CONTEXT, browser
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import AuditEntry
from tenancy.tests.factories import MembershipFactory, grant

pytestmark = pytest.mark.django_db
LIST = "/o/ours/customers/verification/"


def url(customer) -> str:
    return f"/o/ours/customers/{customer.pk}/verify/"


def overdue(customer, day="2020-01-01"):
    CustomerHealth.objects.filter(customer=customer).update(overdue=True, due_on=day)
    return customer


def answers(page, **changed) -> dict[str, str]:
    """What the page posts when nothing but `changed` (by the beginning of a key) is touched."""
    form = page.context["form"]
    data = {name: str(form[name].value()) for name in form.fields}
    for start, answer in changed.items():
        data |= {name: answer for name in data if name.startswith(f"check-{start}")}
    return data


def test_two_taps_confirm_everything(rep):
    customer = CustomerFactory(owner=rep, name="华东化工", phones=["13812345678"], city="上海")
    save_person(ContactPerson(customer=customer, name="李经理"), points=[], actor=rep)
    client = browser(rep)
    page = client.get(url(customer))
    assert [row["text"] for row in page.context["rows"]] == ["华东化工", "138 1234 5678", "李经理", "上海"]
    answer = client.post(url(customer), answers(page))
    assert (answer.status_code, answer.url) == (302, f"/o/ours/customers/{customer.pk}/")
    row = Verification.objects.get()
    kinds = [key.partition(":")[0] for key in row.checked["right"]]
    assert (kinds, row.checked["wrong"], row.checked["changed"]) == (
        ["name", "phone", "person", "address"],
        [],
        [],
    )
    assert (row.by, row.customer) == (rep, customer)
    assert CustomerHealth.objects.get(customer=customer).verified_on == timezone.localdate()
    line = TimelineEntry.objects.get(kind="customer.verified")
    assert "13812345678" not in str(line.params) and line.params["checked"]["right"] == [
        "name",
        "phone",
        "person",
        "address",
    ]
    assert "Data verified" in client.get(f"/o/ours/customers/{customer.pk}/").content.decode()


def test_showing_the_numbers_is_recorded_and_masked_without_the_right(rep):
    customer = CustomerFactory(owner=rep, phones=["13812345678"])
    browser(rep).get(url(customer))
    assert AuditEntry.objects.filter(operation="access", object_id=customer.pk).count() == 1
    blind = member_with("customers.view_customer", "customers.change_customer")
    page = browser(blind).get(url(customer))
    assert "138****5678" in page.content.decode() and "138 1234" not in page.content.decode()
    assert AuditEntry.objects.filter(operation="access").count() == 1


def test_what_is_wrong_is_remembered_and_what_changed_leads_to_the_form(rep):
    customer = CustomerFactory(owner=rep, phones=["13812345678"], city="上海")
    client = browser(rep)
    client.post(url(customer), answers(client.get(url(customer)), phone="wrong") | {"note": "停机"})
    health = CustomerHealth.objects.get(customer=customer)
    assert (health.found_wrong, Verification.objects.get().note) == (True, "停机")
    shown = client.get("/o/ours/customers/quality/lists/found_wrong/")
    assert [row["name"] for row in shown.context["rows"]] == [customer.name]
    answer = client.post(url(customer), answers(client.get(url(customer)), address="changed"))
    assert answer.url == f"/o/ours/customers/{customer.pk}/edit/"
    assert CustomerHealth.objects.get(customer=customer).found_wrong is False


def test_bad_answers_are_refused_and_nothing_is_lost(rep):
    customer = CustomerFactory(owner=rep, phones=["13812345678"])
    client = browser(rep)
    data = answers(client.get(url(customer)))
    for wrong in (
        {"check-name": "maybe"},
        {"check-name": ""},
        {"note": "长" * 401},
        {"seen": "x"},
        {"seen": ""},
    ):
        page = client.post(url(customer), data | wrong)
        assert page.status_code == 422, wrong
    page = client.post(url(customer), data | {"check-name": "maybe", "note": "留着"})
    assert "留着" in page.content.decode()
    answer = client.post(url(customer), data | {"note": "a\x00b\u202e 😀"})
    assert answer.status_code in (302, 422)
    assert Verification.objects.count() == (answer.status_code == 302)


def test_a_customer_changed_meanwhile_is_looked_at_once_more(rep):
    customer = CustomerFactory(owner=rep, city="上海")
    client = browser(rep)
    data = answers(client.get(url(customer)))
    customer.city, customer.version = "北京", customer.version + 1
    edit_customer(customer, actor=rep)
    page = client.post(url(customer), data)
    assert page.status_code == 422 and "北京" in page.content.decode()
    assert page.context["form"]["seen"].value() == 2
    assert Verification.objects.count() == 0


def test_a_double_submit_verifies_once(rep):
    customer = CustomerFactory(owner=rep)
    client = browser(rep)
    data = answers(client.get(url(customer)))
    assert [client.post(url(customer), data).status_code for _ in range(2)] == [302, 302]
    assert Verification.objects.count() == TimelineEntry.objects.filter(kind="customer.verified").count() == 1


def test_one_goes_through_the_list_one_after_the_other(rep):
    first, second, third = (
        overdue(CustomerFactory(owner=rep, name=f"客户{n}"), f"2020-01-0{n}") for n in (1, 2, 3)
    )
    client = browser(rep)
    page = client.get(LIST)
    assert [row["name"] for row in page.context["rows"]] == ["客户1", "客户2", "客户3"]
    assert page.context["start_url"] == f"{url(first)}?when=overdue"
    here = f"{url(second)}?when=overdue"
    form = client.get(here)
    assert form.context["skip_url"] == f"{url(third)}?when=overdue"
    assert client.post(here, answers(form)).url == f"{url(third)}?when=overdue"
    here = f"{url(third)}?when=overdue"
    assert client.post(here, answers(client.get(here))).url == f"{url(first)}?when=overdue"
    here = f"{url(first)}?when=overdue"
    assert client.post(here, answers(client.get(here))).url == f"{LIST}?when=overdue"
    assert "Everything is confirmed" in client.get(LIST).content.decode()


def test_the_list_reaches_as_far_as_the_reader(rep, colleague, manager, admin, theirs):
    mine, others = (
        overdue(CustomerFactory(owner=rep, name="甲")),
        overdue(CustomerFactory(owner=colleague, name="乙")),
    )
    overdue(CustomerFactory(name="丙"))
    with organization_context(theirs):
        stranger = MembershipFactory()
        grant(stranger)
        overdue(CustomerFactory(owner=stranger, name="丁"))
    seen = {
        one: [row["name"] for row in browser(one).get(LIST).context["rows"]]
        for one in (rep, manager, colleague)
    }
    assert seen == {rep: ["甲"], manager: ["甲"], colleague: ["乙"]}
    assert {row["name"] for row in browser(admin).get(LIST).context["rows"]} == {"甲", "乙", "丙"}
    assert [row["name"] for row in browser(admin).get(f"{LIST}?owner={rep.pk}").context["rows"]] == ["甲"]
    # An owner out of reach narrows nothing, and opens nothing.
    assert [row["name"] for row in browser(rep).get(f"{LIST}?owner={colleague.pk}").context["rows"]] == ["甲"]
    assert browser(rep).get(url(others)).status_code == 404
    assert browser(rep).post(url(others), {}).status_code == 404
    assert browser(stranger).get(LIST).status_code == 404
    assert next_due(CustomerHealth.objects.filter(overdue=True, owner=rep), "junk") == mine.pk
    assert place_of(CustomerHealth.objects.get(customer=mine))


def test_only_who_verified_takes_back_and_only_within_the_hour(rep, manager):
    customer = CustomerFactory(owner=rep)
    row = verify_customer(Verification(customer=customer), answers={"name": Checked.RIGHT}, actor=rep)
    back = f"{url(customer)}{row.pk}/undo/"
    assert browser(manager).post(back).status_code == 404
    Verification.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(hours=2))
    row.refresh_from_db()
    with pytest.raises(TooLate):
        take_back(row, actor=rep)
    Verification.objects.filter(pk=row.pk).update(at=timezone.now())
    assert browser(rep).post(back).status_code == 302
    assert TimelineEntry.objects.filter(kind="customer.verified").count() == 0
    assert browser(rep).post(back).status_code == 404


# session, user, organisation, membership with rights, unread notes; rows, count, members
@pytest.mark.parametrize("customers", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(rep, customers, django_assert_num_queries):
    for number in range(customers):
        overdue(CustomerFactory(name=f"客户{number}", owner=rep))
    client = browser(rep)
    client.get(LIST)
    with django_assert_num_queries(8 + CONTEXT):
        client.get(LIST)


@pytest.mark.parametrize("customers", [1, 3])
def test_a_list_of_one_trouble_costs_the_same_for_one_row_and_for_three(
    rep, customers, django_assert_num_queries
):
    for number in range(customers):
        CustomerFactory(name=f"客户{number}", owner=rep)
    client = browser(rep)
    page = "/o/ours/customers/quality/lists/unreachable/"
    client.get(page)
    with django_assert_num_queries(7 + CONTEXT):
        assert len(client.get(page).context["rows"]) == customers


def test_the_policy_is_the_administrators(rep, admin, ours):
    boss = member_with("customers.view_customer", "customers.change_qualitypolicy")
    page = browser(boss).get("/o/ours/customers/quality/policy/")
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    saved = browser(boss).post(
        "/o/ours/customers/quality/policy/", data | {"key_months": "3", "weight_person_phone": "10"}
    )
    assert saved.status_code == 302
    for wrong in (
        {"key_months": "-1"},
        {"key_months": "121"},
        {"weight_person_phone": "11"},
        {"weight_company_city": "x"},
    ):
        refused = browser(boss).post("/o/ours/customers/quality/policy/", data | {"version": "2"} | wrong)
        assert refused.status_code == 422, wrong
    stale = browser(boss).post("/o/ours/customers/quality/policy/", data | {"key_months": "9"})
    assert stale.status_code == 409
    assert browser(member_with(*RIGHTS)).get("/o/ours/customers/quality/policy/").status_code == 403
    scoped = member_with("customers.view_customer", "customers.change_qualitypolicy", scope=Scope.OWN)
    assert browser(scoped).get("/o/ours/customers/quality/policy/").status_code == 403


def test_the_today_page_names_ones_own(rep, colleague):
    overdue(CustomerFactory(owner=rep, name="久未核对"))
    assert "久未核对" in browser(rep).get("/o/ours/").content.decode()
    assert "久未核对" not in browser(colleague).get("/o/ours/").content.decode()


def test_facts_show_filter_and_sort(rep):
    full = CustomerFactory(
        owner=rep,
        name="甲",
        phones=["13812345678"],
        city="上海",
        industry="化工",
        street="路",
        source="visit",
    )
    overdue(CustomerFactory(owner=rep, name="乙"))
    client = browser(rep)
    page = client.get("/o/ours/customers/?sort=completeness")
    assert [row["name"] for row in page.context["rows"]] == ["乙", "甲"]
    page = client.get("/o/ours/customers/?verification_overdue=true")
    assert [row["name"] for row in page.context["rows"]] == ["乙"]
    assert Customer.objects.get(pk=full.pk).health.get().completeness > 50
    assert viewer_for(rep).can("customers.view_customer")
