"""What workspace tells the rest of the house when it starts."""

from datetime import timedelta

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from tenancy.signals import organization_created
from workspace import runner, upkeep, wording
from workspace.actions.due import ensure_due_rows
from workspace.actions.job import DUE
from workspace.registry import DueKind, NavItem, NotificationKind, due_kinds, navigation, notification_kinds
from workspace.schedule import nightly

SETTINGS = _("Settings")
ADMINISTRATION = (
    ("members", _("Members"), "users", "tenancy.view_membership"),
    ("departments", _("Departments"), "sitemap", "tenancy.view_department"),
    ("roles", _("Roles"), "shield", "tenancy.view_role"),
    ("explain", _("Who sees what"), "eye", "tenancy.explain_access"),
    ("organization", _("Organisation"), "building", "tenancy.manage_organization"),
)

navigation.register(NavItem("today", _("Today"), "sun", "today", order=10, phone=True))
for place, (key, label, icon, permission) in enumerate(ADMINISTRATION):
    navigation.register(NavItem(key, label, icon, f"tenancy:{key}", permission, SETTINGS, order=900 + place))
navigation.register(
    NavItem("jobs", _("Background jobs"), "progress", "workspace:jobs", section=SETTINGS, order=950)
)

notification_kinds.register(
    NotificationKind("job_succeeded", _("Job done"), "circle-check", wording.job_succeeded, wording.job_url)
)
notification_kinds.register(
    NotificationKind("job_failed", _("Job failed"), "alert-triangle", wording.job_failed, wording.job_url)
)
notification_kinds.register(
    NotificationKind(
        "due_failed", _("Regular work failed"), "alert-triangle", wording.due_failed, wording.jobs_url
    )
)

due_kinds.register(
    DueKind(
        DUE,
        _("Background jobs"),
        runner.look_after_jobs,
        runner.next_look,
        lease=timedelta(seconds=30),
        standing=False,
    )
)
due_kinds.register(DueKind("files", _("Clearing deleted files"), upkeep.clear_files, nightly(3)))


@receiver(organization_created)
def on_organization_created(organization, **kwargs) -> None:
    ensure_due_rows(organization)
