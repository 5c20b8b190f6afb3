"""What interactions declare of the personal data they hold: see `customers.privacy`."""

from django.utils.translation import gettext_lazy as _

from customers.privacy import PrivacyRule, privacy_rules
from interactions.models import CustomerContact, Interaction, InteractionCompanion, Plan, PlanChange

DERIVED = _("Made from the other data: it says nothing more than they do.")

for rule in (
    PrivacyRule(Interaction, order=50, hidden=("folder", "version")),
    PrivacyRule(InteractionCompanion, ("interaction__customer",), order=51),
    PrivacyRule(Plan, order=52, hidden=("version",)),
    PrivacyRule(PlanChange, ("plan__customer",), order=53),
    PrivacyRule(CustomerContact, exported=False, reason=DERIVED, order=93),
):
    privacy_rules.register(rule)
