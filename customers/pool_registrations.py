"""What public pools add: their pages, bulk and quick actions, lines, notes, today's block, and the night's work."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from customers import pool_story as story
from customers.actions import pool, pool_claim, pool_keep, pool_night
from customers.bulk import BulkAction, BulkChange, bulk_actions, bulk_changes
from customers.models import BulkRun
from customers.pool_rules import add_return_rule
from customers.pools import ReturnRule
from customers.queries.pool_returns import returns_on
from customers.queries.pool_today import returning_block, waiting_for
from customers.registry import (
    Fact,
    QuickAction,
    TimelineKind,
    facts,
    quick_actions,
    timeline_kinds,
)
from customers.rights import CHANGE, MANAGE_POOLS, VIEW, VIEW_POOL
from tenancy.links import organization_url
from workspace.registrations import CUSTOMERS, SETTINGS
from workspace.registry import (
    Command,
    DueKind,
    NavItem,
    NotificationKind,
    TodayBlock,
    commands,
    due_kinds,
    navigation,
    notification_kinds,
    today_blocks,
)
from workspace.schedule import nightly

PUT, KEEP = pool.CHANGE, pool_keep.KEEP
POOLED = ngettext_lazy("%(n)s customer moved to the pool.", "%(n)s customers moved to the pool.", "n")


def _done(run: BulkRun) -> str:
    return str(POOLED % {"n": run.changed})


navigation.register(
    NavItem(
        "pools",
        _("Public pool"),
        icon="ripple",
        url_name="customers:pools",
        permission=VIEW_POOL,
        order=22,
        count=waiting_for,
    )
)
navigation.register(
    NavItem(
        "pool_settings", _("Pools and rules"), icon="ripple", url_name="customers:pool_settings", permission=MANAGE_POOLS,
        section=SETTINGS, fold=CUSTOMERS, order=917,
    )
)  # fmt: skip
commands.register(
    Command(
        "customers.pools", _("Claim customers from the public pool"), icon="ripple", url_name="customers:pools",
        permission=VIEW_POOL, order=62, keywords=_("pool claim unowned free customers"),
    )
)  # fmt: skip
commands.register(
    Command(
        "customers.pool_settings", _("Set up public pools"), icon="adjustments", url_name="customers:pool_settings",
        permission=MANAGE_POOLS, order=93, keywords=_("pool return rules claim limits"),
    )
)  # fmt: skip
facts.register(
    Fact(
        "returns_on", _("Returns to the pool on"), "returns_on", "date", order=66, expression=returns_on, icon="ripple"
    )
)  # fmt: skip
add_return_rule(
    ReturnRule(
        "order",
        _("Days without an order"),
        "last_order_on",
        story.no_order,
        unless=_("It returns to the pool on %(day)s unless an order comes in."),
        order=20,
        by_day=True,
        help_text=_("Days since “Last order on” of the customer. Empty: nobody returns for this."),
        action=QuickAction(
            "order", _("Enter the order"), icon="pencil", url_name="customers:edit", permission=CHANGE, dialog=False,
            anchor="id_last_order_on",
        ),
    )
)  # fmt: skip
bulk_changes.register(BulkChange("pool", _("Move to a pool"), PUT, pool.apply_pool, pool.undo_pool, _done))
bulk_actions.register(
    BulkAction(
        "pool", _("Move to a pool…"), icon="ripple", url_name="customers:bulk_pool", permission=PUT, order=12,
        archived=False,
    )
)  # fmt: skip
quick_actions.register(
    QuickAction(
        "pool", _("Put back into a pool…"), icon="ripple", url_name="customers:pool_put_back", permission=PUT, order=60
    )
)  # fmt: skip
quick_actions.register(
    QuickAction(
        "keep",
        _("Keep from the pool…"),
        icon="lock",
        url_name="customers:pool_keep",
        permission=KEEP,
        order=61,
    )
)
for kind in (
    TimelineKind(
        pool.POOLED, pgettext_lazy("timeline", "Public pool"), icon="ripple", permission=VIEW, sentence=story.pooled,
        order=13,
    ),
    TimelineKind(
        pool.CLAIMED, pgettext_lazy("timeline", "Claimed"), icon="user-share", permission=VIEW, sentence=story.claimed,
        order=13,
    ),
    TimelineKind(
        pool_keep.KEPT, pgettext_lazy("timeline", "Kept"), icon="lock", permission=VIEW, sentence=story.kept, order=13
    ),
):  # fmt: skip
    timeline_kinds.register(kind)
for note in (
    NotificationKind(
        pool_night.WARNING, _("About to return to the pool"), "ripple", story.about_to_return,
        lambda params: organization_url("customers:pool_returning"),
    ),
    NotificationKind(
        pool_night.RETURNED, _("Returned to the pool"), "ripple", story.returned,
        lambda params: organization_url("customers:pools"),
    ),
    NotificationKind(
        pool_night.TEAM_RETURNED, _("Returned to the pool"), "ripple", story.team_returned,
        lambda params: organization_url("customers:pools"),
    ),
    NotificationKind(
        pool_claim.ASSIGNED, _("Assigned from the pool"), "user-share", story.assigned,
        lambda params: organization_url("customers:list"),
    ),
):  # fmt: skip
    notification_kinds.register(note)
today_blocks.register(
    TodayBlock(
        "pool-returning", _("About to return to the pool"), "customers/_today_returning.html", returning_block, VIEW, order=15
    )
)  # fmt: skip
due_kinds.register(
    DueKind(
        "customer_pools",
        _("Public pools"),
        pool_night.run_pools,
        nightly(2, 20),
        lease=timedelta(hours=1),
        order=63,
    )
)
