"""What privacy tells the rest of the house when it starts."""

from django.utils.translation import gettext_lazy as _

from customers.registry import Panel, panels
from governance import wording
from governance.actions import data_request as requests
from governance.actions import key_rotation as keys
from governance.actions import privacy_jobs as jobs
from governance.actions import retention, retention_kinds  # noqa: F401  the kinds register themselves
from governance.actions.disclosure import UNUSUAL
from governance.actions.privacy_policy import MANAGE, VIEW
from tenancy.links import organization_url
from workspace.registrations import HOUSE, SETTINGS
from workspace.registry import (
    DueKind,
    JobKind,
    NavItem,
    NotificationKind,
    due_kinds,
    job_kinds,
    navigation,
    notification_kinds,
)
from workspace.schedule import nightly

ERRORS = {
    "moved_on": _("The request has moved on meanwhile."),
    "blocked": _("Something forbids the erasure for now; the request says what."),
}

navigation.register(
    NavItem(
        "privacy",
        _("Privacy"),
        "shield-lock",
        "governance:requests",
        VIEW,
        section=SETTINGS,
        fold=HOUSE,
        order=941,
    )
)
panels.register(Panel("privacy", _("Privacy"), "governance:customer_privacy", VIEW, order=91))
job_kinds.register(
    JobKind(
        requests.PACKAGE, _("Access package"), jobs.make_package, permission=MANAGE, icon="package", errors=ERRORS,
        url=jobs.page_of,
    )
)  # fmt: skip
job_kinds.register(
    JobKind(
        requests.ERASE, _("Erasure of a customer"), jobs.erase, permission=MANAGE, icon="eraser", errors=ERRORS,
        url=jobs.page_of,
    )
)  # fmt: skip
job_kinds.register(
    JobKind(
        retention.JOB, _("Retention"), retention.run, permission=MANAGE, icon="clock-off",
        stages={"count": _("Counting what is due"), "act": _("Archiving and destroying")},
        errors={"rule_gone": _("The rule is there no longer.")},
        url=lambda job: organization_url("governance:retention_runs"),
    )
)  # fmt: skip
due_kinds.register(DueKind("retention", _("Retention rules"), retention.run_every_night, nightly(3, 10)))
KEY_STAGES = {
    "values": _("Writing values under the newest key"),
    "files": _("Writing files under the newest key"),
    "count": _("Counting the keys in use"),
}
job_kinds.register(
    JobKind(
        keys.ROTATE, _("Change of encryption keys"), keys.run_rotation, permission=MANAGE, icon="key",
        stages=KEY_STAGES, max_attempts=10, url=lambda job: organization_url("governance:keys"),
    )
)  # fmt: skip
job_kinds.register(
    JobKind(
        keys.COUNT, _("Count of encryption keys"), keys.run_count, permission=MANAGE, icon="key", stages=KEY_STAGES,
        url=lambda job: organization_url("governance:keys"),
    )
)  # fmt: skip
due_kinds.register(
    DueKind("privacy_deadlines", _("Deadlines of privacy requests"), requests.watch_deadlines, nightly(6))
)
for kind in (
    NotificationKind(
        requests.ASSIGNED, _("Privacy request"), "shield-lock", wording.request_assigned, wording.request_url
    ),
    NotificationKind(
        requests.DUE_SOON, _("Privacy request due"), "clock-exclamation", wording.request_due, wording.request_url
    ),
    NotificationKind(
        requests.OVERDUE, _("Privacy request overdue"), "alert-triangle", wording.request_overdue, wording.request_url
    ),
    NotificationKind(
        retention.WARNING, _("Retention"), "clock-off", wording.retention_warning, wording.retention_url
    ),
    NotificationKind(UNUSUAL, _("Unusual disclosures"), "eye-exclamation", wording.unusual, wording.unusual_url),
):  # fmt: skip
    notification_kinds.register(kind)
