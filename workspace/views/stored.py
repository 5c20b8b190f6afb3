"""Answering with the content of a stored file."""

import logging
from typing import BinaryIO

from django.http import HttpRequest
from django.utils.translation import gettext as _

from workspace.files import DamagedFile
from workspace.models import StoredFile
from workspace.toasts import toast

logger = logging.getLogger(__name__)


def open_or_tell(request: HttpRequest, file: StoredFile) -> BinaryIO | None:
    """The content. None where it is lost or damaged: the log says so, and the next page that the person sees."""
    try:
        return file.open()
    except DamagedFile as error:
        logger.error("%s", error)
    text = _("“%(name)s” cannot be read any more. Ask an administrator to bring it back from a backup.")
    toast(request, text % {"name": file.name or _("The file")}, level="danger")
    return None
