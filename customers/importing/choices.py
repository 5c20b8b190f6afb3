"""Words for choices as files have them: our labels in both languages, our codes, and what else people write."""

from typing import Any

from django.db.models import TextChoices
from django.utils import translation

from customers.enums import CreditRating, CustomerKind, Gender, Relationship, Source, Tier
from customers.text import half_width

CHOICES: dict[str, type[TextChoices]] = {
    "kind": CustomerKind,
    "relationship": Relationship,
    "tier": Tier,
    "gender": Gender,
    "source": Source,
    "credit_rating": CreditRating,
}
_MORE: dict[str, dict[Any, str]] = {
    "kind": {
        CustomerKind.PERSON: "个人 自然人 个人客户 individual private consumer b2c p",
        CustomerKind.COMPANY: "公司 企业 单位 机构 组织 企业客户 公司客户 business organisation organization corporate b2b c",
    },
    "relationship": {
        Relationship.CUSTOMER: "客户 client",
        Relationship.SUPPLIER: "供应商 vendor",
        Relationship.PARTNER: "合作伙伴 伙伴",
    },
    "tier": {
        Tier.KEY: "重点 重点客户 关键 关键客户 大客户 重要 重要客户 vip a a级 a类 高 gold high strategic",
        Tier.ORDINARY: "普通 普通客户 一般 一般客户 标准 b b级 b类 中 silver normal standard regular medium",
        Tier.POTENTIAL: "潜在 潜在客户 意向 意向客户 c c级 c类 低 bronze prospect lead low",
    },
    "gender": {
        Gender.MALE: "男 男性 先生 m man mr 1",
        Gender.FEMALE: "女 女性 女士 小姐 f woman mrs ms miss 2",
        Gender.OTHER: "其他 其它 x diverse",
        Gender.UNKNOWN: "未知 保密 不详 未说明 unknown u 0",
    },
    "source": {
        Source.SURVEY: "市场调查 调查 问卷",
        Source.ONLINE_EVENT: "线上活动 直播 网络活动 webinar",
        Source.OFFLINE_EVENT: "线下活动 活动 event",
        Source.VISIT: "上门 拜访 门店 到店 walkin",
        Source.PHONE: "电话 来电 热线 电话营销 call",
        Source.EMAIL: "邮件 电子邮件 邮箱",
        Source.WEB: "网站 官网 网络 搜索 百度 web online internet google",
        Source.APP: "小程序 应用",
        Source.SOCIAL: "社交媒体 社交 微信 微博 抖音 公众号 小红书 wechat facebook linkedin instagram",
        Source.FORM: "表单 登记 注册 登记表",
        Source.INTERVIEW: "访谈 面谈",
        Source.REFERRAL: "转介绍 介绍 推荐 老客户介绍 朋友介绍 口碑 referred recommendation wordofmouth",
        Source.EXHIBITION: "展会 展览 fair tradeshow",
        Source.UNKNOWN: "未知 其他 其它 other",
    },
    "credit_rating": {
        CreditRating.A: "a级 优",
        CreditRating.B: "b级 良",
        CreditRating.C: "c级 中",
        CreditRating.D: "d级 差",
    },
}


def choice_words(key: str) -> dict[str, str]:
    """Word in lower case → value, for the choice field `key`."""
    words: dict[str, str] = {}
    for value, more in _MORE[key].items():
        words.update(dict.fromkeys(more.split(), str(value)))
    for language in ("en", "zh-hans"):
        with translation.override(language):
            words.update({half_width(str(label)).casefold(): value for value, label in CHOICES[key].choices})
    words.update({value.casefold(): value for value in CHOICES[key].values})
    words.update({word.title(): value for word, value in list(words.items()) if word.isascii()})
    words.pop("", None)
    return words


def choice_labels(key: str) -> str:
    """The labels in the language in force, for messages."""
    return " / ".join(str(label) for value, label in CHOICES[key].choices if value)
