"""Requests of people about their own data: registered, checked, approved, fulfilled in time."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions.disclosure import record_disclosure
from customers.enums import DisclosureKind
from customers.queries.privacy import reasons_against, whoever_it_is
from customers.text import sentences
from governance.actions.privacy_policy import guardians, next_number, policy_in_force
from governance.enums import RequestKind, RequestStatus
from governance.models import DataRequest
from tenancy.access import Viewer
from tenancy.context import organization_context
from tenancy.errors import Refused
from tenancy.models import Membership
from workspace.actions.job import enqueue
from workspace.actions.notification import notify, notify_all
from workspace.files import destroy

PACKAGE, ERASE = "governance.access_package", "governance.erase_customer"
DUE_SOON, OVERDUE, ASSIGNED = (
    "governance.request_due",
    "governance.request_overdue",
    "governance.request_assigned",
)

_LEADS_TO: dict[str, set[str]] = {
    RequestStatus.RECEIVED: {RequestStatus.IDENTIFIED, RequestStatus.REJECTED},
    RequestStatus.IDENTIFIED: {RequestStatus.APPROVED, RequestStatus.WORKING, RequestStatus.REJECTED},
    RequestStatus.APPROVED: {RequestStatus.WORKING, RequestStatus.REJECTED},
    RequestStatus.WORKING: {RequestStatus.DONE, RequestStatus.APPROVED, RequestStatus.IDENTIFIED},
    RequestStatus.DONE: set(),
    RequestStatus.REJECTED: set(),
}


class WrongRequestStatus(Refused):
    reason = _("This request has moved on meanwhile.")


class NotApproved(Refused):
    reason = _("A second person has to approve the erasure first.")


class Blocked(Refused):
    """The law or an open matter forbids the erasure for now."""


@transaction.atomic
def change_request_status(request: DataRequest, status: RequestStatus, **values: Any) -> DataRequest:
    """The one door to `request.status`. Sets the time of closing and `values`. Raises WrongRequestStatus when it does
    not lead there from where the request stands now."""
    stored = DataRequest.objects.select_for_update().get(pk=request.pk)
    if status not in _LEADS_TO[stored.status]:
        raise WrongRequestStatus
    stored.status = status
    stored.closed_at = None if status in RequestStatus.OPEN else timezone.now()
    for name, value in values.items():
        setattr(stored, name, value)
    stored.save()
    return stored


@transaction.atomic
def register_request(request: DataRequest, *, actor: Membership) -> DataRequest:
    """Store a new request (unsaved) under the next number, with the deadline that the policy gives its kind. Its
    handler is told, when that is somebody else."""
    policy = policy_in_force()
    days = policy.access_days if request.kind == RequestKind.ACCESS else policy.erasure_days
    request.number = next_number()
    request.registered_by = actor
    request.due_on = request.received_on + timedelta(days=days)
    request.save(force_insert=True)
    if request.handler_id != actor.pk:
        notify(request.handler_id, ASSIGNED, _named(request), key=f"{ASSIGNED}:{request.pk}")
    return request


def confirm_identity(request: DataRequest, *, how: str) -> DataRequest:
    """The person is who they say. Raises WrongRequestStatus."""
    return change_request_status(request, RequestStatus.IDENTIFIED, identity_check=how)


def approve_erasure(request: DataRequest, *, actor: Membership) -> DataRequest:
    """The second pair of eyes. Raises WrongRequestStatus, NotApproved for who registered it."""
    if request.kind != RequestKind.ERASURE:
        raise WrongRequestStatus
    if request.registered_by_id == actor.pk:
        raise NotApproved(_("Somebody else than the person who registered the request has to approve it."))
    return change_request_status(request, RequestStatus.APPROVED, approved_by=actor)


def reject_request(request: DataRequest, *, reason: str) -> DataRequest:
    """Decline it, with the reason that the person is told. Raises WrongRequestStatus."""
    return change_request_status(request, RequestStatus.REJECTED, rejection=reason)


@transaction.atomic
def fulfil(request: DataRequest, *, actor: Membership) -> DataRequest:
    """Have the package made, or the customer erased, by a job. Raises Blocked, NotApproved, WrongRequestStatus."""
    if request.customer is None:
        raise WrongRequestStatus
    if request.kind == RequestKind.ERASURE:
        if policy_in_force().four_eyes and request.status != RequestStatus.APPROVED:
            raise NotApproved
        if reasons := reasons_against(whoever_it_is(request.customer)):
            raise Blocked(sentences(reasons))
    elif request.status != RequestStatus.IDENTIFIED:
        raise WrongRequestStatus
    kind = PACKAGE if request.kind == RequestKind.ACCESS else ERASE
    job = enqueue(kind, {"request": str(request.pk)}, actor=actor)
    return change_request_status(request, RequestStatus.WORKING, job=job)


@transaction.atomic
def take_up_again(request: DataRequest) -> DataRequest:
    """After its job was stopped or has failed: back to where it can be started. Raises WrongRequestStatus."""
    if request.job is not None and request.job.is_active:
        raise WrongRequestStatus
    back = RequestStatus.APPROVED if request.approved_by_id else RequestStatus.IDENTIFIED
    return change_request_status(request, back)


def hand_out(request: DataRequest, viewer: Viewer) -> None:
    """Record that the package leaves the house."""
    ids = [request.customer_id] if request.customer_id else 1
    record_disclosure(DisclosureKind.EXPORT, viewer, ids, "access_package", request=request.number)


@transaction.atomic
def drop_package(request: DataRequest) -> None:
    """Destroy the package; that it was made and until when it could be had stays."""
    package, request.package = request.package, None
    request.save(update_fields=["package"])
    if package is not None:
        destroy(package)


def watch_deadlines(organization_id: int) -> None:
    """Nightly: the handler is reminded before the deadline, everybody who handles privacy is told once it has passed,
    and packages whose time is over are destroyed."""
    with organization_context(organization_id):
        today = timezone.localdate()
        soon = today + timedelta(days=policy_in_force().remind_days)
        waiting = DataRequest.objects.open().filter(due_on__lte=soon).order_by("due_on", "id")
        for request in waiting.select_related("handler"):
            _tell(request, late=request.due_on < today)
    while _drop_one(organization_id):
        pass


def _tell(request: DataRequest, *, late: bool) -> None:
    kind = OVERDUE if late else DUE_SOON
    people: set[uuid.UUID] = {request.handler_id}
    if late:
        people |= set(guardians())
    notify_all(people, kind, _named(request), key=f"{kind}:{request.pk}")


def _drop_one(organization_id: int) -> bool:
    with organization_context(organization_id):
        old = DataRequest.objects.filter(package__isnull=False, package_until__lt=timezone.localdate())
        request = old.select_related("package").first()
        if request is None:
            return False
        drop_package(request)
        return True


def _named(request: DataRequest) -> dict[str, str]:
    return {"request": str(request.pk), "number": request.number, "due_on": request.due_on.isoformat()}
