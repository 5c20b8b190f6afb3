"""Where the addresses of governance stand: see tenancy/tests/matrix.py."""

from customers.tests.factories import CustomerFactory
from tenancy.models import AuditEntry, Membership
from tenancy.tests.factories import DepartmentFactory
from tenancy.tests.matrix import Case

PERMISSION = "tenancy.view_auditentry"


def _entry(owner: Membership) -> dict:
    """An entry that the member has caused."""
    department = DepartmentFactory()
    return {"pk": AuditEntry.objects.get(object_id=department.pk).key}


CASES = {
    "governance:audit": Case(
        PERMISSION, whose="scoped", shows=lambda owner: DepartmentFactory(name="审计部门甲").name
    ),
    "governance:audit_entry": Case(PERMISSION, row=_entry, whose="scoped"),
    "governance:changes": Case(PERMISSION, row=lambda owner: CustomerFactory(owner=owner), whose="scoped"),
    "governance:audit_verify": Case(PERMISSION, post=302),
}
