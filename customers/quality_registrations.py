"""What the quality of data adds: facts, lists to work through, a block of today's page, nightly work."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers import story, suggestions
from customers.actions import health_count, quality_policy, verification
from customers.models import Customer
from customers.models.health import NEVER, NONE
from customers.queries.verification_today import verification_block
from customers.registry import (
    Fact,
    QuickAction,
    TimelineKind,
    Worklist,
    facts,
    next_best_actions,
    quick_actions,
    timeline_kinds,
    worklists,
)
from customers.rights import ASSIGN, CHANGE, VIEW
from tenancy.links import organization_url
from workspace.registry import (
    Command,
    DueKind,
    JobKind,
    NavItem,
    NotificationKind,
    TodayBlock,
    commands,
    due_kinds,
    job_kinds,
    navigation,
    notification_kinds,
    today_blocks,
)
from workspace.schedule import nightly

POLICY = "customers.change_qualitypolicy"
INDEX = "customers_health_"

navigation.register(
    NavItem(
        "quality",
        _("Data quality"),
        icon="heart-rate-monitor",
        url_name="customers:quality",
        permission=VIEW,
        order=23,
    )
)
commands.register(
    Command(
        "customers.verification", _("Verify customers due"), icon="user-check", url_name="customers:verification",
        permission=CHANGE, order=60, keywords=_("verification overdue check data"),
    )
)  # fmt: skip
commands.register(
    Command(
        "customers.quality_policy", _("Data quality policy"), icon="adjustments", url_name="customers:quality_policy",
        permission=POLICY, order=91, keywords=_("verification months completeness weights"),
    )
)  # fmt: skip
quick_actions.register(
    QuickAction(
        "verify",
        _("Verify data"),
        icon="user-check",
        url_name="customers:verify",
        permission=CHANGE,
        order=40,
        dialog=False,
    )
)
timeline_kinds.register(
    TimelineKind(
        verification.VERIFIED,
        _("Verified"),
        icon="user-check",
        permission=VIEW,
        sentence=story.verified,
        order=17,
    )
)

for fact in (
    Fact(
        "verified_on", _("Verified on"), "health__verified_on", "date", order=60, filter_index=f"{INDEX}verified",
        owner_path="health__owner", empty=NEVER,
    ),
    Fact(
        "verification_due", _("Verify by"), "health__due_on", "date", order=61, sort_index=f"{INDEX}due",
        filter_index=f"{INDEX}due", owner_path="health__owner", empty=NONE, highlight=True, icon="user-check",
    ),
    Fact(
        "verification_overdue", _("Verification overdue"), "health__overdue", "boolean", order=62,
        filter_index=f"{INDEX}overdue", column=False,
    ),
    Fact(
        "completeness", _("Completeness"), "health__completeness", "number", order=63, unit="%",
        sort_index=f"{INDEX}complete", owner_path="health__owner", highlight=True,
    ),
    Fact(
        "quality", _("Data quality"), "health__quality", "number", order=64, sort_index=f"{INDEX}quality",
        owner_path="health__owner",
    ),
):  # fmt: skip
    facts.register(fact)


def _marked(rows: QuerySet[Customer], **marks: Any) -> QuerySet[Customer]:
    return rows.filter(**{f"health__{name}": value for name, value in marks.items()})


PROBLEMS = (
    Worklist(
        "unowned", _("Nobody owns them"), _("They wait in no public pool either, and are forgotten: assign them."),
        icon="user-question", narrow=partial(_marked, unowned=True), fix_label=_("Assign…"), fix_url_name="customers:assign",
        fix_permission=ASSIGN, order=10,
    ),
    Worklist(
        "unreachable", _("No way to reach them"), _("No contact detail is known."), icon="phone-off",
        narrow=partial(_marked, unreachable=True), order=20, anchor="contact-details",
    ),
    Worklist(
        "doubtful_phone", _("Doubtful phone number"), _("The number belongs to no country’s numbering plan."),
        icon="phone-x", narrow=partial(_marked, doubtful_phone=True), order=30, anchor="contact-details",
    ),
    Worklist(
        "doubtful_name", _("Doubtful name"), _("A name such as “test” or “12345” is a placeholder."), icon="user-exclamation",
        narrow=partial(_marked, doubtful_name=True), order=40, anchor="id_name",
    ),
    Worklist(
        "found_wrong", _("Found wrong when verified"), _("Somebody marked a detail as wrong and nobody has mended it."),
        icon="user-x", narrow=partial(_marked, found_wrong=True), order=50,
    ),
    Worklist(
        "overdue", _("Verification overdue"), _("Nobody has confirmed the data for longer than the policy allows."),
        icon="user-check", narrow=partial(_marked, overdue=True), fix_label=_("Verify data"),
        fix_url_name="customers:verify", order=60, group="verification",
    ),
    Worklist(
        "scant", _("Completeness below 40%"), _("Little more than a name is known."), icon="battery-1",
        narrow=partial(_marked, completeness__lt=40), order=70, group="completeness",
    ),
    Worklist(
        "partial", _("Completeness 40–59%"), _("About half of what matters is known."), icon="battery-2",
        narrow=partial(_marked, completeness__gte=40, completeness__lt=60), order=71, group="completeness",
    ),
    Worklist(
        "good", _("Completeness 60–79%"), _("Most of what matters is known."), icon="battery-3",
        narrow=partial(_marked, completeness__gte=60, completeness__lt=80), order=72, group="completeness",
    ),
    Worklist(
        "full", _("Completeness from 80%"), _("Nearly everything that matters is known."), icon="battery-4",
        narrow=partial(_marked, completeness__gte=80), order=73, group="completeness",
    ),
)  # fmt: skip
for problem in PROBLEMS:
    worklists.register(problem)

for rule in suggestions.RULES:
    next_best_actions.register(rule)

today_blocks.register(
    TodayBlock(
        "verification",
        _("Due for verification"),
        "customers/_today_verification.html",
        verification_block,
        CHANGE,
        order=40,
    )
)
job_kinds.register(
    JobKind(
        quality_policy.REBUILD, _("Judge the data of all customers anew"), health_count.rebuild_health, VIEW, icon="refresh",
        url=lambda job: organization_url("customers:quality"),
    )
)  # fmt: skip
due_kinds.register(
    DueKind("customer_health", _("Data quality"), health_count.follow_the_calendar, nightly(2, 30))
)
notification_kinds.register(
    NotificationKind(
        health_count.VERIFY, _("Verification"), "user-check", story.verification_due,
        lambda params: organization_url("customers:verification"),
    )
)  # fmt: skip
