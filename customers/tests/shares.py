"""What tests of sharing share."""

from datetime import timedelta

from django.utils import timezone

from customers.actions.collaborator import Terms, remove_collaborator, share_customers
from customers.models import Customer
from tenancy.access import viewer_for
from tenancy.enums import ShareLevel
from tenancy.models import Membership
from tenancy.tests.pages import browser

URL = "/o/ours/customers/"
VIEW, CHANGE, MERGE = "customers.view_customer", "customers.change_customer", "customers.merge_customer"
REVEAL, ASSIGN, EXPORT = "customers.reveal_contact", "customers.assign_customer", "customers.export_customer"
READ, WORK = Terms(ShareLevel.READ), Terms(ShareLevel.WORK)
YESTERDAY, TODAY = timedelta(days=-1), timedelta(0)


def until(days: timedelta, level: ShareLevel = ShareLevel.READ) -> Terms:
    return Terms(level, timezone.localdate() + days)


def share(customer: Customer, target, terms: Terms = READ) -> None:
    share_customers([customer.pk], target, terms, actor=customer.owner)


def unshare(customer: Customer, target) -> None:
    """End all that the customer is shared with this member or department by name."""
    side = "member" if isinstance(target, Membership) else "department"
    for row in customer.collaborators.filter(**{side: target}):
        remove_collaborator(row, actor=customer.owner)


def seen(member: Membership, permission: str = VIEW) -> set[str]:
    return {row.name for row in Customer.objects.visible_to(viewer_for(member), permission)}


def listed(member: Membership, **query: str) -> list[str]:
    return [row["name"] for row in browser(member).get(URL, query).context["rows"]]
