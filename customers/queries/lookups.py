"""How many numbers and addresses somebody may try out who sees them only masked: no book is guessed digit by digit."""

import time
from collections.abc import Iterable

from django.core.cache import cache
from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from customers.rights import REVEAL
from tenancy.access import Viewer
from tenancy.errors import Refused

MOST = 60
WITHIN = 600
"""So many different ones within so many seconds."""


class TooManyLookups(Refused):
    reason = _("You have looked up too many numbers. Try again in ten minutes, or search by name.")


def may_look_up(viewer: Viewer, texts: Iterable[str]) -> bool:
    """Whether `viewer` may learn who has these numbers or addresses; asking again for the same ones costs nothing."""
    wanted = set() if viewer.can(REVEAL) else set(texts)
    if not wanted:
        return True
    key = f"customers.lookups:{viewer.membership.pk}:{int(time.time()) // WITHIN}"
    with connection.cursor() as cursor:
        # Until the end of the transaction, so that requests sent at once are counted one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers_lookups'), hashtext(%s))", [key])
    seen = set(cache.get(key, ()))
    tried = seen | {salted_hmac("customers.lookups", text).hexdigest()[:16] for text in wanted}
    if len(tried) > MOST:
        return False
    if tried != seen:
        cache.set(key, sorted(tried), WITHIN)
    return True
