"""Unusual looking: more customers in a day than one person usually sees."""

from customers.models import Disclosure
from governance.actions.privacy_policy import guardians
from governance.queries.disclosure import seen_since_midnight
from workspace.actions.notification import notify_all

UNUSUAL = "governance.unusual_disclosures"
AT_ONCE = 100
"""So many disclosures at the same moment may each take themselves for the one before the limit."""


def watch_volume(disclosure: Disclosure) -> bool:
    """Tell those who handle privacy, once a day for each person, when this disclosure is more than is usual. Far beyond it
    they have been told, and nobody is looked for again."""
    day, seen, usual = seen_since_midnight(disclosure.by_id)
    if not usual < seen <= usual + AT_ONCE + disclosure.customers:
        return False
    params = {"member": str(disclosure.by_id), "count": seen}
    notify_all(guardians(), UNUSUAL, params, key=f"{UNUSUAL}:{disclosure.by_id}:{day.isoformat()}")
    return True
