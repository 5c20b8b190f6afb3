"""Who may touch the files of a contact."""

from interactions.models import Interaction
from tenancy.access import Viewer
from workspace.models import AttachmentFolder


def may_view_folder(viewer: Viewer, folder: AttachmentFolder) -> bool:
    rows = Interaction.objects.active().visible_to(viewer, "interactions.view_interaction")
    return rows.filter(folder=folder).exists()


def may_add_to_folder(viewer: Viewer, folder: AttachmentFolder) -> bool:
    rows = Interaction.objects.active().changeable_by(viewer, "interactions.change_interaction")
    return rows.filter(folder=folder).exists()
