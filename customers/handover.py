"""Who may touch a customer's files, and what happens to customers whose owner leaves."""

from customers.actions.handover import hand_over_all
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
    return hand_over_all(leaver, heir, actor=actor)


def _reaches(viewer: Viewer, folder: AttachmentFolder, permission: str) -> bool:
    return Customer.objects.visible_to(viewer, permission).filter(folder=folder).exists()
