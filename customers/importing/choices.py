"""Words for choices as files have them: our labels in both languages, our codes, and what else people write."""

from typing import Any

from django.db.models import TextChoices
from django.utils import translation

from customers.enums import (
    AgeBand,
    Area,
    BuyingChannel,
    ConsentChannel,
    ConsentState,
    CreditRating,
    CustomerKind,
    Gender,
    IncomeBand,
    Intention,
    NeedType,
    Region,
    Relationship,
    Source,
    Tier,
)
from customers.text import half_width

CHOICES: dict[str, type[TextChoices]] = {
    "kind": CustomerKind,
    "relationship": Relationship,
    "tier": Tier,
    "gender": Gender,
    "source": Source,
    "credit_rating": CreditRating,
    "age_band": AgeBand,
    "area": Area,
    "region": Region,
    "intention": Intention,
    "income": IncomeBand,
    "need_type": NeedType,
    "buying_channel": BuyingChannel,
    "consent_state": ConsentState,
    "consent_channel": ConsentChannel,
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
    "age_band": {
        AgeBand.YOUNG: "未成年 少年 <18 18以下 18岁以下 0-17 0-18 minor",
        AgeBand.ADULT: "青年 18-45 18~45 18—45 18-45岁 18至45岁 adult",
        AgeBand.MIDDLE: "中年 46-60 45-60 45~60 45—60 45-60岁 46-60岁",
        AgeBand.SENIOR: "老年 >60 60以上 60岁以上 60+ 61+ senior",
    },
    "area": {
        Area.URBAN: "城市 城镇 市区 城区 city town",
        Area.RURAL: "农村 乡村 乡镇 村 countryside village",
    },
    "region": {
        Region.EAST: "东部 华东 东 东区 e",
        Region.WEST: "西部 西南 西北 西 西区 w",
        Region.SOUTH: "南部 华南 华中 南 南区 s",
        Region.NORTH: "北部 华北 东北 北 北区 n",
    },
    "intention": {
        Intention.NONE: "无 没有 不买 no 0",
        Intention.LOW: "低 弱 一般 1",
        Intention.MEDIUM: "中 中等 2",
        Intention.HIGH: "高 强 强烈 3",
    },
    "income": {
        IncomeBand.LOW: "<1000 1000以下 低 1000元以下",
        IncomeBand.MIDDLE: "1000-3000 1000~3000 1000—3000 中 1000-3000元",
        IncomeBand.HIGH: ">3000 3000以上 高 3000元以上 3000+",
    },
    "need_type": {
        NeedType.PRODUCER: "生产资料 生产 工业品 生产用 industrial b2b",
        NeedType.CONSUMER: "生活资料 消费品 生活 消费 日用 生活用 b2c",
    },
    "consent_state": {
        ConsentState.GIVEN: "同意 已同意 是 授权 已授权 接受 yes y true 1 agreed agree optin granted subscribed",
        ConsentState.WITHDRAWN: "撤回 已撤回 否 不同意 拒绝 取消 no n false 0 withdrawn revoked optout unsubscribed",
    },
    "consent_channel": {
        ConsentChannel.PAPER: "纸质 书面 签字 纸质表单 signed form",
        ConsentChannel.EMAIL: "邮件 电子邮件 邮箱 mail",
        ConsentChannel.PHONE: "电话 来电 call telephone",
        ConsentChannel.MESSAGE: "微信 短信 消息 wechat sms",
        ConsentChannel.WEBSITE: "网站 官网 网页 在线 web online",
        ConsentChannel.IN_PERSON: "当面 面对面 口头 现场 oral verbal",
    },
    "buying_channel": {
        BuyingChannel.STALL: "摊位 摊点 地摊 档口 stand",
        BuyingChannel.MARKET: "市场 批发市场 集市 农贸市场",
        BuyingChannel.STORE: "商店 商场 超市 门店 实体店 store supermarket",
        BuyingChannel.FACTORY: "厂家 工厂 厂家直购 直购 厂家直销 direct",
        BuyingChannel.ONLINE: "网购 网上 电商 线上 淘宝 京东 拼多多 internet web",
        BuyingChannel.PHONE: "电话 电话订购",
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
