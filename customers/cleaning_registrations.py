"""What the cleaning of the registry adds: duplicates, merges, customers marked as invalid."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers import story
from customers.actions import duplicates, invalid, merge
from customers.bulk import BulkAction, BulkChange, bulk_actions, bulk_changes
from customers.enums import InvalidReason
from customers.registry import Fact, TimelineKind, Worklist, facts, timeline_kinds, worklists
from customers.rights import CHANGE, MERGE, VIEW
from tenancy.links import organization_url
from workspace.registry import (
    Command,
    DueKind,
    JobKind,
    NotificationKind,
    commands,
    due_kinds,
    job_kinds,
    notification_kinds,
)
from workspace.schedule import nightly

job_kinds.register(
    JobKind(
        duplicates.SCAN, _("Look for duplicates"), duplicates.run_scan, MERGE, icon="copy",
        stages={"collect": _("Reading customers"), "compare": _("Comparing")},
        url=lambda job: organization_url("customers:duplicate_queue"),
    )
)  # fmt: skip
due_kinds.register(
    DueKind("duplicates", _("Looking for duplicates"), duplicates.scan_tonight, nightly(3, 15))
)
commands.register(
    Command(
        "customers.duplicates", _("Possible duplicates"), icon="copy", url_name="customers:duplicate_queue",
        permission=MERGE, order=61, keywords=_("duplicates same twice clean merge"),
    )
)  # fmt: skip
bulk_actions.register(
    BulkAction(
        "merge", _("Merge…"), icon="arrows-join-2", url_name="customers:merge",
        permission=MERGE, order=35, archived=False,
    )
)  # fmt: skip
notification_kinds.register(
    NotificationKind(
        merge.NOTE, _("Customers merged"), "arrows-join-2", story.merged_by_somebody,
        lambda params: organization_url("customers:merge_detail", pk=params["merge"]),
    )
)  # fmt: skip
commands.register(
    Command(
        "customers.merges", _("Merged customers"), icon="arrows-join-2", url_name="customers:merges",
        permission=VIEW, order=92, keywords=_("merge undo duplicate history"),
    )
)  # fmt: skip

bulk_changes.register(
    BulkChange(
        invalid.BULK, _("Mark as invalid"), CHANGE, invalid.apply_invalid, invalid.undo_invalid,
        lambda run: ngettext("%(n)s customer marked.", "%(n)s customers marked.", run.changed) % {"n": run.changed},
    )
)  # fmt: skip
bulk_actions.register(
    BulkAction(
        "invalid", _("Mark as invalid…"), icon="user-cancel", url_name="customers:bulk_invalid", permission=CHANGE,
        order=80, archived=False,
    )
)  # fmt: skip
timeline_kinds.register(
    TimelineKind(
        invalid.INVALID,
        _("Invalid customers"),
        icon="user-cancel",
        permission=VIEW,
        sentence=story.invalid,
        order=18,
    )
)
facts.register(
    Fact(
        "invalid", _("Invalid"), "invalid_reason", "choice", order=28, choices=InvalidReason,
        filter_index="customers_customer_invalid", empty="",
    )
)  # fmt: skip
worklists.register(
    Worklist(
        "invalid", _("Invalid customers"), _("Marked as closed down, not to be reached, wrong: archive or mend them."),
        icon="user-cancel", narrow=lambda rows: rows.exclude(invalid_reason=""), order=55,
    )
)  # fmt: skip
