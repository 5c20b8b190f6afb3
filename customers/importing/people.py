"""Whom an "owner" column may name."""

from collections import Counter

from customers.importing.options import People
from tenancy.access import Viewer
from tenancy.models import Membership

ASSIGN = "customers.assign_customer"


def people_for(viewer: Viewer) -> People:
    """Active members by name and email address, and those to whom `viewer` may give customers (always oneself)."""
    rows = list(Membership.objects.active().values_list("pk", "name", "user__email"))
    names = Counter(name.casefold() for _, name, _ in rows)
    words = {email.casefold(): str(pk) for pk, _, email in rows}
    words |= {name.casefold(): str(pk) for pk, name, _ in rows if names[name.casefold()] == 1}
    reach = viewer.reach(ASSIGN)
    if reach is not None and reach.everyone:
        return People(words)
    mine = {str(viewer.membership.pk)}
    return People(words, frozenset(mine | {str(member) for member in reach.members} if reach else mine))
