"""Key accounts of the demo organisations that several people work on."""

from datetime import timedelta

from django.utils import timezone

from customers.actions.collaborator import SHARED, Target, Terms, share_customers
from customers.enums import CustomerKind, Tier
from customers.models import Customer, TimelineEntry
from tenancy.enums import ShareLevel
from tenancy.models import Membership
from workspace.models import Notification

_REASONS = {
    True: ("联合投标", "休假期间代管", "集团客户，共同维护"),
    False: ("Joint bid", "Covers a holiday", "Group account"),
}


def share_some(owners: list[Membership], *, chinese: bool) -> None:
    """The first owner shares with a colleague and a team; a colleague shares with the first owner."""
    bid, holiday, group = _REASONS[chinese]
    rep, colleague, other = owners[0], owners[1], owners[-1]
    soon = timezone.localdate() + timedelta(days=5)
    plans: list[tuple[Membership, Target | None, Terms, int]] = [
        (rep, colleague, Terms(ShareLevel.WORK, reason=bid), 2),
        (rep, other.department, Terms(ShareLevel.READ, reason=group), 1),
        (rep, other, Terms(ShareLevel.WORK, soon, holiday), 1),
        (colleague, rep, Terms(ShareLevel.WORK, reason=bid), 2),
        (other, rep, Terms(ShareLevel.READ, soon, group), 1),
    ]
    for owner, target, terms, most in plans:
        if target is not None and target != owner:
            share_customers(_key_accounts(owner, most), target, terms, actor=owner)
    # It was some weeks ago: nobody has still to be told.
    before = timezone.now() - timedelta(days=20)
    TimelineEntry.objects.filter(kind=SHARED).update(at=before)
    Notification.objects.filter(kind__startswith="customers.shared").update(read_at=before)


def _key_accounts(owner: Membership, most: int) -> list:
    rows = Customer.objects.active().filter(owner=owner, tier=Tier.KEY, kind=CustomerKind.COMPANY)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:most])
