"""What a column holds, as far as its heading and its first cells tell."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.timezone import localdate

from customers.importing.choices import CHOICES, choice_words
from customers.importing.contacts import KINDS
from customers.importing.dates import read_date
from customers.importing.headings import plain
from customers.importing.ours import labels
from customers.importing.targets import TARGETS, Target
from customers.text import half_width

_BY_SYNONYM = {
    plain(synonym): target.key for target in TARGETS.values() for synonym in target.synonyms.split()
}
# Words inside longer headings: "紧急联系手机", "Customer e-mail (work)".
_BY_PART = (
    ("手机", "phone"),
    ("电话", "phone"),
    ("phone", "phone"),
    ("mobile", "phone"),
    ("邮箱", "email"),
    ("email", "email"),
    ("微信", "wechat"),
    ("wechat", "wechat"),
    ("身份证", "identity_number"),
    ("出生", "birthday"),
    ("生日", "birthday"),
    ("birth", "birthday"),
    ("地址", "street"),
    ("address", "street"),
    ("邮编", "postcode"),
    ("备注", "remarks"),
)
# A heading that may mean something else: another column that says so plainly goes before it.
_BY_WHOLE = {"title": "contact_title"}
_OF_CONTACT = re.compile("(?<!紧急)联系人|contactperson|primarycontact")
_NOT_PERSONAL = re.compile("日期|时间|date|time|数量|次数|(?<!ac)count(?!ry)|是否")
# Details of a detail, and those of whoever looks after the customer.
_NOT_THEIRS = re.compile(
    "传真|fax|phonetic|optout|displayname$|label$|type$|pobox$|微信昵称|微信名|wechat(?:nick)?name"
    "|(?:负责人|业务员|销售|跟进人|归属人|客户经理|owner|salesrep|salesperson|manager|assistants?)的?"
    "(?:电话|手机|邮箱|邮件|微信|phone|mobile|tel|email|mail|wechat)"
)
# "Address 1 - City", "Mailing State/Province", "Home Street": a file may have several of each.
_ADDRESS = re.compile(
    r"(address \d+|business|company|work|home|other|mailing|billing|shipping|primary)(?: address)? (.+)"
)
_ADDRESS_PARTS = {
    **dict.fromkeys(("street", "street address", "street 1"), "street"),
    **dict.fromkeys(("street 2",), "street2"),
    **dict.fromkeys(("city", "town"), "city"),
    **dict.fromkeys(("district", "county"), "district"),
    **dict.fromkeys(("state", "province", "region", "state province"), "province"),
    **dict.fromkeys(("postal code", "postcode", "zip", "zip code", "zip postal code"), "postcode"),
    **dict.fromkeys(("country", "country region"), "country"),
}
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}", re.ASCII)
_PHONE = re.compile(r"\+\d[\d ()-]{6,18}\d|0\d{2,3}-?\d{7,8}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_IDENTITY = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx]", re.ASCII)
# What a column must look like that only part of a heading speaks for: wrong cells among them are told row by row.
_FITTING = {
    "phone": re.compile(r"[+(]?\d[\d ()./;,、；，:+-]{4,}(?:[转x#]\d+)?", re.ASCII),
    "email": re.compile(rf"(?:.*[\s;,；，、<])?{_EMAIL.pattern}.*"),
    "wechat": re.compile(r"[\w+-]{5,}", re.ASCII),
    "identity_number": re.compile(r"(?=.*\d{5})[\dA-Za-z ()-]{6,30}", re.ASCII),
    "birthday": re.compile(r".*\d[-/.年月]\d.*|\d{5}|\d{8}|.*[阴农]历.*|.*月.*", re.ASCII),
    "street": re.compile(r"(?!.*(?:@|://))(?![\d.]+$).+"),
    "postcode": re.compile(r"[\w -]{3,10}", re.ASCII),
    "contact_title": re.compile(
        r"(?!(?:mr|mrs|ms|miss|mx|dr|prof|sir|herr|frau|mme|m|先生|女士|小姐)\.?$).+", re.IGNORECASE
    ),
}
_MOST, _MANY = 0.8, 0.5


def known_headings() -> dict[str, str]:
    """What a heading may be, whatever organisation the file is for → its target, "" for what goes nowhere."""
    return {**labels(), **_BY_SYNONYM}


def automatic(
    headings: Sequence[str],
    sample: Sequence[Sequence[str]],
    own: Mapping[str, Target] | None = None,
    consents: Mapping[str, str] | None = None,
) -> list[str]:
    """By heading, then by content for the columns that no heading explains. Each target once, unless it joins columns.

    `own`: the organisation's own fields, which go before everything that a heading might mean besides. `consents`: what
    `ours.consents` answers.
    """
    own = own or {}
    targets = {**TARGETS, **own}
    words = {**known_headings(), **(consents or {})}
    words |= {word: key for key, one in own.items() for word in one.synonyms.split()}
    columns = [[row[place].strip() for row in sample] for place in range(len(headings))]
    known = [_by_heading(heading, words) for heading in headings]
    for place, target in enumerate(known):
        if target in CHOICES and not _mostly_known(target, columns[place]):
            known[place] = ""
    mapping, taken = [""] * len(headings), set()
    guesses = _guesses(headings, columns, known)
    filled_first = sorted(range(len(headings)), key=lambda place: not any(columns[place]))
    # What is known goes before what is guessed.
    for found, order in ((known, range(len(headings))), (guesses, filled_first)):
        for place in order:
            target = found[place]
            if target and (target not in taken or _may_join(target, targets, guessed=found is guesses)):
                mapping[place] = target
                taken.add(target)
    return _with_name(headings, known, mapping)


def _may_join(target: str, targets: Mapping[str, Target], *, guessed: bool) -> bool:
    """A second address that is only guessed is another address, and no part of the first."""
    return targets[target].joins and not (guessed and target == "street")


def _by_heading(heading: str, words: Mapping[str, str]) -> str | None:
    """None where the heading as a whole says nothing; "" where it says that the column goes nowhere."""
    word = plain(heading)
    return words[word] if word in words else _BY_SYNONYM.get(word.rstrip("0123456789"))


def _guesses(headings: Sequence[str], columns: Sequence[list[str]], known: Sequence[str | None]) -> list[str]:
    address = _one_address(headings, columns)
    return [
        ""
        if known[place] is not None or _NOT_THEIRS.search(plain(heading))
        else address.get(place) or _by_part(heading, columns[place]) or _by_content(heading, columns[place])
        for place, heading in enumerate(headings)
    ]


def _one_address(headings: Sequence[str], columns: Sequence[list[str]]) -> dict[int, str]:
    """Of several addresses (home, business, mailing) the parts of the one that is filled most."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for place, heading in enumerate(headings):
        match = _ADDRESS.fullmatch(_spaced(heading))
        if match and (target := _ADDRESS_PARTS.get(match[2])):
            found[match[1]][place] = target
    return max(found.values(), key=lambda one: sum(1 for n in one for cell in columns[n] if cell), default={})


def _spaced(heading: str) -> str:
    """Lower-case words with single spaces between them."""
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", unicodedata.normalize("NFKC", heading))
    return re.sub(r"[\W_]+", " ", words).strip().casefold()


def _by_part(heading: str, cells: Sequence[str]) -> str:
    word = plain(heading)
    if _NOT_PERSONAL.search(word) and not any(part in word for part in ("出生", "birth")):
        return ""
    if _spaced(heading).startswith("address ") and "email" not in word:
        return ""
    target = _BY_WHOLE.get(word) or next((target for part, target in _BY_PART if part in word), "")
    if _share(_FITTING.get(target), cells) < _MANY:
        return ""
    return f"contact_{target}" if target in KINDS and _OF_CONTACT.search(word) else target


def _share(pattern: re.Pattern[str] | None, cells: Sequence[str]) -> float:
    filled = [half_width(cell) for cell in cells if cell]
    if pattern is None or not filled:
        return 1
    return sum(1 for cell in filled if pattern.fullmatch(cell)) / len(filled)


def _by_content(heading: str, cells: Sequence[str]) -> str:
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        return ""
    for pattern, target in (
        (_IDENTITY, "identity_number"),
        (_MOBILE, "phone"),
        (_PHONE, "phone"),
        (_EMAIL, "email"),
    ):
        if sum(1 for cell in filled if pattern.fullmatch(cell)) >= len(filled) * _MOST:
            return target
    days = [day for day in map(read_date, filled) if day]
    enough = len(days) >= len(filled) * _MOST and len(set(days)) > 1
    return "birthday" if heading.startswith("[") and enough and _like_birthdays(days) else ""


def _mostly_known(target: str, cells: Sequence[str]) -> bool:
    """A choice column whose words we do not know would only give errors."""
    words = choice_words(target)
    filled = [half_width(cell).casefold() for cell in cells if cell]
    return sum(1 for cell in filled if cell in words) * 2 >= len(filled)


def _like_birthdays(days: list[date]) -> bool:
    middle = sorted(days)[len(days) // 2].year
    return localdate().year - 100 < middle < localdate().year - 12


def _with_name(headings: Sequence[str], known: Sequence[str | None], mapping: list[str]) -> list[str]:
    """A column must be the name: that of a person, or else the company, or else the contact person, or else one whose
    heading contains the word."""
    if {"name", "surname", "given_name"} & set(mapping):
        return mapping
    for other in ("company", "contact_name"):
        if other in mapping:
            mapping[mapping.index(other)] = "name"
            return mapping
    for place, heading in enumerate(headings):
        word = plain(heading)
        free = known[place] is None and not mapping[place] and not _NOT_THEIRS.search(word)
        if free and re.search("name|姓名|名称", word):
            mapping[place] = "name"
            break
    return mapping
