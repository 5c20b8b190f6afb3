"""What sharing adds: who sees customers besides their owners, how it is told, and how it ends."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from customers import story
from customers.actions import bulk_changes as changes
from customers.actions import collaborator
from customers.bulk import BulkAction, BulkChange, bulk_actions, bulk_changes
from customers.queries.sharing import collaborator_names, ending_block
from customers.registry import Fact, TimelineKind, facts, timeline_kinds
from customers.rights import SHARE, VIEW
from customers.sharing import CUSTOMERS
from tenancy.links import organization_url
from tenancy.sharing import register_shared_kind
from workspace.registry import (
    Command,
    DueKind,
    NotificationKind,
    TodayBlock,
    commands,
    due_kinds,
    notification_kinds,
    today_blocks,
)
from workspace.schedule import nightly

register_shared_kind(CUSTOMERS)


def _page(several: str) -> Callable[[Mapping[str, Any]], str]:
    """The customer's page where it is one; `several`: the page of many."""

    def url(params: Mapping[str, Any]) -> str:
        if params.get("n", 1) == 1:
            return organization_url("customers:detail", pk=params["customer"])
        return organization_url(several)

    return url


bulk_changes.register(
    BulkChange(
        "share", _("Share"), SHARE, changes.apply_share, changes.undo_share,
        lambda run: str(
            ngettext("%(n)s customer shared with %(name)s.", "%(n)s customers shared with %(name)s.", run.changed)
            % {"n": run.changed, "name": run.params.get("name", "")}
        ),
    )
)  # fmt: skip
bulk_actions.register(
    BulkAction(
        "share", _("Share…"), icon="users-plus", url_name="customers:bulk_share", permission=SHARE, order=15,
        archived=False,
    )
)  # fmt: skip
facts.register(
    Fact(
        "collaborators", _("Collaborators"), "collaborator_names", "text", order=24,
        expression=collaborator_names,
    )
)  # fmt: skip
today_blocks.register(
    TodayBlock(
        "shares_ending", _("Sharing ends soon"), "customers/_today_sharing.html", ending_block, VIEW, order=60
    )
)
commands.register(
    Command(
        "customers.shared_with_me", _("Shared with me"), icon="users-group", url_name="customers:shared_with_me",
        permission=VIEW, order=93, keywords=_("collaborator team shared customers"),
    )
)  # fmt: skip
for kind in (
    TimelineKind(
        collaborator.SHARED, pgettext_lazy("on customers", "Sharing"), icon="users-plus", permission=VIEW,
        sentence=story.shared, order=15,
    ),
    TimelineKind(
        collaborator.UNSHARED, pgettext_lazy("on customers", "End of sharing"), icon="users-minus",
        permission=VIEW, sentence=story.unshared, order=16,
    ),
):  # fmt: skip
    timeline_kinds.register(kind)
for note in (
    NotificationKind(
        collaborator.NOTE, _("Customers shared with you"), icon="users-plus", render=story.shared_with_you,
        url=_page("customers:shared_with_me"), order=60,
    ),
    NotificationKind(
        collaborator.OWNER_NOTE, _("Your customers shared by others"), icon="users-plus",
        render=story.shared_by_other, url=_page("customers:list"), order=61,
    ),
    NotificationKind(
        collaborator.LEFT_NOTE, _("Collaborators who left your customers"), icon="users-minus",
        render=story.share_left, url=_page("customers:list"), order=62,
    ),
):  # fmt: skip
    notification_kinds.register(note)
due_kinds.register(
    DueKind(
        "customers.share_ends", _("End what was shared for a time"), collaborator.end_expired, nightly(0, 20),
        order=63,
    )
)  # fmt: skip
