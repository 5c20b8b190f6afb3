"""Names in the form in which they are compared: a company's core without legal form and region, a name's reading."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

from customers.pinyin import syllables
from customers.text import half_width

# The longest first: 有限责任公司 is cut whole, not as 公司 from behind it.
_FORMS = (
    "集团股份有限公司", "集团有限责任公司", "控股集团有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "控股有限公司",
    "有限合伙企业", "个人独资企业", "集团总公司", "有限公司", "股份公司", "集团公司", "控股公司", "有限合伙", "合伙企业",
    "个体工商户", "总公司", "公司", "集团", "股份", "控股", "企业",
)  # fmt: skip
FORMS = frozenset(_FORMS)
LATIN_FORMS = frozenset((
    "co", "company", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "llc", "llp", "lp", "plc", "gmbh",
    "ag", "kg", "ohg", "ug", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "oy", "as", "aps", "kk", "pte",
    "pty", "sdn", "bhd", "group", "holding", "holdings", "the",
))  # fmt: skip
_PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 "
    "陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
).split()
_CITIES = (
    "石家庄 唐山 秦皇岛 邯郸 保定 廊坊 太原 大同 呼和浩特 包头 沈阳 大连 鞍山 长春 哈尔滨 大庆 南京 无锡 徐州 常州 苏州 南通 "
    "扬州 镇江 盐城 泰州 昆山 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 义乌 台州 合肥 芜湖 蚌埠 福州 厦门 泉州 漳州 南昌 赣州 九江 "
    "济南 青岛 淄博 烟台 潍坊 威海 临沂 郑州 洛阳 开封 南阳 武汉 宜昌 襄阳 长沙 株洲 湘潭 岳阳 广州 深圳 珠海 汕头 佛山 东莞 "
    "中山 惠州 江门 湛江 南宁 柳州 桂林 海口 三亚 成都 绵阳 贵阳 遵义 昆明 大理 拉萨 西安 咸阳 宝鸡 兰州 西宁 银川 乌鲁木齐"
).split()
_REGION = re.compile(
    rf"(?:中国)?(?:(?:{'|'.join(_PROVINCES)})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)?)?"
    rf"(?:(?:{'|'.join(_CITIES)})市?)?"
)
_BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]{0,40})[)）\]】]")
_BRANCH = re.compile(
    r"([^()（）]{0,12}?(?:分公司|办事处|分店|门店|分行|支行|分部|分院|分校|营业部|代表处|子公司|"
    r"第?[一二三四五六七八九十\d]{1,3}店))$"
)
_LATIN_BRANCH = re.compile(r"\b(?:branch|office|subsidiary|outlet)\b")
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class CompanyName:
    """`core`: what the company is really called; `branch`: which part of it, "" for the whole; `region`: where from."""

    core: str
    branch: str = ""
    region: str = ""

    @property
    def sound(self) -> str:
        return sound_of(self.core) or self.core


def plain(text: str) -> str:
    """Lower case, half width, without accents."""
    text = half_width(text).lower()
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def latin_words(text: str) -> list[str]:
    """The words of a name in lower case without accents; none of what is written in Chinese."""
    return [word for word in _WORD.findall(plain(text)) if not _HAN.search(word)]


def has_chinese(text: str) -> bool:
    return _HAN.search(text) is not None


@lru_cache(maxsize=10_000)  # rows and pairs name the same again soon; 200,000 names were 25 MB of an import
def company_name(name: str) -> CompanyName:
    """北京市晨光科技（集团）有限责任公司 and 晨光科技公司 share the core 晨光科技; a branch (上海分公司) is kept apart."""
    text = plain(name)
    if not has_chinese(text):
        return _latin_company(text)
    whole = _NOT_WORD.sub("", text)
    text, region, branch = _without_brackets(text)
    text = _NOT_WORD.sub("", text)
    found = _BRANCH.search(text)
    if found and found.start() >= 2:
        head = _without_form(text)
        cut = _after_form(text)
        branch = branch or text[cut:] if cut else branch or found[1]
        text = text[:cut] if cut else head[: found.start()]
    start = _REGION.match(text)
    if start and start.end() and len(_without_form(text[start.end() :])) >= 2:
        region, text = region or _bare_region(start[0]), text[start.end() :]
    core = _without_form(text)
    return CompanyName(core or whole, branch, region)


def _without_brackets(text: str) -> tuple[str, str, str]:
    """The text without what stands in brackets; a place there is the region, a branch the branch, a form is nothing."""
    region = branch = ""
    for inside in _BRACKETS.findall(text):
        inside = _NOT_WORD.sub("", inside)
        if _BRANCH.search(inside):
            branch = inside
        elif inside and _REGION.fullmatch(inside):
            region = _bare_region(inside)
    return _BRACKETS.sub("", text), region, branch


def _after_form(text: str) -> int:
    """Where the legal form of the head office ends, when a branch follows it; 0 when there is none."""
    for form in _FORMS:
        at = text.find(form)
        if at >= 2 and at + len(form) < len(text):
            return at + len(form)
    return 0


def _without_form(text: str) -> str:
    while text.endswith(_FORMS):
        form = next((one for one in _FORMS if text.endswith(one) and len(text) > len(one) + 1), "")
        if not form:
            break
        text = text[: -len(form)]
    return text


def _bare_region(text: str) -> str:
    return re.sub(
        r"(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)", "", text.removeprefix("中国")
    )


def _latin_company(text: str) -> CompanyName:
    found = _LATIN_BRANCH.search(text)
    words = [re.sub(r"\W", "", word) for word in re.sub(r"[&+]", " and ", text.replace(".", "")).split()]
    core = [word for word in words if word and word not in LATIN_FORMS and word != "and"]
    return CompanyName(" ".join(core or [word for word in words if word]) or text, "branch" if found else "")


@lru_cache(maxsize=200_000)
def sound_of(text: str, *, person: bool = False) -> str:
    """How the text is read: Chinese in pinyin, the rest in plain letters; no spaces."""
    text = plain(text)
    if not has_chinese(text):
        return _NOT_WORD.sub("", text)
    if all(_HAN.match(c) for c in text):
        return "".join(syllables(text, person=person))
    return "".join(
        "".join(syllables(part, person=person and not at)) if _HAN.match(part) else _NOT_WORD.sub("", part)
        for at, part in enumerate(re.split(r"((?:[\u3400-\u9fff\U00020000-\U0003ffff])+)", text))
    )


NEAR = 0.86
"""Two Latin names that differ by a slip of the pen."""


def called_alike(one: str, two: str) -> bool:
    """Whether two names can be one customer's, when something else says that they are: 晨光科技有限公司 and 晨光科技, 张三 and
    张三（财务）, John Smith and Smith, Jon. A name that is read like the other counts as well; one without a letter or a digit
    is like itself alone."""
    if not (_WORD.search(one) and _WORD.search(two)):
        return one == two
    mine, theirs = company_name(one), company_name(two)
    if mine.branch != theirs.branch:
        return False
    if mine.sound == theirs.sound:
        return True
    if has_chinese(one) or has_chinese(two):
        return mine.core in theirs.core or theirs.core in mine.core
    words, others = set(mine.core.split()), set(theirs.core.split())
    if words <= others or others <= words:
        return True
    return JaroWinkler.normalized_similarity(*(" ".join(sorted(each)) for each in (words, others))) >= NEAR
