"""Who may touch a customer's files, and what happens to customers whose owner leaves."""

from customers.actions.book import AT_ONCE, assign_owner
from customers.enums import OwnershipKind
from customers.models import Customer
from tenancy.access import Viewer
from tenancy.models import Membership
from workspace.models import AttachmentFolder


def may_view_folder(viewer: Viewer, folder: AttachmentFolder) -> bool:
    return _reaches(viewer, folder, "customers.view_customer")


def may_add_to_folder(viewer: Viewer, folder: AttachmentFolder) -> bool:
    return _reaches(viewer, folder, "customers.change_customer")


def count(member: Membership) -> int:
    return Customer.objects.filter(owner=member).count()


def hand_over(leaver: Membership, heir: Membership, actor: Membership | None) -> int:
    """Give every customer of `leaver`, archived ones included, to `heir`."""
    ids = list(Customer.objects.filter(owner=leaver).order_by("pk").values_list("pk", flat=True))
    moved = 0
    for start in range(0, len(ids), AT_ONCE):
        moved += assign_owner(ids[start : start + AT_ONCE], heir, actor=actor, kind=OwnershipKind.LEFT)[1]
    return moved


def _reaches(viewer: Viewer, folder: AttachmentFolder, permission: str) -> bool:
    return Customer.objects.visible_to(viewer, permission).filter(folder=folder).exists()
