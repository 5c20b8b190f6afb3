from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Scope(IntegerChoices):
    """How far a role reaches, from its holder outward. A wider scope has the greater number."""

    OWN = 1, _("Own records")
    DEPARTMENT = 2, _("Own department")
    DEPARTMENT_BELOW = 3, _("Own department and those below")
    ORGANIZATION = 4, _("Whole organisation")


class Language(TextChoices):
    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Currency(TextChoices):
    CNY = "CNY", _("Chinese yuan (CNY)")
    USD = "USD", _("US dollar (USD)")
    EUR = "EUR", _("Euro (EUR)")
    GBP = "GBP", _("Pound sterling (GBP)")
    HKD = "HKD", _("Hong Kong dollar (HKD)")
    JPY = "JPY", _("Japanese yen (JPY)")
    SGD = "SGD", _("Singapore dollar (SGD)")


class ShareLevel(IntegerChoices):
    """How far a record is shared with somebody who does not own it; the greater includes the lesser."""

    READ = 1, pgettext_lazy("level of sharing", "may read")
    WORK = 2, pgettext_lazy("level of sharing", "may work on it")
