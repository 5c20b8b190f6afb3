"""How a Chinese name is read: what lists sort by, and what is found by typing `zhangsan` or `zs`.

The readings come from the data file of `pypinyin`, read by itself: importing the package costs 57 MB and its
segmentation 80 µs a name; this costs 2 MB and about 3 µs.
"""

import importlib.util
import json
import re
import unicodedata
from functools import cache
from pathlib import Path

SORT_LENGTH = 200

# ruff: noqa: E501
# Read differently as a surname than anywhere else.
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "朴": "piao", "查": "zha", "任": "ren", "盖": "ge",
    "华": "hua", "尉": "wei", "缪": "miao", "翟": "zhai", "乐": "yue", "覃": "qin", "员": "yun", "黑": "he", "秘": "bi",
    "种": "chong", "洗": "xian", "冼": "xian", "折": "she", "繁": "po", "牟": "mu", "宓": "mi", "逄": "pang", "俞": "yu",
    "晟": "cheng", "郗": "xi", "召": "shao", "晁": "chao", "纪": "ji", "宁": "ning", "隗": "wei", "应": "ying",
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "单于": "chan yu", "澹台": "tan tai", "宿": "su", "祭": "zhai",
    "葛": "ge", "燕": "yan", "柏": "bai", "卜": "bu", "车": "che", "石": "shi", "沈": "shen", "谌": "chen", "那": "na",
}  # fmt: skip
# Words in names of companies and places whose characters read otherwise alone.
_WORDS = {
    "重庆": "chong qing", "厦门": "xia men", "朝阳": "chao yang", "六安": "lu an", "蚌埠": "beng bu", "大厦": "da sha",
    "银行": "yin hang", "商行": "shang hang", "分行": "fen hang", "支行": "zhi hang", "车行": "che hang", "行业": "hang ye",
    "音乐": "yin yue", "乐器": "yue qi", "长春": "chang chun", "长沙": "chang sha", "长江": "chang jiang", "长城": "chang cheng",
    "长安": "chang an", "长虹": "chang hong", "长兴": "chang xing", "长青": "chang qing", "常青": "chang qing", "成长": "cheng zhang",
    "会计": "kuai ji", "乐清": "yue qing", "东莞": "dong guan", "调味": "tiao wei", "调料": "tiao liao", "重工": "zhong gong",
    "重型": "zhong xing", "供应": "gong ying", "都市": "du shi", "成都": "cheng du", "番禺": "pan yu", "台州": "tai zhou",
    "丽水": "li shui", "济南": "ji nan", "传媒": "chuan mei", "传播": "chuan bo", "传感": "chuan gan", "中央": "zhong yang",
}  # fmt: skip
_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))
_DOUBLE = tuple(name for name in SURNAMES if len(name) == 2)


@cache
def _readings() -> dict[str, str]:
    """Character → its first reading without the tone."""
    spec = importlib.util.find_spec("pypinyin")
    assert spec is not None and spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "pinyin_dict.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    plain: dict[str, str] = {}
    return {chr(int(code)): _toneless(text.split(",")[0], plain) for code, text in table.items()}


def _toneless(syllable: str, seen: dict[str, str]) -> str:
    if syllable not in seen:
        parts = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
        seen[syllable] = "".join(c for c in parts if c.isascii() and c.isalpha())
    return seen[syllable]


def syllables(text: str, *, person: bool = False) -> list[str]:
    """The reading of each Chinese character in `text`, in order; `person`: it begins with a surname."""
    table = _readings()
    start: list[str] = []
    if person and text:
        surname = next((name for name in _DOUBLE if text.startswith(name)), text[0])
        if surname in SURNAMES:
            start, text = SURNAMES[surname].split(), text[len(surname) :]
    if len(text) > 1:
        text = _WORD.sub(lambda found: f" {_WORDS[found[0]]} ", text)
    if text.isascii():
        return start + text.split()
    found = start
    for part in text.split(" "):
        found.extend([part] if part.isascii() and part else [table[c] for c in part if c in table])
    return found


def sort_key(name: str, *, person: bool = False) -> str:
    """What lists sort by: Chinese characters by their reading, the rest in plain lower case; never empty."""
    if name.isascii():
        return name.lower()[:SORT_LENGTH] or "~"
    table = _readings()
    text = unicodedata.normalize("NFKC", name).lower()
    head, rest = "", text
    if person:
        surname = next((one for one in _DOUBLE if text.startswith(one)), text[:1])
        if surname in SURNAMES:
            head, rest = SURNAMES[surname].replace(" ", ""), text[len(surname) :]
    rest = _WORD.sub(lambda found: _WORDS[found[0]].replace(" ", ""), rest)
    key = head + "".join([table.get(c, c) for c in rest])
    if not key.isascii():
        parts = unicodedata.normalize("NFD", key)
        key = "".join([c for c in parts if not unicodedata.combining(c)])
    return key[:SORT_LENGTH] or "~"
