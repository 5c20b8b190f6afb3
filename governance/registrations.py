"""What governance tells the rest of the house when it starts."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from customers.registry import Panel, panels
from governance.actions import audit
from tenancy.links import organization_url
from workspace.registrations import HOUSE, SETTINGS
from workspace.registry import DueKind, JobKind, NavItem, due_kinds, job_kinds, navigation
from workspace.schedule import every, nightly

AUDIT = "tenancy.view_auditentry"

navigation.register(
    NavItem(
        "audit", _("Audit"), "history", "governance:audit", AUDIT, section=SETTINGS, fold=HOUSE, order=940
    )
)

panels.register(Panel("changes", _("Changes"), "governance:changes", AUDIT, order=90))

job_kinds.register(
    JobKind(
        audit.VERIFY,
        _("Verifying the audit"),
        audit.run_verification,
        permission=AUDIT,
        icon="shield-check",
        stages={"blocks": _("Reading sealed blocks")},
        url=lambda job: organization_url("governance:audit_verify"),
    )
)

due_kinds.register(
    DueKind("audit_seal", _("Sealing the audit"), audit.seal, every(minutes=5), lease=timedelta(minutes=30))
)
due_kinds.register(DueKind("audit_anchor", _("Anchoring the audit"), audit.anchor, nightly(1, 30)))
