"""What an uploaded file is, by its content. What a browser might run is refused, whatever it is called."""

import re
import zipfile
from pathlib import PurePath
from typing import BinaryIO

from django.utils.translation import gettext as _

PDF, TEXT, CSV = "application/pdf", "text/plain", "text/csv"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS = {
    "pdf": PDF,
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "docx": DOCX,
    "xlsx": XLSX,
    "txt": TEXT,
    "csv": CSV,
}
ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_OFFICE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_ACTIVE = re.compile(
    rb"<\s*(?:!doctype|\?(?:xml|php)|html|head|body|script|svg|iframe|object|embed)|^#!", re.I
)
_HEAD = 4096


class FileRefused(ValueError):
    """The file is not taken in; the message says why, in the language in force."""


def sniff(stream: BinaryIO, name: str) -> str:
    """The content type of an allowed file. `stream` is seekable, and is left at its beginning. Raises
    FileRefused.
    """
    ending = PurePath(name).suffix.lower().lstrip(".")
    head = stream.read(_HEAD)
    found = _by_content(stream, head)
    stream.seek(0)
    if not head:
        raise FileRefused(_("The file is empty."))
    if ending not in ENDINGS or found is None:
        allowed = ", ".join(ENDINGS)
        raise FileRefused(
            _("This kind of file is not accepted. Accepted: %(allowed)s.") % {"allowed": allowed}
        )
    expected = ENDINGS[ending]
    if found != expected and not (found == TEXT and expected == CSV):
        raise FileRefused(
            _("The content of the file does not match its ending .%(ending)s.") % {"ending": ending}
        )
    return expected


def _by_content(stream: BinaryIO, head: bytes) -> str | None:
    for magic, content_type in _MAGIC:
        if head.startswith(magic):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return _office(stream)
    return TEXT if _is_plain_text(head) else None


def _office(stream: BinaryIO) -> str | None:
    try:
        names = set(zipfile.ZipFile(stream).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((content_type for name, content_type in _OFFICE.items() if name in names), None)


def _is_plain_text(head: bytes) -> bool:
    if b"\x00" in head or _ACTIVE.search(head):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(4):  # the head may end within a character
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
