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
    "大埔": "da bu", "蔚县": "yu xian", "铅山": "yan shan", "尉犁": "yu li", "泌阳": "bi yang", "柏林": "bo lin",
    "长乐": "chang le", "长远": "chang yuan", "长途": "chang tu", "长期": "chang qi", "长征": "chang zheng", "长生": "chang sheng",
    "长河": "chang he", "长龙": "chang long", "长发": "chang fa", "长寿": "chang shou", "长汀": "chang ting", "专长": "zhuan chang",
    "重新": "chong xin", "重阳": "chong yang", "重启": "chong qi", "双重": "shuang chong", "重组": "chong zu", "西藏": "xi zang",
    "宝藏": "bao zang", "传记": "zhuan ji", "空调": "kong tiao", "协调": "xie tiao", "调节": "tiao jie", "人参": "ren shen",
    "海参": "hai shen", "党参": "dang shen", "参茸": "shen rong", "朝晖": "zhao hui", "朝霞": "zhao xia", "朝气": "zhao qi",
    "便宜": "pian yi", "校准": "jiao zhun", "校对": "jiao dui", "薄荷": "bo he", "弹簧": "tan huang", "弹性": "tan xing",
    "行情": "hang qing", "行家": "hang jia", "同行": "tong hang", "洋行": "yang hang", "央行": "yang hang", "农行": "nong hang",
    "工行": "gong hang", "建行": "jian hang", "中行": "zhong hang", "交行": "jiao hang", "招行": "zhao hang", "拍卖行": "pai mai hang",
    "药行": "yao hang", "茶行": "cha hang", "琴行": "qin hang", "珠宝行": "zhu bao hang", "首都": "shou du", "都江堰": "du jiang yan",
    "都匀": "du yun", "京都": "jing du", "古都": "gu du", "国都": "guo du", "都会": "du hui", "新都": "xin du", "花都": "hua du",
    "乐队": "yue dui", "乐团": "yue tuan", "民乐": "min yue", "阿胶": "e jiao", "东阿": "dong e", "秘鲁": "bi lu",
    "牟平": "mu ping", "中牟": "zhong mu", "枞阳": "zong yang", "犍为": "qian wei", "吴堡": "wu bu", "莘庄": "xin zhuang",
    "差旅": "chai lu", "角色": "jue se", "模具": "mu ju", "泊车": "bo che", "咖喱": "ga li", "茄子": "qie zi", "番茄": "fan qie",
    "佛山": "fo shan", "呢绒": "ni rong", "曝光": "bao guang", "广厦": "guang sha", "华厦": "hua sha",
}  # fmt: skip
_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))
_DOUBLE = tuple(name for name in SURNAMES if len(name) == 2)


MOST_ALIKE = 100


@cache
def _readings() -> dict[str, str]:
    """The usual reading of every character."""
    return {character: sounds[0] for character, sounds in _all_readings().items()}


@cache
def _all_readings() -> dict[str, list[str]]:
    """Character → its readings without their tones, the usual one first."""
    spec = importlib.util.find_spec("pypinyin")
    assert spec is not None and spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "pinyin_dict.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    plain: dict[str, str] = {}
    return {
        chr(int(code)): list(dict.fromkeys(_toneless(one, plain) for one in text.split(",")))
        for code, text in table.items()
    }


def _toneless(syllable: str, seen: dict[str, str]) -> str:
    if syllable not in seen:
        parts = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
        seen[syllable] = "".join(c for c in parts if c.isascii() and c.isalpha())
    return seen[syllable]


@cache
def _by_sound() -> dict[str, list[str]]:
    """Reading without its tone → the characters in common use (those of GB 2312) that may be read so."""
    found: dict[str, list[str]] = {}
    for character, sounds in _all_readings().items():
        if character.encode("gb2312", "ignore"):
            for sound in sounds:
                found.setdefault(sound, []).append(character)
    return found


def same_sound(character: str) -> list[str]:
    """Other characters in common use that may be read as this one, whatever the tone: at most MOST_ALIKE, the commoner
    half of GB 2312 first."""
    sounds = _all_readings().get(character, [])
    found = dict.fromkeys(other for sound in sounds for other in _by_sound().get(sound, ()))
    found.pop(character, None)
    return sorted(found, key=lambda other: other.encode("gb2312"))[:MOST_ALIKE]


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


def other_syllables(text: str, *, person: bool = False) -> list[str]:
    """How else `text` may be read: a company that is named after a person begins with a surname (曾记, 单氏)."""
    if person or not text or text[0] not in SURNAMES or _WORD.match(text):
        return []
    usual, as_surname = syllables(text), syllables(text, person=True)
    return [] if usual == as_surname else as_surname


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
