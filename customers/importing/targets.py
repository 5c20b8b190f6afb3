"""What a column of a file can be, and by which headings it is recognised."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Target:
    """`joins`: several columns may go here. `secret`: shown masked. Synonyms are compared by `headings.plain`."""

    key: str
    label: str | Promise
    synonyms: str
    group: str = "customer"
    joins: bool = False
    secret: bool = False
    limit: int = 200


_TARGETS = (
    Target(
        "name",
        _("name"),
        "姓名 名称 名字 客户 客户名称 客户姓名 客户名 会员姓名 "
        "name fullname customer customername client clientname displayname",
        joins=True,
    ),
    # In files without a column for a person's own name it is the name: `proposing` sees to that.
    Target(
        "company",
        pgettext_lazy("of a person", "company"),
        "公司 公司名称 公司名 公司全称 企业 企业名称 企业全称 单位 单位名称 单位全称 工作单位 任职单位 就职公司 "
        "所在公司 所在单位 "
        "company companyname account accountname organisation organization organisationname organizationname "
        "organization1name employer",
        joins=True,
    ),
    Target("surname", _("surname"), "姓 姓氏 surname lastname familyname last sn", limit=100),
    Target("given_name", _("given name"), "名 givenname firstname forename first", limit=100),
    Target(
        "code",
        _("code"),
        "编号 客户编号 客户编码 客户代码 会员号 会员编号 代码 卡号 code customercode customerid customerno customernumber "
        "clientid recid id externalid memberno accountnumber",
        limit=32,
    ),
    Target(
        "alias_short",
        pgettext_lazy("other name", "Short name"),
        "简称 公司简称 客户简称 企业简称 别名 昵称 shortname alias aliases aka nickname othername othernames",
        joins=True,
    ),
    Target(
        "alias_former",
        pgettext_lazy("other name", "Former name"),
        "曾用名 原名 原公司名称 formername oldname previousname",
        joins=True,
    ),
    Target(
        "alias_brand",
        pgettext_lazy("other name", "Brand"),
        "品牌 品牌名 品牌名称 商号 字号 brand brandname tradename",
        joins=True,
    ),
    Target(
        "alias_foreign",
        pgettext_lazy("other name", "Name in another language"),
        "英文名 英文名称 公司英文名 外文名称 外文名 englishname foreignname",
        joins=True,
    ),
    Target("kind", _("kind"), "类型 客户类型 客户性质 性质 kind type customertype clienttype"),
    Target("relationship", _("relationship"), "关系 合作关系 relationship"),
    Target(
        "tier",
        _("tier"),
        "级别 等级 客户级别 客户等级 分级 客户分类 会员等级 tier level grade rank customerlevel",
    ),
    Target("gender", _("gender"), "性别 gender sex"),
    Target(
        "birthday",
        _("birthday"),
        "农历生日 阴历生日 公历生日 lunarbirthday 生日 出生日期 出生年月 出生年月日 出生 birthday birthdate dateofbirth dob born",
    ),
    Target("age_band", _("age band"), "年龄段 年龄 年龄层 ageband agegroup agerange"),
    Target(
        "business_category",
        _("business category"),
        "经营类别 经营范围 主营 主营业务 经营品类 businesscategory",
        limit=80,
    ),
    Target("industry", _("industry"), "行业 所属行业 industry sector", limit=80),
    Target(
        "source",
        _("source"),
        "来源 客户来源 渠道 来源渠道 获客渠道 source leadsource channel origin howdidyouhear",
    ),
    Target(
        "last_order_on",
        _("last order on"),
        "最近下单日期 最近下单时间 最近下单 最后下单日期 最后下单时间 最后下单 最近订单日期 最近订单时间 "
        "最后订单日期 最后订单时间 最近成交日期 最近成交时间 最近成交 最后成交日期 最后成交时间 最近购买日期 "
        "最近购买时间 最后购买日期 最后购买时间 最近消费日期 最近消费时间 最后消费日期 最后消费时间 最近采购日期 "
        "最后采购日期 上次下单日期 上次下单时间 lastorderon lastorder lastorderdate lastordered lastorderedon "
        "lastorderdatetime dateoflastorder latestorderdate recentorderdate lastpurchase lastpurchasedate "
        "lastpurchasedon dateoflastpurchase lastsaledate",
    ),
    Target("credit_rating", _("credit rating"), "信用 信用等级 信用评级 资信等级 credit creditrating rating"),
    Target(
        "credit_note",
        _("credit assessment"),
        "信用评估 资信评估 信用情况 信用说明 creditassessment creditnote",
        limit=2000,
    ),
    Target(
        "owner",
        _("owner"),
        "负责人 归属人 跟进人 所属销售 销售 销售员 业务员 客户经理 owner accountmanager salesrep salesperson "
        "assignedto responsible manager contactowner companyowner accountowner leadowner recordowner",
    ),
    Target(
        "tags",
        pgettext_lazy("on customers", "tags"),
        "标签 客户标签 标记 tags tag customertags labels label",
        joins=True,
    ),
    Target(
        "phone",
        _("Phone"),
        "手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 移动电话 固定电话 座机 办公电话 客户电话 phone phonenumber mobile "
        "mobilephone mobilenumber cell cellphone tel telephone contactnumber workphone homephone",
        "contact",
        joins=True,
        secret=True,
        limit=200,
    ),
    Target(
        "email",
        _("Email"),
        "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 邮件地址 email emailaddress mail",
        "contact",
        joins=True,
        secret=True,
    ),
    Target("wechat", _("WeChat"), "微信 微信号 wechat wechatid weixin", "contact", joins=True, secret=True),
    Target(
        "contact_name",
        _("contact person"),
        "联系人 联系人姓名 主要联系人 contact contactperson contactname primarycontact",
        "contact",
        limit=80,
    ),
    # Of the contact person, and of the customer itself in rows that name none: `reading.contact_person` sees to that.
    Target(
        "contact_title",
        _("job title of the contact person"),
        "职务 职位 职称 岗位 联系人职务 联系人职位 职衔 "
        "jobtitle position jobposition contacttitle contactjobtitle contactposition",
        "contact",
        limit=80,
    ),
    Target(
        "contact_phone",
        _("phone of the contact person"),
        "联系人电话 联系人手机 联系人手机号 联系人手机号码 联系人联系方式 联系人联系电话 "
        "contactphone contactmobile contactpersonphone contactphonenumber",
        "contact",
        joins=True,
        secret=True,
    ),
    Target(
        "contact_email",
        _("email of the contact person"),
        "联系人邮箱 联系人邮件 联系人电子邮箱 contactemail contactpersonemail contactemailaddress",
        "contact",
        joins=True,
        secret=True,
    ),
    Target(
        "contact_wechat",
        _("WeChat of the contact person"),
        "联系人微信 联系人微信号 contactwechat contactpersonwechat",
        "contact",
        joins=True,
        secret=True,
    ),
    Target("country", _("country"), "国家 国家地区 country", "address", limit=60),
    Target("province", _("province"), "省 省份 省市 省自治区 州 province state region", "address", limit=60),
    Target("city", _("city"), "城市 市 所在城市 city town suburb", "address", limit=60),
    Target("district", _("district"), "区 区县 县 县区 district county", "address", limit=60),
    Target(
        "street",
        _("street"),
        "地址 详细地址 街道 街道地址 住址 通讯地址 联系地址 公司地址 "
        "address address1 address3 addressline1 "
        "street streetaddress streetnumber streetname",
        "address",
        joins=True,
    ),
    Target("street2", _("address line 2"), "地址2 address2 addressline2 street2", "address"),
    Target("area", _("urban or rural"), "城乡 城乡类别 城市或农村 urbanrural area", "address"),
    Target("region", _("region"), "区域 大区 地区 片区 region", "address"),
    Target(
        "distance",
        _("distance from the company (km)"),
        "距离 距公司距离 公司距离 distance distancekm km",
        "address",
    ),
    Target("postcode", _("postcode"), "邮编 邮政编码 postcode zip zipcode postalcode", "address", limit=20),
    Target(
        "identity_number",
        _("identity number"),
        "身份证 身份证号 身份证号码 证件号 证件号码 统一社会信用代码 信用代码 税号 "
        "identitynumber idnumber idcard nationalid ssn socsecid "
        "socialsecuritynumber taxid passport",
        "secret",
        secret=True,
        limit=40,
    ),
    Target(
        "bank_account",
        _("bank account"),
        "银行账号 银行账户 银行卡号 银行卡 账号 开户账号 bankaccount iban bankaccountnumber",
        "secret",
        secret=True,
        limit=40,
    ),
    Target(
        "intention", _("purchase intention"), "购买意向 购买意愿 意向 purchaseintention intention", "needs"
    ),
    Target(
        "income",
        _("monthly income"),
        "月收入 收入 购买力 收入水平 收入区间 income monthlyincome purchasingpower",
        "needs",
    ),
    Target("need_type", _("type of need"), "需求类型 需求类别 needtype typeofneed", "needs"),
    Target(
        "buying_channel",
        _("preferred buying channel"),
        "购买渠道 购物方式 偏好的购物方式 购买方式 buyingchannel preferredchannel",
        "needs",
    ),
    Target(
        "service_preferences",
        _("service preferences"),
        "服务偏好 服务要求 servicepreferences",
        "needs",
        limit=1000,
    ),
    Target("preferences", _("preferences"), "偏好 喜好 客户偏好 preferences likes", "needs", limit=1000),
    Target(
        "potential_needs",
        _("potential needs"),
        "潜在需求 需求 客户需求 potentialneeds needs",
        "needs",
        limit=1000,
    ),
    Target(
        "family_notes",
        _("hobbies and family"),
        "爱好 兴趣 兴趣爱好 家庭情况 家庭 hobbies family",
        "needs",
        limit=1000,
    ),
    Target(
        "consent_purpose",
        _("consent: what for"),
        "同意事项 同意内容 授权事项 授权内容 consentpurpose consent permission permissionfor",
        "consent",
    ),
    Target(
        "consent_state",
        _("consent: agreed or withdrawn"),
        "是否同意 同意状态 授权状态 consentstate consentstatus consentanswer",
        "consent",
    ),
    Target(
        "consent_channel",
        _("consent: how it came"),
        "同意方式 授权方式 同意途径 consentchannel consentsource consentmethod",
        "consent",
    ),
    Target(
        "consent_date",
        _("consent: on which day"),
        "同意日期 授权日期 同意时间 consentdate consentedon optindate",
        "consent",
    ),
    Target(
        "remarks",
        _("remarks"),
        "备注 说明 描述 备注信息 remarks remark notes note comment comments description memo",
        joins=True,
        limit=4000,
    ),
)

TARGETS = {target.key: target for target in _TARGETS}
GROUPS = {
    "customer": _("Customer"),
    "contact": _("Contact details"),
    "address": _("Address"),
    "needs": _("Needs"),
    "consent": _("Consents"),
    "own": _("Custom fields"),
    "secret": _("Protected numbers"),
}
NOT_IMPORTED = pgettext_lazy("target of a column", "Not imported")
