"""Uploads on their way: larger ones wait on the disk, and there only encrypted, under a key that lives in this process alone.

Django's own handler writes them in plain, readable for whoever gets at the temporary folder, its backups or its freed blocks.
"""

import io
import os
import tempfile

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

_BLOCK = 16


class SealedFile(io.RawIOBase):
    """A nameless temporary file in AES-256-CTR (NIST SP 800-38A): written once, then read and sought at will."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="crm-")  # noqa: SIM115 - closed with this one
        self._key = algorithms.AES(os.urandom(32))
        self._start = int.from_bytes(os.urandom(_BLOCK), "big")
        self._seal = self._cipher(0).encryptor()
        self._position = self.size = 0

    def _cipher(self, block: int) -> Cipher:
        counter = (self._start + block) % (1 << 128)
        return Cipher(self._key, modes.CTR(counter.to_bytes(_BLOCK, "big")))

    def append(self, data: bytes) -> None:
        self._file.write(self._seal.update(data))
        self.size += len(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer) -> int:
        block, inside = divmod(self._position, _BLOCK)
        self._file.seek(block * _BLOCK)
        sealed = self._file.read(inside + len(buffer))
        piece = self._cipher(block).decryptor().update(sealed)[inside:]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()


class SealedUploadHandler(FileUploadHandler):
    """For what is too large to be kept in memory: stands in `FILE_UPLOAD_HANDLERS` where Django's temporary files would."""

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self._sealed = SealedFile()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._sealed.append(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        return UploadedFile(
            io.BufferedReader(self._sealed, buffer_size=256 * 1024),
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "_sealed"):
            self._sealed.close()
