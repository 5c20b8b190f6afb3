"""What the cleaning of the registry adds: notes about merges."""

from django.utils.translation import gettext_lazy as _

from customers import story
from customers.actions import merge
from customers.bulk import BulkAction, bulk_actions
from tenancy.links import organization_url
from workspace.registry import Command, NotificationKind, commands, notification_kinds

bulk_actions.register(
    BulkAction(
        "merge", _("Merge…"), icon="arrows-join-2", url_name="customers:merge",
        permission="customers.merge_customer", order=35, archived=False,
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
