"""Files and photos of a contact."""

from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from interactions.models import Interaction
from tenancy.db import uuid7
from tenancy.models import Membership
from workspace.actions.attachment import add_attachment, create_folder
from workspace.models import AttachmentFolder

FOLDER = "interactions.contact"


@transaction.atomic
def attach(contact: Interaction, files: Iterable[UploadedFile], *, actor: Membership) -> Interaction:
    """Keep these files with the contact. Raises FileRefused; then nothing of the contact is kept either."""
    for file in files:
        add_attachment(folder_of(contact), file, actor=actor, id=uuid7())
    return contact


def folder_of(contact: Interaction) -> AttachmentFolder:
    """The contact's folder, made when it is needed first."""
    if contact.folder is None:
        contact.folder = create_folder(FOLDER)
        contact.save(update_fields=["folder"])
    return contact.folder
