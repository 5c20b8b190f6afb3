"""Privacy in the demo organisations: what customers agreed to, a request near its deadline, a rule on trial."""

from datetime import timedelta

from django.utils import timezone

from customers.actions.consent import add_wording, create_purpose, record_consent
from customers.enums import ConsentChannel, ConsentState
from customers.models import Consent, ConsentPurpose, ConsentWording, Customer
from governance.actions.data_request import confirm_identity, register_request
from governance.actions.retention import save_rule
from governance.enums import IdentityCheck, RequestChannel, RequestKind, RetentionAct, RetentionMode
from governance.models import DataRequest, RetentionRule
from tenancy.models import Membership

# Labels and texts in both languages, and to how many customers in a row somebody has spoken about it.
_PURPOSES = (
    ("电子邮件资讯", "Newsletter by email", "我同意以电子邮件接收产品与活动资讯，可随时撤回。",
     "I agree to receive news about products and events by email. I can take this back at any time.", 4),
    ("电话回访", "Follow-up calls", "我同意贵公司在服务完成后致电回访。",
     "I agree to be called after a service has been completed.", 6),
    ("案例引用", "Named as a reference", "我同意贵公司在宣传资料中引用合作案例。",
     "I agree that our work together may be named as a reference.", 11),
)  # fmt: skip
_CHANNELS = (ConsentChannel.PAPER, ConsentChannel.EMAIL, ConsentChannel.MESSAGE, ConsentChannel.WEBSITE)
_MOST = 24
_ACCESS_DAYS_AGO = 27


def show_privacy(admin: Membership, *, chinese: bool) -> None:
    _ask_for_consents(admin)
    customer = Customer.objects.filter(archived_at=None).order_by("pk").last()
    if customer is not None:
        note = (
            "希望得到全部资料的副本，包括往来记录。"
            if chinese
            else "Would like a copy of everything, contacts included."
        )
        request = DataRequest(
            kind=RequestKind.ACCESS,
            customer=customer,
            received_on=timezone.localdate() - timedelta(days=_ACCESS_DAYS_AGO),
            channel=RequestChannel.EMAIL,
            handler=admin,
            note=note,
        )
        confirm_identity(register_request(request, actor=admin), how=IdentityCheck.CALL_BACK)
    save_rule(
        RetentionRule(kind="idle_prospects", days=365, act=RetentionAct.ARCHIVE, mode=RetentionMode.DRY)
    )


def _ask_for_consents(admin: Membership) -> None:
    stored = list(Customer.objects.filter(archived_at=None).order_by("pk")[: _MOST * 11])
    now = timezone.now()
    for zh, en, text_zh, text_en, every in _PURPOSES:
        begun = timezone.localdate() - timedelta(days=900)
        texts = {"text_zh": text_zh, "text_en": text_en}
        purpose = create_purpose(
            ConsentPurpose(label_zh=zh, label_en=en), ConsentWording(**texts, in_force_from=begun)
        )
        for place, customer in enumerate(stored[::every][:_MOST]):
            given = {"customer": customer, "purpose": purpose, "channel": _CHANNELS[place % len(_CHANNELS)]}
            moment = now - timedelta(days=40 + 7 * place)
            record_consent(Consent(**given, state=ConsentState.GIVEN, at=moment), actor=admin)
            if place % 5 == 4:
                later = moment + timedelta(days=20)
                record_consent(Consent(**given, state=ConsentState.WITHDRAWN, at=later), actor=admin)
    newsletter = ConsentPurpose.objects.order_by("position").first()
    if newsletter is not None:
        zh, en = (
            "我同意以电子邮件或微信接收产品与活动资讯，可随时撤回。",
            "I agree to receive news by email or WeChat. I can take this back at any time.",
        )
        day = timezone.localdate() - timedelta(days=30)
        add_wording(ConsentWording(purpose=newsletter, text_zh=zh, text_en=en, in_force_from=day))
