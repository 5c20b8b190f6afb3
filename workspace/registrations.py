"""What workspace tells the rest of the house when it starts."""

from dataclasses import replace
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
# Where a person sees many settings, they fold under these.
PEOPLE, CUSTOMERS, HOUSE = _("People and access"), _("Customer settings"), _("Organisation and audit")

# Icons are given by name: the build collects them from `icon="…"`.
PLACES = (
    NavItem("today", _("Today"), icon="sun", url_name="today", order=10, phone=True),
    NavItem("members", _("Members"), icon="users", url_name="tenancy:members"),
    NavItem("departments", _("Departments"), icon="sitemap", url_name="tenancy:departments"),
    NavItem("roles", _("Roles"), icon="shield", url_name="tenancy:roles"),
    NavItem("explain", _("Who sees what"), icon="eye", url_name="tenancy:explain"),
    NavItem("organization", _("Organisation"), icon="building", url_name="tenancy:organization"),
    NavItem("jobs", _("Background jobs"), icon="progress", url_name="workspace:jobs"),
)
RIGHTS = {
    "members": "tenancy.view_membership",
    "departments": "tenancy.view_department",
    "roles": "tenancy.view_role",
    "explain": "tenancy.explain_access",
    "organization": "tenancy.change_organization",
}
for number, place in enumerate(PLACES):
    if place.key != "today":
        permission = RIGHTS.get(place.key, "")
        fold = HOUSE if place.key in ("organization", "jobs") else PEOPLE
        place = replace(place, permission=permission, section=SETTINGS, fold=fold, order=900 + number)
    navigation.register(place)

NOTES = (
    ("job_succeeded", _("Job done"), "circle-check", wording.job_succeeded, wording.job_url),
    ("job_failed", _("Job failed"), "alert-triangle", wording.job_failed, wording.job_url),
    ("due_failed", _("Regular work failed"), "alert-triangle", wording.due_failed, wording.jobs_url),
)
for note in NOTES:
    notification_kinds.register(NotificationKind(*note))

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
