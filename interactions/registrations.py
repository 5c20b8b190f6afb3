"""What interactions tells the rest of the house when it starts."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.pool_rules import add_return_rule
from customers.pools import ReturnRule
from customers.registry import (
    Fact,
    NextStep,
    OpenItemKind,
    Panel,
    QuickAction,
    SearchBoost,
    TimelineKind,
    Worklist,
    facts,
    next_best_actions,
    next_steps,
    open_items,
    panels,
    quick_actions,
    search_boosts,
    timeline_kinds,
    worklists,
)
from interactions import folders, handover, story, suggestions
from interactions.actions import files, policy, timeline
from interactions.enums import ContactKind
from interactions.models import Interaction
from interactions.models.rollup import NEVER, NONE
from interactions.queries import today
from interactions.queries.interactions import contact_count, open_plans_of
from tenancy.access import Viewer
from tenancy.explain import ExplainableKind, register_explainable
from tenancy.links import organization_url
from tenancy.ownership import OwnedKind, register_owned_kind
from tenancy.permission_catalogue import hide_permissions
from workspace.registry import (
    Command,
    DueKind,
    FolderKind,
    JobKind,
    NavItem,
    NotificationKind,
    TodayBlock,
    commands,
    due_kinds,
    folder_kinds,
    job_kinds,
    navigation,
    notification_kinds,
    today_blocks,
)
from workspace.schedule import nightly

VIEW, ADD = "interactions.view_interaction", "interactions.add_interaction"
VIEW_PLAN, ADD_PLAN = "interactions.view_plan", "interactions.add_plan"
POLICY = "interactions.change_contactpolicy"
ROLLUP = "interactions_rollup_"
RECENT = timedelta(days=30)
"""Whom somebody has spoken with so lately is likelier meant by a search."""

search_boosts.register(SearchBoost("contacts", "contact__last_at", RECENT))
navigation.register(NavItem("contacts", _("Contact log"), "message-2", "interactions:list", VIEW, order=30))
navigation.register(
    NavItem("owed", _("Owed a contact"), "clock-exclamation", "interactions:owed", VIEW, order=31)
)

commands.register(
    Command(
        "interactions.log",
        _("Log a contact"),
        "message-plus",
        "interactions:create",
        ADD,
        order=10,
        create=True,
        phone=True,
        dialog=True,
        keywords=_("visit call message email meeting contact log"),
    )
)
commands.register(
    Command(
        "interactions.plan",
        _("Plan a next step"),
        "calendar-plus",
        "interactions:plan_create",
        ADD_PLAN,
        order=15,
        create=True,
        dialog=True,
        keywords=_("plan visit next step appointment"),
    )
)
commands.register(
    Command(
        "interactions.policy", _("Contact policy"), "adjustments", "interactions:policy", POLICY, order=90
    )
)
quick_actions.register(
    QuickAction("log", _("Log a contact"), "message-plus", "interactions:create", ADD, order=10)
)
quick_actions.register(
    QuickAction(
        "plan", _("Plan a next step"), "calendar-plus", "interactions:plan_create", ADD_PLAN, order=20
    )
)
panels.register(Panel("contacts", _("Contacts"), "interactions:panel", VIEW, order=15, count=contact_count))


def _open_plans(customer: Customer, viewer: Viewer):
    return open_plans_of(viewer, customer.pk)


next_steps.register(NextStep("plans", "interactions/_next_steps.html", _open_plans, VIEW_PLAN, order=10))

for rule in suggestions.RULES:
    next_best_actions.register(rule)
add_return_rule(
    ReturnRule(
        "contact",
        _("Days without a contact"),
        "contact__last_at",
        story.no_contact,
        unless=_("It returns to the pool on %(day)s unless you get in touch."),
        order=10,
    )
)
worklists.register(
    Worklist(
        "owed",
        _("Owed a contact"),
        _("The contact policy of their tier asks for a contact."),
        icon="clock-exclamation",
        narrow=lambda rows: rows.filter(contact__owed=True),
        fix_label=_("Log a contact"),
        fix_url_name="interactions:create",
        permission=VIEW,
        fix_permission=ADD,
        order=65,
    )
)

for fact in (
    Fact(
        "last_contact",
        _("Last contact"),
        "contact__last_at",
        "datetime",
        VIEW,
        order=40,
        sort_index=f"{ROLLUP}last",
        filter_index=f"{ROLLUP}last",
        default=True,
        owner_path="contact__owner",
        empty=NEVER,
        newest_first=True,
        highlight=True,
        icon="history",
    ),
    Fact(
        "last_contact_kind", _("Kind of last contact"), "contact__last_kind", "choice", VIEW, 41, ContactKind
    ),
    Fact("last_contact_text", _("Said at last contact"), "contact__last_text", "text", VIEW, 42),
    Fact(
        "next_on",
        _("Next step on"),
        "contact__next_on",
        "date",
        VIEW_PLAN,
        order=43,
        sort_index=f"{ROLLUP}next",
        filter_index=f"{ROLLUP}next",
        default=True,
        owner_path="contact__owner",
        empty=NONE,
        highlight=True,
        icon="calendar-event",
    ),
    Fact(
        "contact_due",
        _("Contact due by"),
        "contact__due_on",
        "date",
        VIEW,
        order=44,
        sort_index=f"{ROLLUP}due",
        filter_index=f"{ROLLUP}due",
        owner_path="contact__owner",
        empty=NONE,
        highlight=True,
        icon="clock-exclamation",
    ),
    Fact(
        "owed",
        _("Owed a contact"),
        "contact__owed",
        "boolean",
        VIEW,
        order=45,
        filter_index=f"{ROLLUP}owed",
        column=False,
    ),
):
    facts.register(fact)

for kind in (
    TimelineKind(timeline.CONTACT, _("Contact"), "message-2", VIEW, story.contact, 20, "interactions:detail"),
    TimelineKind(
        timeline.PLAN_DONE, _("Plan done"), "circle-check", VIEW, story.plan_done, 21, "interactions:detail"
    ),
    TimelineKind(timeline.PLAN_MADE, _("Plan made"), "calendar-plus", VIEW_PLAN, story.plan_made, 22),
    TimelineKind(
        timeline.PLAN_POSTPONED, _("Plan postponed"), "calendar-time", VIEW_PLAN, story.plan_postponed, 23
    ),
    TimelineKind(
        timeline.PLAN_CANCELLED, _("Plan cancelled"), "calendar-off", VIEW_PLAN, story.plan_cancelled, 24
    ),
):
    timeline_kinds.register(kind)

today_blocks.register(
    TodayBlock(
        "contacts-plans",
        _("Today's plans"),
        "interactions/_today_plans.html",
        today.plans_block,
        VIEW_PLAN,
        order=10,
    )
)
today_blocks.register(
    TodayBlock(
        "contacts-owed",
        _("Owed a contact"),
        "interactions/_today_owed.html",
        today.owed_block,
        VIEW,
        order=20,
    )
)
today_blocks.register(
    TodayBlock(
        "contacts-week", _("My week"), "interactions/_today_week.html", today.summary_block, VIEW, order=30
    )
)
notification_kinds.register(
    NotificationKind(
        policy.OWED,
        _("Owed a contact"),
        "clock-exclamation",
        story.owed,
        lambda params: organization_url("interactions:owed"),
    )
)
job_kinds.register(
    JobKind(
        policy.REBUILD,
        _("Count contact dates anew"),
        policy.rebuild_contacts,
        POLICY,
        icon="refresh",
        url=lambda job: organization_url("interactions:owed"),
    )
)
due_kinds.register(DueKind("contact_policy", _("Contact policy"), policy.count_owed, nightly(2)))
folder_kinds.register(FolderKind(files.FOLDER, folders.may_view_folder, folders.may_add_to_folder))
register_owned_kind(
    OwnedKind("plans", _("Open plans"), handover.count_plans, handover.hand_over_plans),
)
register_explainable(
    ExplainableKind(
        "interaction",
        _("Contact"),
        Interaction,
        (VIEW, "interactions.change_interaction", "interactions.delete_interaction"),
        ("interactions:detail", "interactions:edit"),
    )
)
hide_permissions("interactions.delete_plan")
open_items.register(
    OpenItemKind(
        "plans", _("Open plans"), "calendar-event", handover.open_plans, handover.leave_plans,
        order=10,
    )
)  # fmt: skip
open_items.register(OpenItemKind("owed", _("Overdue contacts"), "phone", handover.owed_contacts, order=20))
