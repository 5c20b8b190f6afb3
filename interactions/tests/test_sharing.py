"""Contacts and plans of a customer that is shared."""

import pytest
from django.utils import timezone

from customers.actions.collaborator import Terms, share_customers
from customers.models import Customer
from customers.tests.shares import READ, WORK
from interactions.folders import may_view_folder
from interactions.models import CustomerContact, Interaction, InteractionCompanion, Plan
from interactions.queries.customers import loggable
from interactions.queries.interactions import READ_ALONG, contact_log
from interactions.queries.owed import owed_rows
from interactions.queries.paging import by_key
from interactions.tests.conftest import rep_of, signed_in
from interactions.tests.factories import contact_with, customer_of, plan_for
from tenancy.access import viewer_for
from tenancy.context import organization_context
from tenancy.enums import Scope
from tenancy.models import Organization
from tenancy.tests.pages import count_queries
from workspace.actions.attachment import create_folder

pytestmark = pytest.mark.django_db
VIEW, CHANGE = "interactions.view_interaction", "interactions.change_interaction"


@pytest.fixture
def people(ours: Organization) -> tuple:
    """The owner and a colleague elsewhere."""
    return rep_of(ours, Scope.OWN, name="李销售"), rep_of(ours, Scope.OWN, name="赵同事")


@pytest.fixture
def shared_log(ours, people):
    """A customer with a contact and a plan of its owner; answers a function that shares it."""
    owner, colleague = people
    with organization_context(ours):
        customer = customer_of(owner, "华为")
        contact, plan = contact_with(customer, owner), plan_for(customer, owner)

    def share(terms: Terms):
        share_customers([customer.pk], colleague, terms, actor=owner)

    return customer, contact, plan, share


def test_the_log_and_the_plans_go_with_the_customer(inside_ours, people, shared_log):
    customer, contact, plan, share = shared_log
    log = lambda: list(contact_log(viewer_for(people[1])))  # noqa: E731
    assert log() == []
    share(READ)
    viewer = viewer_for(people[1])
    assert log() == [contact]
    assert list(Plan.objects.visible_to(viewer, "interactions.view_plan")) == [plan]
    assert not InteractionCompanion.objects.visible_to(viewer, VIEW).exists()
    assert list(loggable(viewer)) == []
    share(WORK)
    assert list(loggable(viewer_for(people[1]))) == [customer]


def test_who_works_on_it_changes_what_they_logged_themselves(inside_ours, people, shared_log):
    customer, contact, _plan, share = shared_log
    share(WORK)
    own = contact_with(customer, people[1])
    viewer = viewer_for(people[1])
    assert set(Interaction.objects.visible_to(viewer, CHANGE)) == {contact, own}
    assert list(Interaction.objects.changeable_by(viewer, CHANGE)) == [own]


def test_files_of_contacts_are_read(inside_ours, people, shared_log):
    _customer, contact, _plan, share = shared_log
    contact.folder = create_folder("interactions.contact")
    contact.save()
    assert not may_view_folder(viewer_for(people[1]), contact.folder)
    share(READ)
    assert may_view_folder(viewer_for(people[1]), contact.folder)


def test_who_is_owed_a_contact_stays_the_owner_s_duty(inside_ours, people, shared_log):
    customer, _contact, _plan, share = shared_log
    share(WORK)
    CustomerContact.objects.filter(customer=customer).update(owed=True)
    assert [len(owed_rows(viewer_for(one))) for one in people] == [1, 0]


def test_pages(ours, people, shared_log):
    customer, contact, _plan, share = shared_log
    client = signed_in(people[1])
    urls = [f"/o/ours/contacts/of/{customer.pk}/", f"/o/ours/contacts/{contact.pk}/"]
    ask = lambda: [client.get(url).status_code for url in urls]  # noqa: E731
    assert ask() == [404, 404]
    with organization_context(ours):
        share(READ)
    assert ask() == [200, 200]
    page = client.get("/o/ours/contacts/log/", {"by": people[0].pk})
    assert [row.pk for row in page.context["page"].rows] == [contact.pk]


@pytest.mark.parametrize("shared", [1, 3])
def test_the_log_costs_the_same_for_one_share_and_for_three(inside_ours, people, shared):
    for _ in range(shared):
        customer = customer_of(people[0])
        contact_with(customer, people[0])
        share_customers([customer.pk], people[1], READ, actor=people[0])
    viewer = viewer_for(people[1])
    assert count_queries(lambda: list(contact_log(viewer))) == 1


@pytest.mark.parametrize("sort", ["-last_contact", "next_on", "contact_due"])
def test_lists_sorted_by_contacts_have_it_beside_one_s_own(ours, people, shared_log, sort):
    customer, _contact, _plan, share = shared_log
    with organization_context(ours):
        own = customer_of(people[1], "乙公司")
        share(READ)
    page = signed_in(people[1]).get("/o/ours/customers/", {"sort": sort})
    assert page.context["sorting"] == sort
    assert {row["key"] for row in page.context["rows"]} == {customer.pk, own.pk}


@pytest.mark.parametrize("few", [0, 20])
def test_the_log_is_the_same_however_it_is_read(inside_ours, people, shared_log, few, monkeypatch):
    """One by one from the newest, or by the customers within reach."""
    monkeypatch.setattr("customers.queries.among.FEW", few)
    owner, colleague = people
    customer, contact, _plan, share = shared_log
    archived = customer_of(owner, "旧客户")
    contact_with(archived, owner)
    Customer.objects.filter(pk=archived.pk).update(archived_at=timezone.now())
    later = contact_with(customer, owner)
    removed = contact_with(customer, owner)
    Interaction.objects.filter(pk=removed.pk).update(archived_at=timezone.now())
    newest = sorted([contact, later], key=lambda row: (row.at, row.pk), reverse=True)
    page = lambda viewer, after="": by_key(  # noqa: E731
        contact_log(viewer), ("at", "id"), after, newest=True, size=1, along=READ_ALONG
    )
    first = page(viewer_for(owner))
    assert first.rows == newest[:1]
    second = page(viewer_for(owner), first.after)
    assert (second.rows, second.after) == (newest[1:], "")
    assert page(viewer_for(colleague)).rows == []
    share(READ)
    assert page(viewer_for(colleague)).rows == newest[:1]
    reader = viewer_for(owner)
    page(reader)
    assert count_queries(lambda: [(row.customer.name, row.by.name) for row in page(reader).rows]) == 1
