"""The parts of a workbook: what is in the package, which sheets there are, its texts and its number formats.

Read with expat and nothing else: a library that builds a sheet's whole grid in memory is brought down by a workbook of two cells
that lie far apart, and one that resolves entities by a workbook of a few lines. Declarations (DTD, entities) are refused.
"""

import re
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.parsers import expat

from customers.importing.limits import MAX_CELL, MAX_ENTRIES, MAX_RATIO, MAX_STRINGS, MAX_UNPACKED, RATIO_FROM
from customers.importing.problems import FileProblem

_CHUNK = 64 * 1024
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


class LocalNames(dict):
    """Element names without their prefix, each worked out once."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(":")[2]
        return local


@dataclass
class Workbook:
    """An opened package: sheets by name (with their paths), in order."""

    archive: zipfile.ZipFile
    sheets: dict[str, str]
    strings_path: str = ""
    styles_path: str = ""
    date1904: bool = False


def open_workbook(stream: BinaryIO) -> Workbook:
    """Raises FileProblem."""
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
        _refuse_bombs(archive)
        return _read_workbook(archive)
    except (
        zipfile.BadZipFile,
        KeyError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        if isinstance(error, RuntimeError) and "password" in str(error):
            raise FileProblem("protected") from None
        raise FileProblem("broken_workbook") from None


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    # What an entry declares is the most that zipfile will unpack of it.
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise FileProblem("bomb")
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1):
        raise FileProblem("bomb")
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise FileProblem("bomb")


def _read_workbook(archive: zipfile.ZipFile) -> Workbook:
    root = relations(archive, "_rels/.rels")
    path = next((target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml")
    if path.endswith(".bin") or path not in archive.namelist():
        raise FileProblem("binary")
    folder, name = PurePosixPath(path).parent, PurePosixPath(path).name
    links = relations(archive, f"{folder}/_rels/{name}.rels")
    book = Workbook(archive, {})
    hidden: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            book.date1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "sheet":
            link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            kind, target = links.get(link, ("", ""))
            if kind == "worksheet":
                place = book.sheets if attributes.get("state", "visible") == "visible" else hidden
                place[attributes.get("name", "")] = target

    parse_part(archive, path, start)
    book.sheets = book.sheets or hidden
    for kind, target in links.values():
        if kind == "sharedStrings":
            book.strings_path = target
        elif kind == "styles":
            book.styles_path = target
    return book


def relations(archive: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """Id → (last word of the type, path inside the package)."""
    found: dict[str, tuple[str, str]] = {}
    base = PurePosixPath(path).parent.parent

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else str(base / target)
            found[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], whole

    if path in archive.namelist():
        parse_part(archive, path, start)
    return found


def new_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse(*_) -> None:
        raise FileProblem("entities")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def parse_part(archive: zipfile.ZipFile, path: str, start: Callable[[str, dict[str, str]], None]) -> None:
    """Calls `start(local name, attributes)` for each element. Raises FileProblem."""
    names = LocalNames()
    parser = new_parser()
    parser.StartElementHandler = lambda tag, attributes: start(names[tag], attributes)
    feed(archive, path, parser)


def feed(archive: zipfile.ZipFile, path: str, parser: expat.XMLParserType) -> None:
    try:
        with archive.open(path) as part:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError:
        raise FileProblem("broken_workbook") from None


@dataclass
class Texts:
    """The shared texts of a workbook, end to end in one buffer: a list of strings would take four times the memory."""

    data: bytearray = field(default_factory=bytearray)
    ends: array = field(default_factory=lambda: array("Q"))

    def __getitem__(self, number: int) -> str:
        start = self.ends[number - 1] if number else 0
        return self.data[start : self.ends[number]].decode()

    def __len__(self) -> int:
        return len(self.ends)

    def add(self, text: str) -> None:
        self.data += text.encode("utf-8", "replace")
        self.ends.append(len(self.data))
        if len(self.data) > MAX_STRINGS:
            raise FileProblem("too_many_texts")


class _Enough(Exception):
    pass


class _TextsReader:
    """Handlers that gather the texts of `sharedStrings.xml`; the reading aids of Chinese and Japanese are left out."""

    def __init__(self, limit: int | None) -> None:
        self.texts = Texts()
        self._limit = limit
        self._names = LocalNames()
        self._pieces: list[str] = []
        self._length = 0
        self._inside = self._phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = self._names[tag]
        if tag == "t":
            self._inside = not self._phonetic
        elif tag == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        tag = self._names[tag]
        if tag == "t":
            self._inside = False
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self.texts.add(unescaped("".join(self._pieces))[: MAX_CELL + 1])
            self._pieces.clear()
            self._length = 0
            if self._limit is not None and len(self.texts) >= self._limit:
                raise _Enough

    def data(self, text: str) -> None:
        if self._inside and self._length <= MAX_CELL:
            self._pieces.append(text)
            self._length += len(text)


def read_texts(book: Workbook, limit: int | None = None) -> Texts:
    """The shared texts, or the first `limit` of them; one longer than a cell is cut one character beyond."""
    reader = _TextsReader(limit)
    if book.strings_path in book.archive.namelist():
        parser = new_parser()
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.CharacterDataHandler = reader.data
        try:
            feed(book.archive, book.strings_path, parser)
        except _Enough:
            pass
    return reader.texts


def unescaped(text: str) -> str:
    """`_x000D_` is how a workbook writes a character that XML does not allow."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def read_formats(book: Workbook) -> list[str]:
    """For each cell style: "date", "time", "" for anything else, or the zeros of a format that pads with them ("00000")."""
    styles: list[str] = []
    custom: dict[str, str] = {}
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            styles.append(_format(number, custom.get(number, "")))

    if book.styles_path in book.archive.namelist():
        parse_part(book.archive, book.styles_path, start)
    return styles


def _format(number: str, code: str) -> str:
    if not code:
        return "date" if number.isdigit() and int(number) in _DATE_IDS else ""
    if re.fullmatch(r"0{2,20}", code):
        return code
    bare = _NOT_DATE.sub("", code.partition(";")[0]).lower()
    return (
        "date"
        if re.search(r"[ymdhs年月日]", bare) and not re.search(r"[0#?]", bare.replace(".0", ""))
        else ""
    )
