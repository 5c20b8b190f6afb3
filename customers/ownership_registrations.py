"""What ownership adds: caps in the settings, who owns how many."""

from django.utils.translation import gettext_lazy as _

from workspace.registrations import SETTINGS
from workspace.registry import Command, NavItem, commands, navigation

ASSIGN, POLICY = "customers.assign_customer", "customers.change_ownershippolicy"

navigation.register(
    NavItem(
        "ownership", _("Ownership of customers"), icon="user-share", url_name="customers:ownership_policy",
        permission=POLICY, section=SETTINGS, order=917,
    )
)  # fmt: skip
commands.register(
    Command(
        "customers.owners", _("Who owns how many"), icon="users", url_name="customers:owners", permission=ASSIGN,
        order=62, keywords=_("owner cap limit places count"),
    )
)  # fmt: skip
