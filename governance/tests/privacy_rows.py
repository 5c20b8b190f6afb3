"""Privacy requests for tests, made as the product makes them."""

import io
from datetime import timedelta

from django.utils import timezone

from customers.models import Customer
from customers.tests.factories import CustomerFactory
from governance.actions.data_request import confirm_identity, register_request
from governance.actions.retention import save_rule
from governance.enums import IdentityCheck, RequestKind, RequestStatus, RetentionAct, RetentionMode
from governance.models import DataRequest, RetentionRule
from tenancy.models import Membership
from workspace.files import store


def request_of(
    member: Membership, kind: str = RequestKind.ERASURE, customer: Customer | None = None, **fields
) -> DataRequest:
    row = DataRequest(
        kind=kind,
        customer=customer or CustomerFactory(owner=member),
        received_on=timezone.localdate(),
        handler=member,
        **fields,
    )
    return register_request(row, actor=member)


def identified(member: Membership, kind: str = RequestKind.ERASURE, **fields) -> DataRequest:
    return confirm_identity(request_of(member, kind, **fields), how=IdentityCheck.DOCUMENT)


def packaged(member: Membership) -> DataRequest:
    row = request_of(member, RequestKind.ACCESS)
    row.package = store(io.BytesIO(b"PK"), name="x.zip")
    row.package_until = timezone.localdate() + timedelta(days=3)
    row.status, row.closed_at = RequestStatus.DONE, timezone.now()
    row.save()
    return row


def rule_of(member: Membership | None = None, kind: str = "archived_customers", **fields) -> RetentionRule:
    given = {"days": 365, "act": RetentionAct.DESTROY, "mode": RetentionMode.DRY, **fields}
    return save_rule(RetentionRule(kind=kind, **given))
