"""What the cleaning of the registry adds: notes about merges."""

from django.utils.translation import gettext_lazy as _

from customers import story
from customers.actions import duplicates, merge
from customers.bulk import BulkAction, bulk_actions
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

MERGE = "customers.merge_customer"

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
        permission="customers.view_customer", order=92, keywords=_("merge undo duplicate history"),
    )
)  # fmt: skip
