"""What ownership adds: caps in the settings, who owns how many, handovers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import handover_story as story
from customers.actions import handing
from customers.actions import handover as handovers
from customers.bulk import BulkAction, bulk_actions
from customers.queries.handovers import handover_block, waiting_count
from customers.registry import QuickAction, TimelineKind, quick_actions, timeline_kinds
from customers.rights import ASSIGN, HAND_OVER, VIEW
from tenancy.links import organization_url
from workspace.registrations import CUSTOMERS, SETTINGS
from workspace.registry import (
    Command,
    JobKind,
    NavItem,
    NotificationKind,
    TodayBlock,
    commands,
    job_kinds,
    navigation,
    notification_kinds,
    today_blocks,
)

POLICY = "customers.change_ownershippolicy"

navigation.register(
    NavItem(
        "ownership", pgettext_lazy("in the menu", "Ownership"), icon="user-share", url_name="customers:ownership_policy",
        permission=POLICY, section=SETTINGS, fold=CUSTOMERS, order=917,
    )
)  # fmt: skip
commands.register(
    Command(
        "customers.owners", _("Who owns how many"), icon="users", url_name="customers:owners", permission=ASSIGN,
        order=62, keywords=_("owner cap limit places count"),
    )
)  # fmt: skip
navigation.register(
    NavItem(
        "handovers",
        _("Handovers"),
        icon="arrows-exchange",
        url_name="customers:handovers",
        permission=VIEW,
        order=25,
        count=waiting_count,
    )
)
quick_actions.register(
    QuickAction(
        "hand_over", _("Hand over…"), icon="arrows-exchange", url_name="customers:customer_hand_over",
        permission=HAND_OVER, order=50, dialog=False,
    )
)  # fmt: skip
bulk_actions.register(
    BulkAction(
        "hand_over", _("Hand over…"), icon="arrows-exchange", url_name="customers:hand_over", permission=HAND_OVER,
        order=12, archived=False,
    )
)  # fmt: skip
timeline_kinds.register(
    TimelineKind(
        handing.HANDED,
        _("Handover"),
        icon="arrows-exchange",
        permission=VIEW,
        sentence=story.handed_over,
        order=18,
    )
)
notification_kinds.register(
    NotificationKind(
        handing.NOTE, _("Handover"), "arrows-exchange", story.told,
        lambda params: organization_url("customers:handover", pk=params["handover"]),
    )
)  # fmt: skip
today_blocks.register(
    TodayBlock(
        "handovers",
        _("Handovers to confirm"),
        "customers/_today_handovers.html",
        handover_block,
        VIEW,
        order=15,
    )
)
job_kinds.register(
    JobKind(
        handovers.JOB, _("Hand over customers"), handovers.run_handover, VIEW, icon="arrows-exchange", cancellable=False,
        stages={
            "preparing": _("Choosing customers"), "moving": _("Handing customers over"), "undoing": _("Undoing"),
        },
        url=lambda job: organization_url("customers:handover", pk=job.params["handover"]),
    )
)  # fmt: skip
