"""A collaborator leaves what is shared with them, takes it back, and the owner hears of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.actions.collaborator import UNDO_WITHIN, Terms, leave_share, share_again, share_customers
from customers.models import Collaborator, TimelineEntry
from customers.tests.conftest import member_with
from customers.tests.factories import CustomerFactory
from tenancy.context import organization_context
from tenancy.enums import Scope, ShareLevel
from tenancy.tests.factories import DepartmentFactory
from tenancy.tests.pages import browser
from workspace.models import Notification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "/o/ours/customers/"
VIEW = "customers.view_customer"
UNSHARED = "customer.unshared"


@pytest.fixture
def reader(inside_ours):
    """Somebody who may see, and no more."""
    return member_with(VIEW, scope=Scope.OWN, name="周读者", department=DepartmentFactory())


@pytest.fixture
def customer(rep):
    return CustomerFactory(name="华为", owner=rep)


@pytest.fixture
def shared(rep, reader, customer):
    until = timezone.localdate() + timedelta(days=3)
    share_customers([customer.pk], reader, Terms(ShareLevel.READ, until, "投标"), actor=rep)
    return Collaborator.objects.get()


def leave_url(customer) -> str:
    return f"{URL}{customer.pk}/share/leave/"


def undo_url(customer) -> str:
    return f"{leave_url(customer)}{TimelineEntry.objects.get(kind=UNSHARED).pk}/undo/"


def test_the_card_and_the_list_offer_it_to_the_collaborator_alone(rep, reader, customer, shared):
    for address in (f"{URL}{customer.pk}/", f"{URL}shared-with-me/"):
        assert browser(reader).get(address).content.decode().count(leave_url(customer)) == 1
        assert leave_url(customer) not in browser(rep).get(address).content.decode()


def test_who_leaves_sees_it_no_more_and_the_owner_is_told(rep, reader, customer, shared):
    web = browser(reader)
    answer = web.post(leave_url(customer))
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}shared-with-me/")
    assert web.get(f"{URL}{customer.pk}/").status_code == 404
    assert not Collaborator.objects.exists()
    entry = TimelineEntry.objects.get(kind=UNSHARED)
    assert (entry.actor, entry.customer_id, entry.params["name"]) == (reader, customer.pk, "周读者")
    note = Notification.objects.get(kind="customers.share_left")
    assert (note.recipient, note.params["customer"]) == (rep, str(customer.pk))
    assert (
        "周读者 no longer works on a customer of yours"
        in browser(rep).get("/o/ours/notifications/").content.decode()
    )
    assert web.post(leave_url(customer)).status_code == 404


def test_it_is_taken_back_as_it_was(rep, reader, customer, shared):
    web = browser(reader)
    web.post(leave_url(customer))
    undo = undo_url(customer)
    assert (web.post(undo).status_code, web.post(undo).status_code) == (302, 404)
    again = Collaborator.objects.get()
    assert (again.member, again.level, again.until, again.reason, again.shared_by) == (
        reader, shared.level, shared.until, "投标", rep
    )  # fmt: skip
    assert not TimelineEntry.objects.filter(kind=UNSHARED).exists()
    assert web.get(f"{URL}{customer.pk}/").status_code == 200


def test_nobody_else_takes_it_back_nor_a_removal_by_the_owner(
    rep, reader, colleague, admin, customer, shared
):
    browser(reader).post(leave_url(customer))
    undo = undo_url(customer)
    for other in (rep, colleague, admin):
        assert browser(other).post(undo).status_code == 404
    share_again(TimelineEntry.objects.get(kind=UNSHARED), actor=reader)
    boss = member_with(VIEW, "customers.share_customer")
    browser(boss).post(f"{URL}{customer.pk}/share/{Collaborator.objects.get().pk}/remove/")
    for one in (reader, boss):
        assert browser(one).post(undo_url(customer)).status_code == 404
    assert not Collaborator.objects.exists()


@pytest.mark.parametrize("what", ["late", "over", "shared anew", "gone"])
def test_what_cannot_be_taken_back_says_so(what, rep, reader, customer, shared):
    entry = leave_share(customer, member=reader)
    if what == "late":
        TimelineEntry.objects.filter(pk=entry.pk).update(at=entry.at - 2 * UNDO_WITHIN)
    elif what == "over":
        ended = {**entry.params, "until": (timezone.localdate() - timedelta(days=1)).isoformat()}
        TimelineEntry.objects.filter(pk=entry.pk).update(params=ended)
    elif what == "shared anew":
        share_customers([customer.pk], reader, Terms(ShareLevel.WORK), actor=rep)
    else:
        TimelineEntry.objects.filter(pk=entry.pk).update(params={**entry.params, "member": ""})
    before = list(Collaborator.objects.values_list("pk", "level"))
    answer = browser(reader).post(undo_url(customer), follow=True)
    assert "There was nothing left to undo." in answer.content.decode()
    assert list(Collaborator.objects.values_list("pk", "level")) == before


def test_what_a_team_sees_is_not_left_by_one_of_it(rep, reader, customer):
    share_customers([customer.pk], reader.department, Terms(), actor=rep)
    assert leave_url(customer) not in browser(reader).get(f"{URL}{customer.pk}/").content.decode()
    assert browser(reader).post(leave_url(customer)).status_code == 404
    share_customers([customer.pk], reader, Terms(), actor=rep)
    answer = browser(reader).post(leave_url(customer))
    assert answer["Location"] == f"{URL}{customer.pk}/"
    assert Collaborator.objects.get().department == reader.department


def test_strangers_and_those_whose_share_has_ended_find_nothing(
    rep, reader, colleague, customer, shared, theirs
):
    with organization_context(theirs.pk):
        stranger = member_with(VIEW)
    assert browser(stranger).post(f"/o/{theirs.slug}/customers/{customer.pk}/share/leave/").status_code == 404
    assert browser(colleague).post(leave_url(customer)).status_code == 404
    Collaborator.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert browser(reader).post(leave_url(customer)).status_code == 404
    assert Collaborator.objects.count() == 1


def test_a_page_elsewhere_cannot_post_it(reader, customer, shared):
    web = Client(enforce_csrf_checks=True)
    web.force_login(reader.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert web.post(leave_url(customer)).status_code == 403
    assert Collaborator.objects.count() == 1
