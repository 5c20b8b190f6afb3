"""What a customer is found by: one alphabet of lexemes for the writer of a search document and for the query.

Every lexeme begins with the organisation's id (`42:客户`), so that one plain GIN index serves all organisations
and each search touches its own entries only. Chinese text gives its overlapping pairs of characters, with
positions, so that a phrase matches adjacent ones only; the last character of a run stands alone too, so that one
character finds by prefix. Latin words stand in lower case and are found by prefix; names give their reading besides
(`zhangsan`, `zs`). Nothing here tells a phone number or an address: they are there as blind indexes.

    42:客户   42:acme   42:zhangsan   42:zs     text of names and codes
    42:=张三                                    the beginning of the whole name, for exact and leading matches
    42:#9f2c…                                   blind index of a phone, email, WeChat id or other number
    42:%a01b…                                   blind index of a phone's last four digits
    42:@0193…                                   the owner's membership, `@-` for nobody: scopes narrow in the index
    42:!archived                                archived customers, left out unless asked for
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache

from customers.pinyin import syllables

ARCHIVED = "!archived"
_WORD_LENGTH = 40
_HEAD_LENGTH = 40
_INDEX_BYTES = 12
# Position gap between two names of one document: no phrase reaches across.
_GAP = 3
_LAST_POSITION = 16000

_CJK = "々〇぀-ヿ㐀-䶿一-鿿가-힣豈-﫿𠀀-𲎯"
_RUNS = re.compile(rf"([{_CJK}]+)|((?:(?![{_CJK}_])\w)+)")
_CHINESE = re.compile(rf"[{_CJK}]")
PLACES = re.compile(
    "^(?:中国|北京|上海|天津|重庆|广东|江苏|浙江|山东|河南|四川|湖北|湖南|福建|安徽|河北|辽宁|陕西|江西|云南|广西|山西|贵州|吉林|"
    "黑龙江|内蒙古|新疆|甘肃|海南|宁夏|青海|西藏|香港|澳门|台湾|广州|深圳|杭州|南京|苏州|成都|武汉|西安|青岛|宁波|无锡|长沙|"
    "郑州|佛山|东莞|厦门|大连|济南|合肥|福州|沈阳|常州|南通|温州|昆明|哈尔滨|石家庄|南昌|珠海|中山|惠州|绍兴|嘉兴|金华|台州)"
    "(?:省|市)?"
)


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def folded_line(text: str) -> str:
    """What was typed, as `lower(name)` of a stored name would read."""
    return " ".join(text.split()).lower()


def _runs(text: str) -> Iterable[tuple[str, str]]:
    """("cjk" text, "") or ("", word) in order."""
    return _RUNS.findall(_folded(text))


def _pairs(run: str) -> list[str]:
    """Overlapping pairs, and the last character alone."""
    return [*(run[i : i + 2] for i in range(len(run) - 1)), run[-1]]


def _readings(name: str, person: bool) -> list[str]:
    """`zhangsan` and `zs`; for a company the same again behind the place that its name begins with."""
    if not _CHINESE.search(name):
        return []
    starts = [name]
    place = None if person else PLACES.match(name)
    if place and place.end() < len(name):
        starts.append(name[place.end() :])
    found = []
    for start in starts:
        parts = syllables(start, person=person)
        if parts:
            found += ["".join(parts)[:_WORD_LENGTH], "".join(part[0] for part in parts)[:_WORD_LENGTH]]
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
    others: Sequence[str] = (),
    value_indexes: Iterable[bytes] = (),
    tail_indexes: Iterable[bytes | None] = (),
    archived: bool = False,
) -> str:
    """The search document in the text form of `tsvector`: bind it as `%s::tsvector`. About 15 µs.

    `others`: names of contact persons. `value_indexes`: from `customers.normalise`, of whatever kind.
    """
    lead = f"'{organization_id}:"
    parts: list[str] = []
    at = 1
    for text, reads_as_person in ((name, person), (code, False), *((other, True) for other in others)):
        for run, word in _runs(text):
            if word:
                parts.append(f"{lead}{word[:_WORD_LENGTH]}'")
                continue
            for pair in _pairs(run):
                parts.append(f"{lead}{pair}':{min(at, _LAST_POSITION)}")
                at += 1
            at += _GAP
        if not text.isascii():
            parts += [f"{lead}{reading}'" for reading in _readings(text, reads_as_person)]
    parts.append(f"{lead}={_quoted(head(name))}'")
    parts += [f"{lead}#{short_index(index)}'" for index in value_indexes]
    parts += [f"{lead}%{short_index(index)}'" for index in tail_indexes if index]
    parts.append(f"{lead}@{owner_id.hex if owner_id else '-'}'")
    if archived:
        parts.append(f"{lead}{ARCHIVED}'")
    return " ".join(parts)


def head(name: str) -> str:
    """The beginning of a name as whole-name matches compare it."""
    return "".join(_folded(name).split())[:_HEAD_LENGTH]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "''")


@lru_cache(maxsize=256)
def text_query(organization_id: int, text: str) -> str:
    """The `tsquery` of what was typed, word by word; "" when it holds no letter or digit."""
    lead = f"'{organization_id}:"
    wanted = []
    for run, word in _runs(text):
        if word:
            wanted.append(f"{lead}{word[:_WORD_LENGTH]}':*")
        elif len(run) == 1:
            wanted.append(f"{lead}{run}':*")
        else:
            pairs = _pairs(run)[:-1]
            wanted.append("(" + " <-> ".join(f"{lead}{pair}'" for pair in pairs) + ")")
    return " & ".join(wanted)


def head_query(organization_id: int, text: str) -> str:
    """The `tsquery` of names that begin with what was typed."""
    start = head(text)
    return f"'{organization_id}:={_quoted(start)}':*" if start else ""


def index_query(organization_id: int, values: Iterable[bytes], tails: Iterable[bytes] = ()) -> str:
    """The `tsquery` of customers with one of these contact details or phone endings."""
    lead = f"'{organization_id}:"
    wanted = [f"{lead}#{short_index(value)}'" for value in values]
    wanted += [f"{lead}%{short_index(tail)}'" for tail in tails]
    return " | ".join(wanted)


def owner_query(organization_id: int, owners: Iterable[uuid.UUID]) -> str:
    """The `tsquery` of customers that one of `owners` owns."""
    return " | ".join(f"'{organization_id}:@{owner.hex}'" for owner in owners)


def present_query(organization_id: int) -> str:
    return f"!'{organization_id}:{ARCHIVED}'"
