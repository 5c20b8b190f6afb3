"""Files on the disk: encrypted, below MEDIA_ROOT/<organisation>/, under random names, never served by the
web server itself.

file = files.store(upload, name="customers.csv")
with file.open() as stream: ...                 # read, iterate by line, seek
with file.as_temporary_file(".xlsx") as path: ...
"""

import contextlib
import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from tenancy.context import current_organization
from tenancy.crypto import newest_key_id
from tenancy.db import uuid7
from workspace.encryption import FRAME, DamagedFile, binding, decrypting, encrypted, key_id_in
from workspace.models import StoredFile

__all__ = [
    "DamagedFile",
    "FileTooLarge",
    "destroy",
    "encrypt_anew",
    "key_id_of",
    "open_decrypted",
    "store",
    "temporary_copy",
]


class FileTooLarge(ValueError):
    """The file has more bytes than allowed; `limit` says how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class _Metered:
    """Counts and digests what flows through."""

    def __init__(self, stream: BinaryIO, limit: int | None) -> None:
        self.stream, self.limit = stream, limit
        self.size, self.digest = 0, hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.stream.read(FRAME):
            self.size += len(chunk)
            if self.limit is not None and self.size > self.limit:
                raise FileTooLarge(self.limit)
            self.digest.update(chunk)
            yield chunk


def organization_folder() -> Path:
    return Path(settings.MEDIA_ROOT) / current_organization().uid.hex


def path_of(file: StoredFile) -> Path:
    return organization_folder() / file.place.hex[:2] / file.place.hex


def store(stream: BinaryIO, *, name: str = "", limit: int | None = None) -> StoredFile:
    """Encrypt what `stream` gives (`read(n) -> bytes`) into a new file of the organisation in force.

    `limit`: raise FileTooLarge beyond so many bytes. A file whose row is rolled back is swept away later.
    """
    file = StoredFile(id=uuid7(), place=uuid.uuid4(), name=clean_name(name))
    metered = _Metered(stream, limit)
    _write(file, metered)
    file.size, file.sha256 = metered.size, metered.digest.digest()
    file.save(force_insert=True)
    return file


def _write(file: StoredFile, chunks: Iterable[bytes]) -> None:
    """The content of `file`, encrypted, at its place: whole or not at all."""
    path = path_of(file)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    try:
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            for piece in encrypted(chunks, binding(current_organization().uid, file.pk)):
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def key_id_of(file: StoredFile) -> str:
    """The key that the content was written with. Raises DamagedFile."""
    try:
        with path_of(file).open("rb") as source:
            return key_id_in(source)
    except FileNotFoundError as error:
        raise DamagedFile(f"The file {file.pk} is not on the disk.") from error


def encrypt_anew(file: StoredFile) -> bool:
    """Write the content under the newest key, at another place. False when it stands there already, or when somebody
    destroyed or moved the file meanwhile. Raises DamagedFile.

    Whoever has the file open reads on: the old content is swept away after a day.
    """
    if key_id_of(file) == newest_key_id():
        return False
    before = path_of(file)
    fresh = StoredFile(pk=file.pk, organization_id=file.organization_id, place=uuid.uuid4())
    with open_decrypted(file) as source:
        metered = _Metered(source, None)
        _write(fresh, metered)
    if metered.digest.digest() != bytes(file.sha256):
        path_of(fresh).unlink()
        raise DamagedFile(f"The file {file.pk} is not what was stored.")
    if not StoredFile.objects.filter(pk=file.pk, place=file.place).update(place=fresh.place):
        path_of(fresh).unlink()
        return False
    with contextlib.suppress(FileNotFoundError):
        os.utime(before)
    return True


def clean_name(name: str) -> str:
    """The last part of an uploaded name, without what could mislead: paths, control and direction
    characters.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>|:*?')
    stem, dot, ending = kept.strip(" .").rpartition(".")
    return f"{stem[:120]}{dot}{ending[:20]}" if dot else ending[:120]


def open_decrypted(file: StoredFile) -> BinaryIO:
    """The content of `file` as a stream. Raises DamagedFile."""
    try:
        source = path_of(file).open("rb")
    except FileNotFoundError as error:
        raise DamagedFile(f"The file {file.pk} is not on the disk.") from error
    try:
        return decrypting(source, binding(current_organization().uid, file.pk))
    except DamagedFile:
        source.close()
        raise


@contextmanager
def temporary_copy(file: StoredFile, suffix: str = "") -> Iterator[Path]:
    """A decrypted copy (mode 0600) for what needs a path, removed at the end, whatever happens."""
    with tempfile.NamedTemporaryFile(prefix="crm-", suffix=suffix) as copy:
        with open_decrypted(file) as source:
            while chunk := source.read(FRAME):
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def destroy(file: StoredFile) -> None:
    """Remove row and content, the content after the commit."""
    path = path_of(file)
    file.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
