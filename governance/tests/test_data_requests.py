"""Requests: numbered, in time, one door for the status; unusual looking is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions.disclosure import record_disclosure
from customers.enums import DisclosureKind
from customers.tests.factories import CustomerFactory
from governance.actions import data_request as actions
from governance.actions.disclosure import UNUSUAL
from governance.actions.privacy_policy import privacy_policy
from governance.enums import RequestKind, RequestStatus
from governance.models import DataRequest
from governance.tests.privacy_rows import identified, packaged, request_of
from tenancy.tests.conftest import inside_ours  # noqa: F401
from tenancy.tests.factories import MembershipFactory, grant
from workspace.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(inside_ours):  # noqa: F811
    member = MembershipFactory(name="管理员", language="en")
    grant(member)
    return member


def test_requests_are_numbered_and_due_by_their_kind(admin):
    rows = [request_of(admin, RequestKind.ACCESS), request_of(admin, RequestKind.ERASURE)]
    assert [row.number for row in rows] == ["DR-00001", "DR-00002"]
    assert [(row.due_on - row.received_on).days for row in rows] == [30, 15]


def test_the_status_goes_through_one_door(admin):
    row = request_of(admin)
    with pytest.raises(actions.WrongRequestStatus):
        actions.change_request_status(row, RequestStatus.DONE)
    row = actions.reject_request(row, reason="无法核实身份")
    assert row.closed_at is not None and row.rejection == "无法核实身份"
    with pytest.raises(actions.WrongRequestStatus):
        actions.confirm_identity(row, how="document")
    with pytest.raises(actions.WrongRequestStatus):
        actions.fulfil(request_of(admin, RequestKind.ACCESS), actor=admin)


def test_deadlines_remind_then_escalate_once(admin, ours):
    handler = MembershipFactory()
    soon, late = identified(admin), identified(admin)
    today = timezone.localdate()
    DataRequest.objects.filter(pk=soon.pk).update(handler=handler, due_on=today + timedelta(days=2))
    DataRequest.objects.filter(pk=late.pk).update(
        handler=handler, received_on=today - timedelta(days=9), due_on=today - timedelta(days=1)
    )
    for _night in range(2):
        actions.watch_deadlines(ours.pk)
    found = Notification.objects.values_list("kind", "recipient", "params__number").order_by(
        "kind", "recipient"
    )
    assert sorted(found) == sorted(
        [
            (actions.DUE_SOON, handler.pk, soon.number),
            (actions.OVERDUE, handler.pk, late.number),
            (actions.OVERDUE, admin.pk, late.number),
        ]
    )


def test_packages_expire(admin, ours):
    row = packaged(admin)
    DataRequest.objects.filter(pk=row.pk).update(package_until=timezone.localdate() - timedelta(days=1))
    actions.watch_deadlines(ours.pk)
    row.refresh_from_db()
    assert row.package_id is None and not row.can_download


def test_more_than_usual_is_told_once_a_day(admin):
    policy = privacy_policy()
    policy.disclosures_per_day = 5
    policy.save()
    looker = MembershipFactory(name="好奇者")
    for count in (3, 2, 1, 9):
        record_disclosure(DisclosureKind.EXPORT, looker, count, "customers")
    notes = Notification.objects.filter(kind=UNUSUAL)
    assert [(one.recipient_id, one.params) for one in notes] == [
        (admin.pk, {"member": str(looker.pk), "count": 6})
    ]
    assert "好奇者" in notes.get().text


def test_far_beyond_what_is_usual_nobody_is_looked_for_again(admin, django_assert_num_queries):
    policy = privacy_policy()
    policy.disclosures_per_day = 5
    policy.save()
    looker = MembershipFactory()
    record_disclosure(DisclosureKind.EXPORT, looker, 5000, "customers")
    assert Notification.objects.filter(kind=UNUSUAL).count() == 1
    with django_assert_num_queries(2):
        record_disclosure(DisclosureKind.REVEAL, looker, 1, "customers")
    assert Notification.objects.filter(kind=UNUSUAL).count() == 1


def test_bad_input_is_refused_and_kept(admin, client):
    client.force_login(admin.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    customer = CustomerFactory(name="陈女士")
    page = f"/o/ours/governance/customers/{customer.pk}/request/"
    good = {
        "kind": "erasure",
        "received_on": str(timezone.localdate()),
        "channel": "email",
        "handler": str(admin.pk),
    }
    tomorrow = str(timezone.localdate() + timedelta(days=1))
    for wrong in (
        {"kind": "x"}, {"received_on": tomorrow}, {"received_on": "2026-02-30"}, {"received_on": "1066-10-14"},
        {"handler": "x"}, {"note": "长" * 2001}, {"note": "留着", "channel": "x"},
    ):  # fmt: skip
        answer = client.post(page, good | wrong)
        assert answer.status_code == 422, wrong
        assert wrong.get("note", "")[:2] in answer.content.decode()
    assert DataRequest.objects.count() == 0
    assert client.post(page, good | {"note": "请删除\u202e 😀"}).status_code == 302
    assert DataRequest.objects.get().note == "请删除 😀"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_cost_the_same_for_one_row_and_for_three(
    admin, client, rows, django_assert_max_num_queries
):
    for _number in range(rows):
        request_of(admin)
        record_disclosure(DisclosureKind.REVEAL, admin, [CustomerFactory().pk], "phone")
    client.force_login(admin.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for page in ("privacy/", "privacy/disclosures/"):
        client.get(f"/o/ours/governance/{page}")
        with django_assert_max_num_queries(16):
            assert client.get(f"/o/ours/governance/{page}").status_code == 200
