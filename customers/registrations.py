"""What customers tells the rest of the house when it starts."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import folders, leaving, story
from customers.actions import custom_field
from customers.actions.birthday import pass_birthdays
from customers.enums import (
    AgeBand,
    Area,
    BuyingChannel,
    CreditRating,
    CustomerKind,
    Gender,
    IncomeBand,
    Intention,
    NeedType,
    Region,
    Relationship,
    Source,
    Tier,
)
from customers.models import Customer
from customers.queries.distance import kilometres
from customers.queries.palette import palette_hits, recent_hits
from customers.queries.relations import relation_count
from customers.queries.search import search_among
from customers.queries.timeline import line_count
from customers.registry import Fact, Panel, TimelineKind, facts, panels, timeline_kinds
from customers.rights import ADD, ASSIGN, CHANGE, REVEAL, VIEW
from tenancy.explain import ExplainableKind, register_explainable
from tenancy.links import organization_url
from tenancy.ownership import OwnedKind, register_owned_kind
from workspace.registrations import CUSTOMERS, SETTINGS
from workspace.registry import (
    Command,
    DueKind,
    FolderKind,
    JobKind,
    NavItem,
    SearchSource,
    commands,
    due_kinds,
    folder_kinds,
    job_kinds,
    navigation,
    search_sources,
)
from workspace.schedule import nightly

navigation.register(
    NavItem(
        "customers",
        _("Customers"),
        icon="users",
        url_name="customers:list",
        permission=VIEW,
        order=20,
        phone=True,
    )
)
navigation.register(
    NavItem(
        "fields",
        _("Fields to collect"),
        icon="list-check",
        url_name="customers:field_policy",
        permission="customers.change_fieldpolicy",
        section=SETTINGS,
        fold=CUSTOMERS,
        order=918,
    )
)
navigation.register(
    NavItem(
        "codes",
        _("Customer codes"),
        icon="hash",
        url_name="customers:code_pattern",
        permission="customers.change_fieldpolicy",
        section=SETTINGS,
        fold=CUSTOMERS,
        order=918,
    )
)
navigation.register(
    NavItem(
        "custom_fields",
        _("Custom fields"),
        icon="list-details",
        url_name="customers:custom_fields",
        permission="customers.change_customfield",
        section=SETTINGS,
        fold=CUSTOMERS,
        order=919,
    )
)
job_kinds.register(
    JobKind(
        custom_field.DESTROY, _("Destroy a custom field"), custom_field.run_destroy, "customers.change_customfield",
        icon="trash", url=lambda job: organization_url("customers:custom_fields"),
    )
)  # fmt: skip
job_kinds.register(
    JobKind(
        custom_field.REINDEX, _("Bring a custom field into the search"), custom_field.run_reindex,
        "customers.change_customfield", icon="refresh", url=lambda job: organization_url("customers:custom_fields"),
    )
)  # fmt: skip
commands.register(
    Command(
        "customers.create",
        _("New customer"),
        icon="user-plus",
        url_name="customers:quick_create",
        permission=ADD,
        order=20,
        create=True,
        dialog=True,
        named=True,
        keywords=_("add customer client company person"),
    )
)
commands.register(
    Command(
        "customers.field_policy",
        _("Fields to collect"),
        icon="list-check",
        url_name="customers:field_policy",
        permission="customers.change_fieldpolicy",
        order=92,
        keywords=_("field policy required hidden purpose"),
    )
)
commands.register(
    Command(
        "customers.code_pattern",
        _("Customer codes"),
        icon="hash",
        url_name="customers:code_pattern",
        permission="customers.change_fieldpolicy",
        order=92,
        keywords=_("code number pattern prefix digits year"),
    )
)
commands.register(
    Command(
        "customers.collection",
        _("Collection form"),
        icon="printer",
        url_name="customers:collection",
        permission=VIEW,
        order=61,
        keywords=_("print paper form collect"),
    )
)
due_kinds.register(DueKind("birthdays", _("Next birthdays"), pass_birthdays, nightly(1)))
search_sources.register(
    SearchSource(
        "customers",
        _("Customers"),
        icon="user",
        search=palette_hits,
        permission=VIEW,
        order=10,
        recent=recent_hits,
    )
)
folder_kinds.register(FolderKind("customers.customer", folders.may_view_folder, folders.may_add_to_folder))
register_owned_kind(OwnedKind("customers", _("Customers"), leaving.count, leaving.hand_over))
register_explainable(
    ExplainableKind(
        "customer",
        _("Customer"),
        Customer,
        (VIEW, CHANGE, REVEAL, ASSIGN),
        ("customers:detail", "customers:edit"),
        search_among,
    )
)

# `icon=` spelled so: the build of the icon sprite reads it here.
# ruff: noqa: C408
STORY = (
    ("created", pgettext_lazy("timeline", "Created"), dict(icon="user-plus")),
    ("imported", pgettext_lazy("timeline", "Imported"), dict(icon="file-import")),
    ("edited", pgettext_lazy("timeline", "Edited"), dict(icon="pencil")),
    ("owner_changed", pgettext_lazy("timeline", "Owner"), dict(icon="user-share")),
    ("people_changed", _("Contact persons"), dict(icon="users")),
    ("related", pgettext_lazy("timeline", "Relation"), dict(icon="affiliate", url_name="customers:detail")),
    ("archived", pgettext_lazy("timeline", "Archived"), dict(icon="archive")),
    ("restored", pgettext_lazy("timeline", "Restored"), dict(icon="archive-off")),
    (
        "merged",
        pgettext_lazy("timeline", "Merged"),
        dict(icon="arrows-join-2", url_name="customers:merge_detail"),
    ),
    (
        "unmerged",
        pgettext_lazy("timeline", "Merge undone"),
        dict(icon="arrows-split-2", url_name="customers:merge_detail"),
    ),
)
for place, (name, label, look) in enumerate(STORY):
    sentence = getattr(story, name)
    timeline_kinds.register(
        TimelineKind(f"customer.{name}", label, permission=VIEW, sentence=sentence, order=10 + place, **look)
    )

INDEX = "customers_customer_"
for fact in (
    Fact("name", _("Customer"), "name", "text", order=10, sort_index=f"{INDEX}name", sort_path="name_key", default=True),
    Fact("code", pgettext_lazy("of a customer", "Code"), "code", "text", order=11, default=True),
    Fact("kind", _("Kind"), "kind", "choice", order=12, choices=CustomerKind, filter_index=f"{INDEX}kind"),
    Fact(
        "tier", _("Tier"), "tier", "choice", order=13, choices=Tier, filter_index=f"{INDEX}tier", default=True,
        highlight=True,
    ),
    Fact(
        "owner", _("Owner"), "owner", "member", order=14, filter_index=f"{INDEX}own_name", default=True, highlight=True
    ),
    Fact("phone", _("Phone"), "points", "phone", order=15, default=True),
    Fact("city", _("City"), "city", "text", order=16, filter_index=f"{INDEX}city", default=True),
    Fact("province", _("Province"), "province", "text", order=17, filter_index=f"{INDEX}province"),
    Fact("industry", _("Industry"), "industry", "text", order=18),
    Fact(
        "source", _("Source"), "source", "choice", order=19, choices=Source, filter_index=f"{INDEX}source"
    ),
    Fact(
        "relationship", _("Relationship"), "relationship", "choice", order=20, choices=Relationship,
        filter_index=f"{INDEX}relation",
    ),
    Fact(
        "last_order_on", _("Last order on"), "last_order_on", "date", order=20, sort_index=f"{INDEX}last_order",
        filter_index=f"{INDEX}last_order", may_be_null=True, newest_first=True,
    ),
    Fact("credit_rating", _("Credit rating"), "credit_rating", "choice", order=21, choices=CreditRating),
    Fact("gender", _("Gender"), "gender", "choice", order=22, choices=Gender),
    Fact("age_band", _("Age band"), "age_band", "choice", order=23, choices=AgeBand),
    Fact(
        "birthday", _("Next birthday"), "next_birthday__next_on", "date", order=24, sort_index="customers_birthday_next",
        filter_index="customers_birthday_next", owner_path="next_birthday__owner", empty=date.max,
    ),
    Fact("business_category", _("Business category"), "business_category", "text", order=25),
    Fact("region", _("Region"), "region", "choice", order=26, choices=Region, filter_index=f"{INDEX}region"),
    Fact("area", _("Urban or rural"), "area", "choice", order=27, choices=Area),
    Fact("district", _("District"), "district", "text", order=28),
    Fact("distance", _("Distance (km)"), "kilometres", "number", order=29, expression=kilometres),
    Fact(
        "intention", _("Purchase intention"), "needs__intention", "choice", order=30, choices=Intention,
        filter_index="customers_needs_intention",
    ),
    Fact("income", _("Monthly income"), "needs__income", "choice", order=31, choices=IncomeBand),
    Fact(
        "need_type", _("Type of need"), "needs__need_type", "choice", order=32, choices=NeedType,
        filter_index="customers_needs_type",
    ),
    Fact(
        "buying_channel", _("Preferred buying channel"), "needs__buying_channel", "choice", order=33,
        choices=BuyingChannel,
    ),
    Fact(
        "created", _("Created"), "created_at", "datetime", order=80, sort_index=f"{INDEX}created",
        filter_index=f"{INDEX}created", newest_first=True,
    ),
    Fact(
        "updated", _("Updated"), "updated_at", "datetime", order=81, sort_index=f"{INDEX}updated", newest_first=True,
        default=True,
    ),
):  # fmt: skip
    facts.register(fact)

panels.register(Panel("overview", _("Overview"), "customers:detail", VIEW, order=10))
panels.register(Panel("needs", _("Needs"), "customers:needs", VIEW, order=18))
panels.register(Panel("timeline", _("Timeline"), "customers:timeline", VIEW, order=20, count=line_count))
panels.register(
    Panel("relations", _("Relations"), "customers:relations", VIEW, order=30, count=relation_count)
)
panels.register(Panel("files", _("Files"), "customers:files", VIEW, order=80))
