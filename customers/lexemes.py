"""What a customer is found by: one alphabet of lexemes for the writer of a search document and for the query.

Every lexeme begins with the organisation's id (`42:客户`), so that one plain GIN index serves all organisations
and each search touches its own entries only. Chinese text gives its overlapping pairs of characters, with
positions, so that a phrase matches adjacent ones only; the last character of a run stands alone too, so that one
character finds by prefix. Latin words stand in lower case, also without their accents, and are found by prefix; names
give their reading besides (`zhangsan`, `zs`). The weight of a position tells where a word comes from, so that a search
can say how it found a customer. Nothing here tells a phone number or an address: they are there as blind indexes.

    42:客户   42:acme   42:zhangsan   42:zs     text of names, codes, aliases, contact persons
    42:=张三                                    the beginning of the whole name, for exact and leading matches
    42:#9f2c…                                   blind index of a phone, email, WeChat id or other number
    42:%a01b…                                   blind index of a phone's last four digits
    42:@0193…                                   the owner's membership, `@-` for nobody: scopes narrow in the index
    42:+0193…                                   a member or department that it is shared with
    42:~0193…                                   a tag: its label is looked up when somebody searches
    42:!archived                                archived customers, left out unless asked for
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache

from customers.pinyin import other_syllables, syllables

ARCHIVED = "!archived"
WORD_LENGTH = 40
_HEAD_LENGTH = 40
_INDEX_BYTES = 12
# Position gap between two names of one document: no phrase reaches across.
_GAP = 3
_LAST_POSITION = 16000

# Where a word comes from, as the weight of its positions.
NAME, READING, ALIAS, PERSON = "D", "B", "C", "A"

_CJK = "々〇぀-ヿ㐀-䶿一-鿿가-힣豈-﫿𠀀-𲎯"
_RUNS = re.compile(rf"([{_CJK}]+)|((?:(?![{_CJK}_])\w)+)")
_UMLAUT = re.compile("([ln])(?:v|yu)")
_CHINESE = re.compile(rf"[{_CJK}]")
PLACES = re.compile(
    "^(?:中国|北京|上海|天津|重庆|广东|江苏|浙江|山东|河南|四川|湖北|湖南|福建|安徽|河北|辽宁|陕西|江西|云南|广西|山西|贵州|吉林|"
    "黑龙江|内蒙古|新疆|甘肃|海南|宁夏|青海|西藏|香港|澳门|台湾|广州|深圳|杭州|南京|苏州|成都|武汉|西安|青岛|宁波|无锡|长沙|"
    "郑州|佛山|东莞|厦门|大连|济南|合肥|福州|沈阳|常州|南通|温州|昆明|哈尔滨|石家庄|南昌|珠海|中山|惠州|绍兴|嘉兴|金华|台州)"
    "(?:省|市)?"
)


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def runs(text: str) -> list[tuple[str, str]]:
    """("cjk" text, "") or ("", word) in order."""
    return _RUNS.findall(_folded(text))


def _pairs(run: str) -> list[str]:
    """Overlapping pairs, and the last character alone."""
    return [*(run[i : i + 2] for i in range(len(run) - 1)), run[-1]]


def plain(word: str) -> str:
    """A Latin word without its accents: `müller` as `muller`."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join([c for c in parts if not unicodedata.combining(c)])


def has_chinese(text: str) -> bool:
    return bool(_CHINESE.search(text))


def readings(name: str, person: bool) -> list[str]:
    """`zhangsan` and `zs`; for a company the same again behind the place that its name begins with."""
    if not _CHINESE.search(name):
        return []
    starts = [name]
    place = None if person else PLACES.match(name)
    if place and place.end() < len(name):
        starts.append(name[place.end() :])
    found = []
    for start in starts:
        for parts in (syllables(start, person=person), other_syllables(start, person=person)):
            if parts:
                found += ["".join(parts)[:WORD_LENGTH], "".join([part[0] for part in parts])[:WORD_LENGTH]]
    return found


def short_index(index: bytes) -> str:
    return index[:_INDEX_BYTES].hex()


def document(
    organization_id: int,
    *,
    name: str,
    code: str,
    owner_id: uuid.UUID | None,
    person: bool = False,
    aliases: Sequence[str] = (),
    others: Sequence[str] = (),
    value_indexes: Iterable[bytes] = (),
    tail_indexes: Iterable[bytes | None] = (),
    tags: Iterable[uuid.UUID] = (),
    shared_with: Iterable[uuid.UUID] = (),
    archived: bool = False,
) -> str:
    """The search document in the text form of `tsvector`: bind it as `%s::tsvector`. About 15 µs.

    `aliases`: what else it is called. `others`: names of contact persons. `value_indexes`: from `customers.normalise`,
    of whatever kind.
    """
    lead = f"'{organization_id}:"
    parts: list[str] = []
    at = _add_words(parts, lead, name, 1, "", READING, person)
    at = _add_words(parts, lead, code, at, "", READING, False)
    for alias in aliases:
        at = _add_words(parts, lead, alias, at, ALIAS, ALIAS, person)
    for other in others:
        at = _add_words(parts, lead, other, at, PERSON, PERSON, True)
    parts.append(f"{lead}={_quoted(head(name))}'")
    parts += [f"{lead}#{short_index(index)}'" for index in value_indexes]
    parts += [f"{lead}%{short_index(index)}'" for index in tail_indexes if index]
    parts += [f"{lead}~{tag.hex}'" for tag in tags]
    parts += [f"{lead}+{key.hex}'" for key in shared_with]
    parts.append(f"{lead}@{owner_id.hex if owner_id else '-'}'")
    if archived:
        parts.append(f"{lead}{ARCHIVED}'")
    return " ".join(parts)


def _add_words(
    parts: list[str], lead: str, text: str, at: int, weight: str, reading_weight: str, person: bool
) -> int:
    """Add the lexemes of one name, from position `at` on; answers the position for what follows."""
    for run, word in runs(text):
        if word:
            place = f"':{min(at, _LAST_POSITION)}{weight}"
            parts.append(f"{lead}{word[:WORD_LENGTH]}{place}")
            if not word.isascii() and (bare := plain(word)) != word:
                parts.append(f"{lead}{bare[:WORD_LENGTH]}{place}")
            at += 1
            continue
        for pair in _pairs(run):
            parts.append(f"{lead}{pair}':{min(at, _LAST_POSITION)}{weight}")
            at += 1
        at += _GAP
    if not text.isascii():
        place = f"':{min(at, _LAST_POSITION)}{reading_weight}"
        parts += [f"{lead}{reading}{place}" for reading in readings(text, person)]
    return at + _GAP


def head(name: str) -> str:
    """The beginning of a name as whole-name matches compare it."""
    return "".join(_folded(name).split())[:_HEAD_LENGTH]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "''")


@lru_cache(maxsize=256)
def text_query(organization_id: int, text: str, weights: str = "") -> str:
    """The `tsquery` of what was typed, word by word; "" when it holds no letter or digit.

    A reading may be typed in pieces: `zhang san` finds as `zhangsan` does. `weights`: only where words come from there.
    """
    parts, beside = text_parts(organization_id, text, weights)
    whole = " & ".join(parts)
    return " | ".join([f"({whole})", *beside]) if beside else whole


def text_parts(organization_id: int, text: str, weights: str = "") -> tuple[list[str], list[str]]:
    """The same in its terms: all of the first together are wanted, or one of the others."""
    lead = f"'{organization_id}:"
    wanted = [
        _either([f"{lead}{one[:WORD_LENGTH]}':*{weights}" for one in spellings(word)])
        if word
        else _adjacent(lead, run, weights)
        for run, word in runs(text)
    ]
    joined = [f"{lead}{spelt}':*{weights}" for one in joined_readings(text) for spelt in spellings(one)]
    return wanted, joined


def whole_query(organization_id: int, text: str) -> str:
    """The `tsquery` of all words that were typed, none of them as a beginning; "" for a single one, and without any."""
    lead, pieces = f"'{organization_id}:", runs(text)
    if len(pieces) < 2 or not any(word for _run, word in pieces):
        return ""
    return " & ".join(
        _either([f"{lead}{one[:WORD_LENGTH]}'" for one in spellings(word)]) if word else _adjacent(lead, run)
        for run, word in pieces
    )


def _adjacent(lead: str, run: str, weights: str = "") -> str:
    """The characters beside each other; one alone begins a pair."""
    if len(run) == 1:
        return f"{lead}{run}':*{weights}"
    mark = f":{weights}" if weights else ""
    return "(" + " <-> ".join([f"{lead}{pair}'{mark}" for pair in _pairs(run)[:-1]]) + ")"


def spellings(word: str) -> list[str]:
    """As typed, without accents, and with `lu` for the ü that people write as `lv` or `lyu`."""
    return list(dict.fromkeys((word, plain(word), _UMLAUT.sub(r"\1u", word))))


def _either(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else "(" + " | ".join(terms) + ")"


def joined_readings(text: str) -> list[str]:
    """What was typed in several pieces as one reading: `zhang san`, `张san`, and `san zhang` besides."""
    parts = []
    for run, word in runs(text):
        if word and not (word.isascii() and word.isalpha()):
            return []
        parts.append(word or "".join(syllables(run)))
    if len(parts) < 2 or _CHINESE.search("".join(parts)):
        return []
    orders = [parts, parts[::-1]] if len(parts) == 2 else [parts]
    return ["".join(order)[:WORD_LENGTH] for order in orders]


def head_query(organization_id: int, text: str, *, whole: bool = False) -> str:
    """The `tsquery` of names that begin with what was typed; `whole`: that are just this."""
    start = head(text)
    return f"'{organization_id}:={_quoted(start)}'{'' if whole else ':*'}" if start else ""


def index_query(organization_id: int, index: bytes, *, tail: bool = False) -> str:
    """The `tsquery` of customers with this contact detail or number, or with this end of a phone number."""
    return f"'{organization_id}:{'%' if tail else '#'}{short_index(index)}'"


def owner_query(organization_id: int, owners: Iterable[uuid.UUID]) -> str:
    """The `tsquery` of customers that one of `owners` owns."""
    return " | ".join(f"'{organization_id}:@{owner.hex}'" for owner in owners)


def nobody_query(organization_id: int) -> str:
    """The `tsquery` of customers that nobody owns."""
    return f"'{organization_id}:@-'"


def shared_query(organization_id: int, keys: Iterable[uuid.UUID]) -> str:
    """The `tsquery` of customers that are shared with one of these members and departments."""
    return " | ".join(f"'{organization_id}:+{key.hex}'" for key in keys)


def present_query(organization_id: int) -> str:
    return f"!'{organization_id}:{ARCHIVED}'"
