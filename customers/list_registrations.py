"""What lists add: tags, changes to many customers at once, exports."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from customers import story
from customers.actions import bulk_changes as changes
from customers.actions import bulk_fields as fields
from customers.actions.bulk import CHANGE_JOB, UNDO_JOB, purge_old_runs, run_bulk, run_undo
from customers.actions.consent import RECORDED
from customers.actions.export import JOB as EXPORT_JOB
from customers.actions.export import purge_exports, run_export
from customers.actions.tags import MERGE_JOB, TAGGED, run_merge
from customers.bulk import BulkAction, BulkChange, bulk_actions, bulk_changes
from customers.models import BulkRun
from customers.queries.tags import tags_along
from customers.registry import Fact, TimelineKind, facts, timeline_kinds
from customers.rights import ASSIGN, CHANGE, EXPORT, MANAGE_TAGS, VIEW
from tenancy.links import organization_url
from workspace.models import Job
from workspace.registrations import CUSTOMERS, SETTINGS
from workspace.registry import DueKind, JobKind, NavItem, due_kinds, job_kinds, navigation
from workspace.schedule import nightly


def _counted(text: Any) -> Callable[[BulkRun], str]:
    """`text` with the number of changed customers, and the new owner's name."""
    return lambda run: str(text % {"n": run.changed, "name": run.params.get("name", "")})


def _run_page(job: Job) -> str:
    return organization_url("customers:bulk_run", pk=job.params["run"])


for change in (
    BulkChange(
        "archive", _("Archive"), CHANGE, changes.apply_archive, changes.undo_archive,
        _counted(ngettext_lazy("%(n)s customer archived.", "%(n)s customers archived.", "n")),
    ),
    BulkChange(
        "restore", _("Restore"), CHANGE, changes.apply_restore, changes.undo_restore,
        _counted(ngettext_lazy("%(n)s customer restored.", "%(n)s customers restored.", "n")),
    ),
    BulkChange(
        "assign", _("Assign"), ASSIGN, changes.apply_owner, changes.undo_owner,
        _counted(ngettext_lazy("%(n)s customer given to %(name)s.", "%(n)s customers given to %(name)s.", "n")),
    ),
    BulkChange(
        "fields", _("Change fields"), CHANGE, fields.apply_fields, fields.undo_fields,
        _counted(ngettext_lazy("%(n)s customer changed.", "%(n)s customers changed.", "n")),
    ),
    BulkChange(
        "tag", _("Add tags"), CHANGE, changes.apply_tag, changes.undo_tag,
        _counted(ngettext_lazy("%(n)s customer tagged.", "%(n)s customers tagged.", "n")),
    ),
    BulkChange(
        "untag", _("Remove tags"), CHANGE, changes.apply_untag, changes.undo_untag,
        _counted(ngettext_lazy("Tags taken off %(n)s customer.", "Tags taken off %(n)s customers.", "n")),
    ),
):  # fmt: skip
    bulk_changes.register(change)

for action in (
    BulkAction("assign", _("Assign…"), icon="user-share", url_name="customers:bulk_assign", permission=ASSIGN, order=10),
    BulkAction("fields", _("Edit…"), icon="pencil", url_name="customers:bulk_edit", permission=CHANGE, order=20),
    BulkAction("tag", _("Add tags…"), icon="tag", url_name="customers:bulk_tag", permission=CHANGE, order=30),
    BulkAction("untag", _("Remove tags…"), icon="tag-off", url_name="customers:bulk_untag", permission=CHANGE, order=31),
    BulkAction(
        "export", _("Export…"), icon="file-export", url_name="customers:export", permission=EXPORT, order=40,
    ),
    BulkAction(
        "archive", _("Archive"), icon="archive", url_name="customers:bulk_archive", permission=CHANGE, order=90,
        archived=False,
    ),
    BulkAction(
        "restore", _("Restore"), icon="archive-off", url_name="customers:bulk_restore", permission=CHANGE, order=90,
        archived=True,
    ),
):  # fmt: skip
    bulk_actions.register(action)

job_kinds.register(
    JobKind(
        CHANGE_JOB, _("Change many customers"), run_bulk, VIEW, icon="pencil",
        stages={"change": _("Changing customers")}, url=_run_page,
    )
)  # fmt: skip
job_kinds.register(
    JobKind(
        UNDO_JOB, _("Undo a bulk change"), run_undo, VIEW, icon="arrow-back-up",
        stages={"undo": _("Undoing")}, url=_run_page,
    )
)  # fmt: skip
job_kinds.register(JobKind(MERGE_JOB, _("Merge tags"), run_merge, MANAGE_TAGS, icon="arrows-join"))
job_kinds.register(
    JobKind(
        EXPORT_JOB, _("Export customers"), run_export, EXPORT, icon="file-export",
        stages={"write": _("Writing the file")}, errors={
            "no_right": _("You may no longer export customers."),
            "filter_gone": _("A filter of the list is no longer there, or out of your reach."),
        },
        url=lambda job: organization_url("customers:exports"),
    )
)  # fmt: skip
due_kinds.register(
    DueKind("customers.export_purge", _("Destroy old export files"), purge_exports, nightly(3, 50), order=62)
)
due_kinds.register(
    DueKind(
        "customers.bulk_purge",
        _("Clear what bulk changes replaced"),
        purge_old_runs,
        nightly(3, 40),
        order=61,
    )
)

timeline_kinds.register(
    TimelineKind(
        TAGGED,
        pgettext_lazy("on customers", "Tags"),
        icon="tag",
        permission=VIEW,
        sentence=story.tagged,
        order=14,
    )
)
facts.register(
    Fact(
        "tags",
        pgettext_lazy("on customers", "Tags"),
        "tags_read",
        "tags",
        order=23,
        default=True,
        expression=tags_along,
    )
)
navigation.register(
    NavItem(
        "tags", pgettext_lazy("on customers", "Tags"), icon="tag", url_name="customers:tags", permission=MANAGE_TAGS,
        section=SETTINGS, fold=CUSTOMERS, order=895,
    )
)  # fmt: skip

timeline_kinds.register(
    TimelineKind(
        RECORDED, pgettext_lazy("on the timeline", "Consent"), icon="circle-check", permission=VIEW,
        sentence=story.consented, order=26,
    )
)  # fmt: skip
navigation.register(
    NavItem(
        "consents", pgettext_lazy("settings", "Consents"), icon="circle-check", url_name="customers:consent_purposes",
        permission="customers.manage_consents", section=SETTINGS, fold=CUSTOMERS, order=920,
    )
)  # fmt: skip
