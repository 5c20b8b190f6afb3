"""A customer is kept from returning to a pool, for a reason, until a day."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actions import timeline
from customers.models import Customer, Pool, PoolKeep, PoolWarning
from customers.models.pool import MOST_DAYS
from customers.queries.pools import all_terms, pool_of
from tenancy.access import Viewer
from tenancy.enums import Scope
from tenancy.errors import Refused
from tenancy.models import Membership

KEEP = "customers.keep_customer"
KEPT = "customer.kept"


@transaction.atomic
def keep_customer(customer: Customer, *, until: date, reason: str, viewer: Viewer) -> PoolKeep:
    """Nothing returns the customer until `until` (included), as long as it stays with its owner. Kept already: until then.

    Who reaches only their own customers keeps them within the pool's limits. Afterwards: an announced return is off, and
    the timeline says so. Raises Refused.
    """
    if customer.owner_id is None:
        raise Refused(_("Nobody owns this customer: there is nothing to keep."))
    today = timezone.localdate()
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        raise Refused(_("Choose a day between today and ten years from now."))
    if viewer.rights.get(KEEP) == Scope.OWN:
        _refuse_too_much(customer, until, viewer.membership)
    kept, _made = PoolKeep.objects.update_or_create(
        customer=customer,
        owner_id=customer.owner_id,
        defaults={"until": until, "reason": reason, "by": viewer.membership},
    )
    PoolWarning.objects.filter(customer=customer).delete()
    timeline.record(
        customer.pk, KEPT, actor=viewer.membership, params={"until": until.isoformat()}, text=reason
    )
    return kept


@transaction.atomic
def release_customer(customer: Customer, *, actor: Membership) -> bool:
    """The customer is kept no longer: the return rules hold for it again."""
    gone = PoolKeep.objects.filter(customer=customer, owner=customer.owner_id).delete()[0]
    if gone:
        timeline.record(customer.pk, KEPT, actor=actor, params={"until": ""})
    return bool(gone)


def longest_keep(customer: Customer, viewer: Viewer) -> tuple[Pool | None, date | None]:
    """The pool that the customer belongs to, and how long its owner may keep it; None: as long as they like."""
    pool = pool_of(customer, all_terms())
    limited = pool is not None and viewer.rights.get(KEEP) == Scope.OWN
    return pool, timezone.localdate() + timedelta(days=pool.keep_days) if limited and pool else None


def _refuse_too_much(customer: Customer, until: date, owner: Membership) -> None:
    Membership.objects.select_for_update(no_key=True).get(pk=owner.pk)
    pool = pool_of(customer, all_terms())
    if pool is None:
        return
    longest = timezone.localdate() + timedelta(days=pool.keep_days)
    if until > longest:
        day = date_format(longest, "SHORT_DATE_FORMAT")
        raise Refused(
            _("You may keep it until %(day)s at the latest; a manager may keep it longer.") % {"day": day}
        )
    others = PoolKeep.objects.filter(owner=owner, until__gte=timezone.localdate()).exclude(customer=customer)
    if others.count() >= pool.keep_most:
        text = ngettext(
            "You keep %(n)s customer already, as many as one person may: release one, or ask a manager.",
            "You keep %(n)s customers already, as many as one person may: release one, or ask a manager.",
            pool.keep_most,
        )
        raise Refused(text % {"n": pool.keep_most})
