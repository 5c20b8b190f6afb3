"""Encryption of whole files, in frames, so that a large one is never in memory at once.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM: the nonce is a counter
and a mark of the
last frame, so that frames cannot be changed, dropped, reordered or cut off at the end without notice. Each
file has a key of its own,
derived (HKDF-SHA256) from the field key with a random salt and bound to organisation and file.

Layout: magic (4) | length of key id (1) | key id | salt (32) | frames of 256 KiB plaintext + 16 bytes tag;
at least one frame.
"""

import io
import os
import uuid
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tenancy.crypto import header_of, newest_key_id

FRAME = 256 * 1024
_MAGIC = b"ECF1"
_TAG = 16
_SALT = 32


class DamagedFile(RuntimeError):
    """The stored file was altered, cut, moved, or written with a key that is not in the ring."""


def _cipher(key_id: str, salt: bytes, bound_to: bytes) -> AESGCM:
    if key_id not in settings.FIELD_KEYS:
        raise DamagedFile(f"No key named {key_id!r} in FIELD_KEYS.")
    derive = HKDF(hashes.SHA256(), 32, salt, b"workspace.file|" + bound_to)
    return AESGCM(derive.derive(settings.FIELD_KEYS[key_id]))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def key_id_in(source: BinaryIO) -> str:
    """The key a stored file was written with; `source` then stands at the salt. Raises DamagedFile."""
    header = source.read(5)
    if header[:4] != _MAGIC or len(header) < 5:
        raise DamagedFile("The stored file does not begin as it should.")
    return source.read(header[4]).decode(errors="replace")


def binding(organization_uid: uuid.UUID, file_id: uuid.UUID) -> bytes:
    return f"{organization_uid}|{file_id}".encode()


def encrypted(chunks: Iterable[bytes], bound_to: bytes) -> Iterator[bytes]:
    """The bytes to write for the plaintext `chunks`, which may be of any size."""
    key_id, salt = newest_key_id(), os.urandom(_SALT)
    cipher = _cipher(key_id, salt, bound_to)
    yield _MAGIC + header_of(key_id) + salt
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > FRAME:
            yield cipher.encrypt(_nonce(number, last=False), bytes(held[:FRAME]), bound_to)
            del held[:FRAME]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(held), bound_to)


class _Decrypting(io.RawIOBase):
    """The plaintext of an encrypted file, readable and seekable, one frame in memory."""

    def __init__(self, source: BinaryIO, bound_to: bytes) -> None:
        self._source = source
        self._bound_to = bound_to
        self._position = 0
        self._frame = (-1, b"")
        key_id = key_id_in(source)
        self._cipher = _cipher(key_id, source.read(_SALT), bound_to)
        self._start = source.tell()
        sealed = source.seek(0, os.SEEK_END) - self._start
        self._frames = -(-sealed // (FRAME + _TAG))
        self._size = sealed - self._frames * _TAG
        if self._frames < 1 or self._size < 0:
            raise DamagedFile("The stored file was cut off.")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer) -> int:
        number, offset = divmod(self._position, FRAME)
        if number >= self._frames:
            return 0
        piece = self._decrypt(number)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _decrypt(self, number: int) -> bytes:
        if self._frame[0] != number:
            self._source.seek(self._start + number * (FRAME + _TAG))
            sealed = self._source.read(FRAME + _TAG)
            nonce = _nonce(number, last=number == self._frames - 1)
            try:
                self._frame = (number, self._cipher.decrypt(nonce, sealed, self._bound_to))
            except InvalidTag as error:
                raise DamagedFile("The stored file was altered or cut off, or is not this one.") from error
        return self._frame[1]

    def close(self) -> None:
        self._source.close()
        super().close()


def decrypting(source: BinaryIO, bound_to: bytes) -> io.BufferedReader:
    """The plaintext of `source`. Raises DamagedFile, at the latest when the damaged part is read."""
    raw = _Decrypting(source, bound_to)
    raw._decrypt(raw._frames - 1)  # a file cut off at the end is refused before its beginning is used
    return io.BufferedReader(raw, buffer_size=FRAME)
