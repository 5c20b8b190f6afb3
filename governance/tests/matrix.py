"""Where the addresses of governance stand: see tenancy/tests/matrix.py."""

from customers.actions.disclosure import record_disclosure
from customers.enums import DisclosureKind
from customers.tests.factories import CustomerFactory
from governance.tests.privacy_rows import identified, packaged, request_of, rule_of
from tenancy.models import AuditEntry, Membership
from tenancy.tests.factories import DepartmentFactory
from tenancy.tests.matrix import Case

PERMISSION = "tenancy.view_auditentry"


def _entry(owner: Membership) -> dict:
    """An entry that the member has caused."""
    department = DepartmentFactory()
    return {"pk": AuditEntry.objects.get(object_id=department.pk).key}


def _customer(owner: Membership):
    return CustomerFactory(owner=owner)


def _looked(owner: Membership) -> str:
    record_disclosure(DisclosureKind.PRINT, owner, 4321, "customers")
    return "4,321"


SEE, MANAGE, HOLD = "governance.view_privacy", "governance.manage_privacy", "customers.place_legalhold"
POLICY = {
    "version": "1", "access_days": "30", "erasure_days": "15", "remind_days": "3", "package_days": "14",
    "disclosures_per_day": "200",
}  # fmt: skip

CASES = {
    "governance:requests": Case(SEE, shows=lambda owner: request_of(owner).number),
    "governance:request_create": Case(MANAGE, row=_customer, post=422),
    "governance:request": Case(SEE, row=request_of),
    "governance:request_identify": Case(MANAGE, row=request_of, get=405, post=302),
    "governance:request_approve": Case(MANAGE, row=request_of, get=405, post=302),
    "governance:request_reject": Case(MANAGE, row=request_of, get=405, post=302),
    "governance:request_fulfil": Case(MANAGE, row=identified, get=405, post=302),
    "governance:request_resume": Case(MANAGE, row=request_of, get=405, post=302),
    "governance:request_package": Case(MANAGE, row=packaged),
    "governance:privacy_policy": Case(MANAGE, post=302, data=POLICY),
    "governance:keys": Case(MANAGE, post=302),
    "governance:retention": Case(SEE),
    "governance:retention_create": Case(MANAGE, get=404, post=404),
    "governance:retention_runs": Case(SEE),
    "governance:retention_rule": Case(
        MANAGE,
        row=rule_of,
        post=302,
        data={"days": "400", "act": "destroy", "mode": "dry", "warn_days": "7", "version": "1"},
    ),
    "governance:retention_dry": Case(MANAGE, row=rule_of, get=405, post=302),
    "governance:retention_off": Case(MANAGE, row=rule_of, get=405, post=302),
    "governance:dictionary": Case(SEE),
    "governance:dictionary_file": Case(SEE),
    "governance:disclosures": Case("customers.view_disclosure", whose="scoped", shows=_looked),
    "governance:customer_privacy": Case(SEE, row=_customer, whose="scoped"),
    "governance:hold_place": Case(HOLD, row=_customer, whose="scoped", get=405, post=302),
    "governance:hold_lift": Case(HOLD, row=_customer, whose="scoped", get=405, post=302),
    "governance:audit": Case(
        PERMISSION, whose="scoped", shows=lambda owner: DepartmentFactory(name="审计部门甲").name
    ),
    "governance:audit_entry": Case(PERMISSION, row=_entry, whose="scoped"),
    "governance:changes": Case(PERMISSION, row=lambda owner: CustomerFactory(owner=owner), whose="scoped"),
    "governance:audit_verify": Case(PERMISSION, post=302),
}
