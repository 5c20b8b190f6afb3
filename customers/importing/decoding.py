"""In which encoding a text file is written: found by decoding all of it, never by guessing from a sample."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from customers.importing.problems import FileProblem

_CHUNK = 256 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Chinese text keeps to GB2312 or to what is common in traditional writing; other encodings read as GB18030 scatter over
# its rare blocks.
_COMMON_SHARE = 0.7
_GB2312_FROM = 0xA1
_BIG5_COMMON = 0xA4, 0xC7
_RARE_BYTES = 4
_EXTENSION_A = range(0x3400, 0x4DC0)
_MIXED_SHARE = 0.2


def detect_encoding(stream: BinaryIO, named: str = "") -> str:
    """A codec name that decodes the whole stream. Raises FileProblem; leaves the stream at its beginning.

    `named`: what a person says it is; only a mark at the beginning of the file goes before that.
    """
    stream.seek(0)
    head = stream.read(4096)
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), named)
    try:
        if encoding:
            line = _first_bad_line(stream, encoding)
            if line is not None:
                raise FileProblem("other_encoding" if encoding == named else "encoding", line=line)
            return encoding
        return _without_mark(stream)
    finally:
        stream.seek(0)


def _without_mark(stream: BinaryIO) -> str:
    bad_utf8 = _first_bad_line(stream, "utf-8")
    if bad_utf8 is None:
        return "utf-8"
    signs = _Signs.read(stream)
    if signs.utf8_lines and signs.other_lines and signs.utf8_share > _MIXED_SHARE:
        raise FileProblem("mixed_encoding", line=signs.changes_in)
    bad_gb = _first_bad_line(stream, "gb18030")
    if bad_gb is not None or signs.common_share < _COMMON_SHARE:
        raise FileProblem("encoding", line=bad_gb or bad_utf8)
    return "gb18030"


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        yield chunk


def _first_bad_line(stream: BinaryIO, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        for chunk in _chunks(stream):
            lines += decoder.decode(chunk).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return lines + error.object[: error.start].count(b"\n")
    return None


@dataclass
class _Signs:
    """What speaks for and against GB18030 in a file that is not UTF-8 as a whole."""

    utf8_lines: int = 0  # valid UTF-8 with a character of three bytes: hardly ever so by chance
    other_lines: int = 0
    changes_in: int = 0
    common: int = 0
    foreign: int = 0

    @classmethod
    def read(cls, stream: BinaryIO) -> "_Signs":
        signs = cls()
        first_is_utf8: bool | None = None
        stream.seek(0)
        for number, line in enumerate(stream, start=1):
            if line.isascii():
                continue
            is_utf8 = signs._count(line)
            first_is_utf8 = is_utf8 if first_is_utf8 is None else first_is_utf8
            if is_utf8 != first_is_utf8 and not signs.changes_in:
                signs.changes_in = number
        return signs

    def _count(self, line: bytes) -> bool:
        try:
            if any(letter > "\u07ff" for letter in line.decode("utf-8")):
                self.utf8_lines += 1
                return True
        except UnicodeDecodeError:
            pass
        self.other_lines += 1
        for letter in line.decode("gb18030", errors="replace"):
            if letter > "\x7f":
                self.foreign += 1
                self.common += _is_common(letter)
        return False

    @property
    def utf8_share(self) -> float:
        return self.utf8_lines / (self.utf8_lines + self.other_lines)

    @property
    def common_share(self) -> float:
        return self.common / self.foreign if self.foreign else 0


@lru_cache(maxsize=1 << 16)
def _is_common(letter: str) -> bool:
    """A Chinese character, or its punctuation and full-width forms, that no other encoding reads as GB18030 gives often.

    Letters of western encodings become pairs whose second byte is ASCII: of those only common traditional characters count.
    """
    code = letter.encode("gb18030", errors="replace")
    if len(code) == _RARE_BYTES:
        return letter != "\ufffd"
    first, second = code[0], code[-1]
    if first >= _GB2312_FROM and second >= _GB2312_FROM:
        return 0xB0 <= first <= 0xF7 or first <= 0xA3
    if second < 0x80:
        return _BIG5_COMMON[0] <= _in_big5(letter) < _BIG5_COMMON[1]
    return ord(letter) in _EXTENSION_A or bool(_in_big5(letter))


def _in_big5(letter: str) -> int:
    """First byte of the character in the encoding of traditional Chinese; 0 where it has none."""
    try:
        return letter.encode("big5hkscs")[0]
    except UnicodeEncodeError:
        return 0
