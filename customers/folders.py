"""Who may touch a customer's files."""

from customers.models import Customer
from customers.rights import CHANGE, VIEW
from tenancy.access import Viewer
from workspace.models import AttachmentFolder


def may_view_folder(viewer: Viewer, folder: AttachmentFolder) -> bool:
    return _reaches(viewer, folder, VIEW)


def may_add_to_folder(viewer: Viewer, folder: AttachmentFolder) -> bool:
    return _reaches(viewer, folder, CHANGE)


def _reaches(viewer: Viewer, folder: AttachmentFolder, permission: str) -> bool:
    return Customer.objects.visible_to(viewer, permission).filter(folder=folder).exists()
